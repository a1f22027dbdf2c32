import type { Node } from '@tiptap/pm/model';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { AttrStep, type Transform } from '@tiptap/pm/transform';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { type Colors, colorsOf } from './highlight.ts';

// The colours of the code in a text.
// Invariant: an edit, of mine or of others, is looked at where it was made. It costs the blocks that it touches, and no others.

export function codeColors(): Plugin {
  return new Plugin<DecorationSet>({
    key: new PluginKey('code-colors'),
    state: {
      init: (_config, { doc }) => color(DecorationSet.empty, doc, [{ from: 0, to: doc.content.size }]),
      apply: (transaction, before) =>
        transaction.docChanged
          ? color(before.map(transaction.mapping, transaction.doc), transaction.doc, changesOf(transaction))
          : before,
    },
    props: {
      decorations(state) {
        return this.getState(state);
      },
    },
  });
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

function color(colors: DecorationSet, doc: Node, ranges: readonly Range[]): DecorationSet {
  const blocks = new Map<number, Node>();
  for (const { from, to } of ranges) {
    doc.nodesBetween(from, Math.min(Math.max(to, from + 1), doc.content.size), (node, position) => {
      if (node.isTextblock) blocks.set(position, node);
      return !node.isTextblock;
    });
  }
  const gone: Decoration[] = [];
  const made: Decoration[] = [];
  for (const [position, block] of blocks) {
    gone.push(...colors.find(position, position + block.nodeSize));
    if (block.type.name === 'codeBlock') made.push(...decorationsOf(block, position + 1));
  }
  return colors.remove(gone).add(doc, made);
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
