import type { Editor } from '@tiptap/react';
import { positionAround } from '../../lib/editor/containers.ts';

// What the toolbar can do, as data: one entry per button.

/** What is asked for in a panel of its own. */
export type Panel = 'link' | 'image' | 'imageText' | 'embed' | 'inlineMath' | 'blockMath' | 'emoji';

export interface ToggleState {
  bold: boolean;
  italic: boolean;
  strike: boolean;
  code: boolean;
  underline: boolean;
  subscript: boolean;
  superscript: boolean;
  bulletList: boolean;
  orderedList: boolean;
  taskList: boolean;
  quote: boolean;
  codeBlock: boolean;
}

export const TOGGLES: { readonly [Name in keyof ToggleState]: (editor: Editor) => boolean } = {
  bold: (editor) => editor.chain().focus().toggleBold().run(),
  italic: (editor) => editor.chain().focus().toggleItalic().run(),
  strike: (editor) => editor.chain().focus().toggleStrike().run(),
  code: (editor) => editor.chain().focus().toggleCode().run(),
  underline: (editor) => editor.chain().focus().toggleUnderline().run(),
  subscript: (editor) => editor.chain().focus().toggleSubscript().run(),
  superscript: (editor) => editor.chain().focus().toggleSuperscript().run(),
  bulletList: (editor) => editor.chain().focus().toggleBulletList().run(),
  orderedList: (editor) => editor.chain().focus().toggleOrderedList().run(),
  taskList: (editor) => editor.chain().focus().toggleTaskList().run(),
  quote: (editor) => editor.chain().focus().toggleBlockquote().run(),
  codeBlock: (editor) => editor.chain().focus().toggleCodeBlock().run(),
};

/** Takes all marks off the selected words but links, and nothing else. */
export function clearMarks(editor: Editor): boolean {
  const marks = Object.keys(editor.schema.marks).filter((name) => name !== 'link');
  return marks.reduce((chain, name) => chain.unsetMark(name), editor.chain().focus()).run();
}

/** What the toolbar shows as on. */
export function readToggles(editor: Editor): ToggleState {
  return {
    bold: editor.isActive('bold'),
    italic: editor.isActive('italic'),
    strike: editor.isActive('strike'),
    code: editor.isActive('code'),
    underline: editor.isActive('underline'),
    subscript: editor.isActive('subscript'),
    superscript: editor.isActive('superscript'),
    bulletList: editor.isActive('bulletList'),
    orderedList: editor.isActive('orderedList'),
    taskList: editor.isActive('taskList'),
    quote: editor.isActive('blockquote'),
    codeBlock: editor.isActive('codeBlock'),
  };
}

export interface TableState {
  headerRow: boolean;
  headerColumn: boolean;
  mergeCells: boolean;
  splitCell: boolean;
}

/** Which headers the table has, and whether its selected cells can be merged or split; undefined outside of tables. */
export function readTable(editor: Editor): TableState | undefined {
  const position = positionAround(editor.state.selection.$from, 'table');
  const rows = position === undefined ? undefined : editor.state.doc.nodeAt(position)?.content.content;
  if (!rows) return undefined;
  const isHeader = ({ type }: { type: { name: string } }) => type.name === 'tableHeader';
  const inFirstColumn = rows.flatMap((row) => (row.firstChild ? [row.firstChild] : []));
  return {
    headerRow: rows[0]?.content.content.every(isHeader) === true,
    headerColumn: inFirstColumn.every(isHeader),
    mergeCells: editor.can().mergeCells(),
    splitCell: editor.can().splitCell(),
  };
}

/** In the order of the menu; null is a line between two groups. */
export const TABLE_COMMANDS = [
  ['rowAbove', (editor: Editor) => editor.chain().focus().addRowBefore().run()],
  ['rowBelow', (editor: Editor) => editor.chain().focus().addRowAfter().run()],
  ['columnLeft', (editor: Editor) => editor.chain().focus().addColumnBefore().run()],
  ['columnRight', (editor: Editor) => editor.chain().focus().addColumnAfter().run()],
  null,
  ['headerRow', (editor: Editor) => editor.chain().focus().toggleHeaderRow().run()],
  ['headerColumn', (editor: Editor) => editor.chain().focus().toggleHeaderColumn().run()],
  null,
  ['mergeCells', (editor: Editor) => editor.chain().focus().mergeCells().run()],
  ['splitCell', (editor: Editor) => editor.chain().focus().splitCell().run()],
  null,
  ['deleteRow', (editor: Editor) => editor.chain().focus().deleteRow().run()],
  ['deleteColumn', (editor: Editor) => editor.chain().focus().deleteColumn().run()],
  ['delete', (editor: Editor) => editor.chain().focus().deleteTable().run()],
] as const;

export type TableCommand = NonNullable<(typeof TABLE_COMMANDS)[number]>[0];

/** What stands at a button or an entry for `name`: on or off, or not to be pressed now. */
export function tableCommandState(
  name: TableCommand,
  state: TableState | undefined,
): { pressed?: boolean; disabled?: true } {
  switch (name) {
    case 'headerRow':
    case 'headerColumn':
      return { pressed: state?.[name] === true };
    case 'mergeCells':
    case 'splitCell':
      return state?.[name] === true ? {} : { disabled: true };
    default:
      return {};
  }
}
