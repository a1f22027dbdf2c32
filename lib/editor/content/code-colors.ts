import type { Node } from '@tiptap/pm/model';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { AttrStep, type Transform } from '@tiptap/pm/transform';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { type Colors, colorsOf } from './highlight.ts';

// The colours of the code in a text.
// Invariant: an edit, of mine or of others, is looked at where it was made. It costs the blocks that it touches, and no others.

/** Code blocks that are coloured at once. More, as when a document is opened, are when the page has nothing else to do, so many at a time. */
const AT_ONCE = 3;

interface Coloured {
  readonly colors: DecorationSet;
  /** Positions of the blocks that are still to be coloured. */
  readonly waiting: readonly number[];
}

const NOTHING: Coloured = { colors: DecorationSet.empty, waiting: [] };

const key = new PluginKey<Coloured>('code-colors');

export function codeColors(): Plugin {
  return new Plugin<Coloured>({
    key,
    state: {
      init: (_config, { doc }) => color(NOTHING, doc, blocksIn(doc, [{ from: 0, to: doc.content.size }])),
      apply: (transaction, before) => {
        const { doc, docChanged, mapping } = transaction;
        if (!docChanged && transaction.getMeta(key) === undefined) return before;
        const waiting = before.waiting.flatMap((position) => {
          const { pos, deleted } = mapping.mapResult(position);
          return deleted ? [] : [pos];
        });
        const due = docChanged ? [] : waiting.splice(0, AT_ONCE);
        const blocks = blocksIn(doc, docChanged ? changesOf(transaction) : due.map((from) => ({ from, to: from + 1 })));
        return color({ colors: before.colors.map(mapping, doc), waiting }, doc, blocks);
      },
    },
    props: { decorations: (state) => key.getState(state)?.colors },
    view: (view) => {
      let cancel: (() => void) | undefined;
      const look = () => {
        if (cancel || view.composing || key.getState(view.state)?.waiting.length === 0) return;
        cancel = whenIdle(() => {
          cancel = undefined;
          view.dispatch(view.state.tr.setMeta(key, 'due').setMeta('addToHistory', false));
        });
      };
      look();
      return { update: look, destroy: () => cancel?.() };
    },
  });
}

/** Returns what makes that nothing comes of it. */
function whenIdle(task: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(task);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(task);
  return () => cancelIdleCallback(handle);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where the text of now was changed. */
function changesOf({ mapping, steps }: Transform): Range[] {
  return steps.flatMap((step, at) => {
    const later = mapping.slice(at + 1);
    const ranges: Range[] = [];
    const add = (from: number, to: number) => ranges.push({ from: later.map(from, -1), to: later.map(to, 1) });
    step.getMap().forEach((_from, _to, from, to) => {
      add(from, to);
    });
    if (step instanceof AttrStep) add(step.pos, step.pos + 1); // another language: no position moves
    return ranges;
  });
}

function blocksIn(doc: Node, ranges: readonly Range[]): Map<number, Node> {
  const blocks = new Map<number, Node>();
  for (const { from, to } of ranges) {
    doc.nodesBetween(from, Math.min(Math.max(to, from + 1), doc.content.size), (node, position) => {
      if (node.isTextblock) blocks.set(position, node);
      return !node.isTextblock;
    });
  }
  return blocks;
}

/** `blocks`: those that have changed, by position. */
function color({ colors, waiting }: Coloured, doc: Node, blocks: ReadonlyMap<number, Node>): Coloured {
  const gone: Decoration[] = [];
  const made: Decoration[] = [];
  const later = new Set(waiting);
  const isCode = ({ type }: Node) => type.name === 'codeBlock';
  const areFew = [...blocks.values()].filter(isCode).length <= AT_ONCE;
  for (const [position, block] of blocks) {
    gone.push(...colors.find(position, position + block.nodeSize));
    later.delete(position);
    if (!isCode(block)) continue;
    if (areFew) made.push(...decorationsOf(block, position + 1));
    else later.add(position);
  }
  return { colors: colors.remove(gone).add(doc, made), waiting: [...later] };
}

function decorationsOf({ attrs, textContent }: Node, start: number): Decoration[] {
  const decorations: Decoration[] = [];
  let at = start;
  const walk = (parts: Colors, names: readonly string[]) => {
    for (const part of parts) {
      if (part.type === 'element') {
        walk(part.children, [...names, ...namesOf(part.properties.className)]);
      } else if (part.type === 'text') {
        const from = at;
        at += part.value.length;
        if (names.length > 0) decorations.push(Decoration.inline(from, at, { class: names.join(' ') }));
      }
    }
  };
  walk(colorsOf(attrs.language, textContent), []);
  return decorations;
}

function namesOf(names: unknown): string[] {
  return Array.isArray(names) ? names.map(String) : [];
}
