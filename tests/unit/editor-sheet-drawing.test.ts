// @vitest-environment happy-dom

import type { Node } from '@tiptap/pm/model';
import { EditorState, Plugin } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type DecorationSource, EditorView } from '@tiptap/pm/view';
import { afterEach, describe, expect, it } from 'vitest';
import { applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { syncStateOf } from '../../lib/editor/binding/sync.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { closeWriters, two, type Writer } from '../support/writers.ts';

// A text that is long enough for sheets, and what becomes of a key in it.

afterEach(closeWriters);

function long(): [Writer, Writer] {
  return two(Array.from({ length: 200 }, (_, at) => `<p>Line ${at}</p>`).join(''));
}

/** What stands on the page, block for block. */
function blocksOf({ dom }: EditorView): string[] {
  return [...dom.children].flatMap((child) =>
    child.className === 'sheet' ? [...child.children].map(({ outerHTML }) => outerHTML) : [child.outerHTML],
  );
}

/** The same text with the same decorations, all drawn at once and without sheets. */
function drawnAtOnce(view: EditorView): string[] {
  const { state, props } = view;
  const plugins: Plugin[] = [];
  view.someProp('decorations', (decorationsOf: (state: EditorState) => DecorationSource | null | undefined) => {
    const decorations = decorationsOf(state);
    if (decorations) plugins.push(new Plugin({ props: { decorations: () => decorations } }));
  });
  const other = new EditorView(null, {
    state: EditorState.create({ doc: state.doc, plugins }),
    ...(props.nodeViews ? { nodeViews: props.nodeViews } : {}),
  });
  const blocks = blocksOf(other);
  other.destroy();
  return blocks;
}

/** Decorations of all kinds, put anywhere by `setMeta(decorated, ...)`. */
const decorated: Plugin<DecorationSet> = new Plugin<DecorationSet>({
  state: {
    init: () => DecorationSet.empty,
    apply: (tr, before) => {
      const made = tr.getMeta(decorated) as Decoration[] | undefined;
      return made ? DecorationSet.create(tr.doc, made) : before.map(tr.mapping, tr.doc);
    },
  },
  props: { decorations: (state) => decorated.getState(state) },
});

function someDecorations(doc: Node, random: Random): Decoration[] {
  const at = () => random.between(0, doc.content.size);
  const made: Decoration[] = [];
  for (let left = random.between(0, 3); left > 0; left--) {
    const from = at();
    const to = Math.min(doc.content.size, from + random.between(1, random.pick([5, 200])));
    const $from = doc.resolve(from);
    const kind = random.pick(['inline', 'inline', 'widget', 'node']);
    if (kind === 'inline') made.push(Decoration.inline(from, to, { class: `mark-${left}` }));
    if (kind === 'widget')
      made.push(Decoration.widget(from, () => document.createElement('i'), { key: `${left} ${from}` }));
    if (kind === 'node' && $from.depth > 0)
      made.push(Decoration.node($from.before(1), $from.after(1), { class: `block-${left}` }));
  }
  return made;
}

describe('a key in a long text', () => {
  it('[SHEET-3] is drawn without a look at the other blocks', () => {
    const [ada] = long();
    ada.after('Line 99');
    ada.type('!');
    const { docView } = ada.editor.view as unknown as { docView: { children: { children: object[] }[] } };
    let looked = 0;
    for (const block of docView.children.flatMap(({ children }) => children)) {
      const { matchesNode } = block as { matchesNode(...drawn: unknown[]): boolean };
      const count = (...drawn: unknown[]) => {
        looked += 1;
        return matchesNode.apply(block, drawn);
      };
      Object.assign(block, { matchesNode: count });
    }
    ada.type('?');
    expect(blocksOf(ada.editor.view)).toContain('<p>Line 99!?</p>');
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThan(5);
  });

  it('[EDIT-38] is written, and read by others, without asking what is shown of the other blocks', () => {
    const [ada, bo] = long();
    const asked = [ada, bo].map(({ editor }) => {
      const { mapping } = syncStateOf(editor.state)?.binding ?? {};
      const { get } = mapping ?? new Map();
      const count = { times: 0 };
      Object.assign(mapping ?? {}, {
        get: (key: object) => {
          count.times += 1;
          return get.call(mapping, key);
        },
      });
      return count;
    });
    const write = () => {
      ada.after('Line 150');
      ada.type('x');
      ada.tell(bo);
      ada.editor.commands.undo();
      ada.tell(bo);
    };
    write(); // finds the blocks
    for (const count of asked) count.times = 0;
    write();
    expect(bo.lines).toEqual(ada.lines);
    for (const { times } of asked) expect(times).toBeLessThan(50);
  });

  it.each(Array.from({ length: 3 }, (_, at) => seedOfRun() + at))(
    '[SHEET-4] and whatever is drawn beside it, the page is as if all were drawn at once (seed %i)',
    (seed) => {
      const random = new Random(seed);
      const [ada, bo] = long();
      bo.awareness.setLocalStateField('user', { id: 'bobobobobobobobo', name: 'Bo', color: '#30b0a0' });
      ada.editor.registerPlugin(decorated);
      for (let round = 0; round < 12; round++) {
        for (const writer of [ada, bo]) {
          const { editor } = writer;
          const at = random.between(1, editor.state.doc.content.size - 1);
          if (editor.state.doc.resolve(at).parent.isTextblock) writer.write(at, random.pick(['x', ' ', 'word']));
          if (random.between(0, 5) === 0) editor.commands.splitBlock();
          if (random.between(0, 9) === 0) editor.commands.toggleHeading({ level: 3 });
          if (random.between(0, 9) === 0) editor.commands.joinBackward();
        }
        ada.tell(bo);
        bo.tell(ada);
        const { binding } = syncStateOf(bo.editor.state) ?? {};
        const { anchor, head } = binding?.selectionOf(bo.editor.state) ?? {};
        bo.awareness.setLocalStateField('cursor', { anchor, head });
        applyAwarenessUpdate(ada.awareness, encodeAwarenessUpdate(bo.awareness, [bo.awareness.clientID]), 'bo');
        const { view } = ada.editor;
        if (random.between(0, 1) === 0)
          view.dispatch(view.state.tr.setMeta(decorated, someDecorations(view.state.doc, random)));
        expect(blocksOf(view)).toEqual(drawnAtOnce(view));
      }
      expect(ada.lines).toEqual(bo.lines);
    },
  );
});
