import { type Extensions, flattenExtensions } from '@tiptap/core';
import { TaskList } from '@tiptap/extension-list';
import { Placeholder, Selection } from '@tiptap/extensions';
import StarterKit from '@tiptap/starter-kit';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { BlockEdges } from './block-edges.ts';
import { Carets } from './carets.ts';
import { collaborationExtensions } from './collaboration.ts';
import { ContainerKeys } from './containers.ts';
import { TextAlignment } from './content/alignment.ts';
import { type Boards, type BoardWords, boardBlock } from './content/board.ts';
import { type CalloutKind, callout } from './content/callout.ts';
import { codeBlock } from './content/code-block.ts';
import { PaperColor, TextColor } from './content/color.ts';
import { Column, Columns } from './content/columns.ts';
import type { DiagramWords, DrawDiagram } from './content/diagram-view.ts';
import { type EmbedWords, embed } from './content/embed.ts';
import { safeImage } from './content/image.ts';
import type { ImageWords } from './content/image-view.ts';
import { SafeLink } from './content/link.ts';
import { blockMath, inlineMath, type MathWords } from './content/math.ts';
import { Mention, type MentionSurroundings } from './content/mention.ts';
import { PastedAddress } from './content/pasted-address.ts';
import { Quotes } from './content/quote.ts';
import { Lowered, Raised } from './content/raised.ts';
import { tableExtensions } from './content/table.ts';
import { TableEdges } from './content/table-edges.ts';
import { type ContentsWords, tableOfContents } from './content/table-of-contents.ts';
import { taskItem } from './content/task-item.ts';
import { toggle } from './content/toggle.ts';
import type { ToggleWords } from './content/toggle-view.ts';
import { Find } from './find/find.ts';
import { Follow } from './follow.ts';
import { LeaveBlock } from './leave-block.ts';
import { Lists } from './lists.ts';
import { Paste, type PasteNews } from './paste/paste.ts';
import { SelectAll } from './select-all.ts';

// What a document may contain: the one list of nodes and marks; and what an editor of a shared document consists of.
// Invariant: nodes and marks are only ever added here. What an editor lacks it hides; a stock client would delete it from the shared document.

export const HEADING_LEVELS = [1, 2, 3, 4] as const;

export interface Words {
  /** Shown in an empty document. */
  placeholder: string;
  /** Names the box of a task. */
  task: string;
  /** Say what kind a callout is. */
  callout: Readonly<Record<CalloutKind, string>>;
  toggle: ToggleWords;
  math: MathWords;
  contents: ContentsWords;
  diagram: DiagramWords;
  image: ImageWords;
  embed: EmbedWords;
  board: BoardWords;
  mention: ReturnType<MentionSurroundings['words']>;
}

/** The other documents, as far as the text shows and opens them. */
export type Neighbours = Omit<MentionSurroundings, 'words'>;

export interface SharedText {
  doc: Y.Doc;
  awareness: Awareness;
  /** Asked each time, so that a change of language needs no new editor. */
  words: () => Words;
  /** Told what became of a paste. */
  pasteNews?: PasteNews | undefined;
  /** Without it, diagrams are shown as their source. */
  drawDiagram?: DrawDiagram | undefined;
  /** Without them, mentions of documents keep the title that they were given, and are plain links. */
  neighbours?: Neighbours | undefined;
  /** Without them, boards are cards that open nothing. */
  boards?: Boards | undefined;
}

/** Everything for an editor of `doc`'s text. The caller owns doc and awareness, and ends the editor before them. */
export function editorExtensions({ doc, awareness, words, ...page }: SharedText): Extensions {
  const content = contentExtensions(words, page);
  const nodes = flattenExtensions(content).filter(({ type }) => type === 'node');
  return [
    ...content,
    ...collaborationExtensions(
      doc,
      nodes.map(({ name }) => name),
    ),
    Carets.configure({ awareness }),
    Follow.configure({ awareness, doc }),
  ];
}

export function contentExtensions(
  words: () => Words,
  { pasteNews, drawDiagram, neighbours, boards }: Omit<SharedText, 'doc' | 'awareness' | 'words'> = {},
): Extensions {
  return [
    StarterKit.configure({
      heading: { levels: [...HEADING_LEVELS] },
      codeBlock: false, // codeBlock below
      link: false, // SafeLink below
      undoRedo: false, // the collaboration extension undoes one's own edits only
      // It writes a paragraph whenever a document does not end in one: each reader would add one to the shared document.
      trailingNode: false,
      dropcursor: { color: false, class: 'drop-cursor', width: 2 },
    }),
    SafeLink,
    safeImage(words),
    embed(words),
    boardBlock(words, boards),
    PastedAddress,
    inlineMath(words),
    blockMath(words),
    TaskList,
    taskItem(words),
    Lists,
    Quotes,
    callout(words),
    toggle(words),
    tableOfContents(words),
    Columns,
    Column,
    ContainerKeys,
    BlockEdges,
    SelectAll,
    LeaveBlock,
    TextAlignment,
    TextColor,
    PaperColor,
    Lowered,
    Raised,
    Mention.configure({ words: () => words().mention, ...neighbours }),
    ...tableExtensions,
    TableEdges,
    codeBlock({ words, drawDiagram }),
    Paste.configure({ ...pasteNews, boards }),
    Find,
    Selection.configure({ className: 'kept-selection' }),
    Placeholder.configure({ placeholder: () => words().placeholder, showOnlyWhenEditable: true }),
  ];
}
