import { Selection } from '@tiptap/pm/state';
import type { Editor } from '@tiptap/react';
import {
  AppWindow,
  Code,
  Columns2,
  Columns3,
  Heading1,
  Heading2,
  Heading3,
  ImagePlus,
  Info,
  List,
  ListCollapse,
  ListOrdered,
  ListTodo,
  ListTree,
  type LucideIcon,
  Minus,
  Pilcrow,
  Radical,
  Shapes,
  Sigma,
  Smile,
  Table,
  TextQuote,
  Workflow,
} from 'lucide-react';
import type { ColumnCount } from '../../lib/editor/content/columns.ts';
import { placeBlock } from '../../lib/editor/content/place-block.ts';
import type { Catalogue } from '../messages/catalogue.ts';
import type { Panel } from './commands.ts';

// What can be put into a document: the one list from which the slash menu, the toolbar's menu and the menu of a block are made.
// Invariant: each entry has its words under `insert` and `insertKeywords` in every catalogue.

export type InsertionName = keyof Catalogue['insertKeywords'];

export interface Insertion {
  readonly name: InsertionName;
  readonly group: 'Text' | 'Lists' | 'Blocks' | 'Media';
  readonly Icon: LucideIcon;
  /** The block with the caret becomes this one: `run` may also be used to change a block. Otherwise it is put behind the caret. */
  readonly turnsInto?: true;
  /** `openPanel` asks for what is needed first. */
  readonly run: (editor: Editor, openPanel: (panel: Panel) => void) => void;
}

/** In the order in which they are shown; entries of a group stand together. */
export const INSERTIONS: readonly Insertion[] = [
  {
    name: 'paragraph',
    group: 'Text',
    Icon: Pilcrow,
    turnsInto: true,
    run: (editor) => editor.chain().focus().setParagraph().run(),
  },
  heading(1, Heading1),
  heading(2, Heading2),
  heading(3, Heading3),
  {
    name: 'bulletList',
    group: 'Lists',
    Icon: List,
    turnsInto: true,
    run: (editor) => editor.chain().focus().toggleBulletList().run(),
  },
  {
    name: 'orderedList',
    group: 'Lists',
    Icon: ListOrdered,
    turnsInto: true,
    run: (editor) => editor.chain().focus().toggleOrderedList().run(),
  },
  {
    name: 'taskList',
    group: 'Lists',
    Icon: ListTodo,
    turnsInto: true,
    run: (editor) => editor.chain().focus().toggleTaskList().run(),
  },
  {
    name: 'quote',
    group: 'Blocks',
    Icon: TextQuote,
    turnsInto: true,
    run: (editor) => editor.chain().focus().toggleBlockquote().run(),
  },
  {
    name: 'codeBlock',
    group: 'Blocks',
    Icon: Code,
    turnsInto: true,
    run: (editor) => editor.chain().focus().toggleCodeBlock().run(),
  },
  {
    name: 'callout',
    group: 'Blocks',
    Icon: Info,
    turnsInto: true,
    run: (editor) => editor.chain().focus().setCallout('info').run(),
  },
  {
    name: 'toggle',
    group: 'Blocks',
    Icon: ListCollapse,
    turnsInto: true,
    run: (editor) => editor.chain().focus().setToggle().run(),
  },
  columns(2, Columns2),
  columns(3, Columns3),
  {
    name: 'table',
    group: 'Blocks',
    Icon: Table,
    run: (editor) => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
  },
  {
    name: 'rule',
    group: 'Blocks',
    Icon: Minus,
    run: (editor) => editor.chain().focus().setHorizontalRule().run(),
  },
  {
    name: 'contents',
    group: 'Blocks',
    Icon: ListTree,
    run: (editor) => editor.chain().focus().insertTableOfContents().run(),
  },
  { name: 'image', group: 'Media', Icon: ImagePlus, run: (_editor, openPanel) => openPanel('image') },
  { name: 'embed', group: 'Media', Icon: AppWindow, run: (_editor, openPanel) => openPanel('embed') },
  {
    name: 'board',
    group: 'Media',
    Icon: Shapes,
    run: (editor) => editor.chain().focus().insertBoard().run(),
  },
  { name: 'diagram', group: 'Media', Icon: Workflow, run: startDiagram },
  { name: 'emoji', group: 'Media', Icon: Smile, run: (_editor, openPanel) => openPanel('emoji') },
  { name: 'inlineMath', group: 'Media', Icon: Radical, run: (_editor, openPanel) => openPanel('inlineMath') },
  { name: 'blockMath', group: 'Media', Icon: Sigma, run: (_editor, openPanel) => openPanel('blockMath') },
];

function heading(level: 1 | 2 | 3, Icon: LucideIcon): Insertion {
  return {
    name: `heading${level}`,
    group: 'Text',
    Icon,
    turnsInto: true,
    run: (editor) => editor.chain().focus().setHeading({ level }).run(),
  };
}

function columns(count: ColumnCount, Icon: LucideIcon): Insertion {
  return {
    name: `columns${count}`,
    group: 'Blocks',
    Icon,
    turnsInto: true,
    run: (editor) => editor.chain().focus().setColumns(count).run(),
  };
}

/** With something to change: an empty diagram would teach nobody how one is written. */
function startDiagram(editor: Editor): void {
  const { schema, tr } = editor.state;
  const node = schema.node('codeBlock', { language: 'mermaid' }, schema.text('flowchart LR\n  A --> B'));
  if (!placeBlock(tr, node)) return;
  // `placeBlock` leaves the caret behind it.
  const inside = Selection.findFrom(tr.doc.resolve(tr.selection.$from.before()), -1, true);
  editor.view.dispatch(inside ? tr.setSelection(inside) : tr);
  editor.commands.focus();
}
