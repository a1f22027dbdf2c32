import { Extension } from '@tiptap/core';
import type { Node as ProseMirrorNode } from '@tiptap/pm/model';
import { type EditorState, Selection, type Transaction } from '@tiptap/pm/state';

// How lines are aligned: a paragraph or heading by itself, a cell of a table for all that is in it.
// Invariant: the document names one of ALIGNMENTS or nothing, which is the side where reading begins.

export const ALIGNMENTS = ['left', 'center', 'right', 'justify'] as const;

export type Alignment = (typeof ALIGNMENTS)[number];

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    alignment: {
      setAlignment: (alignment: Alignment) => ReturnType;
    };
  }
}

const ALIGNED_BLOCKS = ['paragraph', 'heading'];

/** The alignment that an attribute names, whatever it holds. */
export function alignmentNamed(value: unknown): Alignment | undefined {
  return ALIGNMENTS.find((name) => name === value);
}

/** The attribute `name` of a node that is aligned. Word and old web pages write `align`, others a style. */
export function alignmentAttribute(name: string) {
  return {
    default: null,
    parseHTML: (element: HTMLElement) => {
      const given = element.dataset.align ?? (element.style.textAlign || element.getAttribute('align'));
      const alignment = alignmentNamed(given?.trim().toLowerCase());
      return alignment === 'left' ? null : (alignment ?? null);
    },
    renderHTML: (attributes: Record<string, unknown>) => {
      const alignment = alignmentNamed(attributes[name]);
      return alignment === undefined ? {} : { 'data-align': alignment };
    },
  };
}

/** How the line with the caret is aligned. */
export function alignmentAt({ selection }: EditorState): Alignment {
  // Everything selected begins outside of all blocks: its first line speaks for it.
  const { $from } = selection.$from.depth > 0 ? selection : Selection.near(selection.$from);
  for (let depth = $from.depth; depth > 0; depth--) {
    const { attrs } = $from.node(depth);
    const alignment = alignmentNamed(attrs.textAlign) ?? alignmentNamed(attrs.align);
    if (alignment !== undefined) return alignment;
  }
  return 'left';
}

export const TextAlignment = Extension.create({
  name: 'textAlignment',

  addGlobalAttributes: () => [{ types: ALIGNED_BLOCKS, attributes: { textAlign: alignmentAttribute('textAlign') } }],

  addCommands: () => ({
    setAlignment:
      (alignment) =>
      ({ tr, dispatch }) => {
        const steps = align(tr, alignment === 'left' ? null : alignment);
        if (dispatch) for (const step of steps) step();
        return steps.length > 0;
      },
  }),

  addKeyboardShortcuts() {
    const set = (alignment: Alignment) => () => this.editor.commands.setAlignment(alignment);
    return {
      'Mod-Shift-l': set('left'),
      'Mod-Shift-e': set('center'),
      'Mod-Shift-r': set('right'),
      'Mod-Shift-j': set('justify'),
    };
  },
});

/** What aligns the selected blocks. In a table that is each selected cell, whose own blocks then say nothing different. */
function align(tr: Transaction, value: Alignment | null): (() => void)[] {
  const steps: (() => void)[] = [];
  const set = (node: ProseMirrorNode, position: number, attribute: string, to: Alignment | null) =>
    steps.push(() => node.attrs[attribute] === to || tr.setNodeAttribute(position, attribute, to));
  for (const { $from, $to } of tr.selection.ranges) {
    const cell = cellAt($from);
    if (cell) {
      set(cell.node, cell.position, 'align', value);
      cell.node.descendants((node, offset) => {
        if (ALIGNED_BLOCKS.includes(node.type.name)) set(node, cell.position + 1 + offset, 'textAlign', null);
        return !node.isTextblock;
      });
      continue;
    }
    tr.doc.nodesBetween($from.pos, $to.pos, (node, position) => {
      if (ALIGNED_BLOCKS.includes(node.type.name)) set(node, position, 'textAlign', value);
      return !node.isTextblock;
    });
  }
  return steps;
}

/** The innermost cell of a table that holds `$position`. */
function cellAt($position: Transaction['selection']['$from']): { node: ProseMirrorNode; position: number } | undefined {
  for (let depth = $position.depth; depth > 0; depth--) {
    const node = $position.node(depth);
    if (['cell', 'header_cell'].includes(node.type.spec.tableRole)) return { node, position: $position.before(depth) };
  }
  return undefined;
}
