'use client';

import './text.css';
import { useEditor } from '@tiptap/react';
import { useRouter } from 'next/navigation';
import { type MouseEvent, memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { isMath } from '../../lib/editor/content/math.ts';
import { Dimming } from '../../lib/editor/dimming.ts';
import { editorExtensions } from '../../lib/editor/extensions.ts';
import { selectPlaces } from '../../lib/editor/select-places.ts';
import { suggest } from '../../lib/editor/suggest.ts';
import { uploads } from '../../lib/editor/uploads.ts';
import type { SharedDocument } from '../../lib/react/index.ts';
import { copyBoard, pasteBoard } from '../../lib/whiteboard/board-copy.ts';
import { documentPath } from '../api.ts';
import { followPicture } from '../board/follow-picture.ts';
import { Backlinks } from '../document/backlinks.tsx';
import { followTitle } from '../document/known-documents.ts';
import type { ShownText } from '../document/take-place.ts';
import { WaitingToolbar } from '../document/waiting-document.tsx';
import { useToolbarShown } from '../settings/toolbar-choice.ts';
import { BubbleMenu } from './bars/bubble-menu.tsx';
import { CalloutBar } from './bars/callout-bar.tsx';
import { CodeBar } from './bars/code-bar.tsx';
import { ColumnsBar } from './bars/columns-bar.tsx';
import { ImageBar } from './bars/image-bar.tsx';
import { LinkBar } from './bars/link-bar.tsx';
import { BlockHandle } from './block/block-handle.tsx';
import type { Panel } from './commands.ts';
import { drawDiagram } from './draw-diagram.ts';
import styles from './editor.module.css';
import { EmojiPanel } from './emoji/emoji-panel.tsx';
import { pageShortcuts } from './page-shortcuts.ts';
import { EmbedDialog } from './panels/embed-dialog.tsx';
import { ImageDialog } from './panels/image-dialog.tsx';
import { ImageTextPanel } from './panels/image-text-panel.tsx';
import { LinkPanel } from './panels/link-panel.tsx';
import { MathPanel } from './panels/math-panel.tsx';
import { ReadingTools } from './panels/reading-tools.tsx';
import type { KeyTaker } from './suggest/suggestion-list.tsx';
import { Suggestions } from './suggest/suggestions.tsx';
import { TableBar } from './table/table-bar.tsx';
import { Toolbar } from './toolbar/toolbar.tsx';
import { usePasteNews } from './use-paste-news.ts';
import { useUploads } from './use-uploads.ts';
import { useWords } from './use-words.ts';
import { writeBelow } from './write-below.ts';

// The text of an open document, and what one can do with it.
// Invariant: mounted only for a document whose content is there; it never writes on its own account.

/** Pixels that the header and the toolbar cover: a caret is scrolled clear of them. */
const COVERED = { top: 132, right: 0, bottom: 64, left: 0 };

export interface EditorProps {
  provider: SharedDocument;
  editable: boolean;
  /** Called with the text once it is on the page, before it is painted. */
  onShown: (text: ShownText) => void;
  /** Shows a board of the text at its full size. The function stays the same. */
  openBoard: (board: string) => void;
}

export const Editor = memo(function Editor({ provider, editable, onShown, openBoard }: EditorProps) {
  const t = useTranslations('document');
  const written = useWords();
  const [panel, setPanel] = useState<Panel>();
  const toolbar = useToolbarShown();
  const [blockMenu, setBlockMenu] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const words = useRef(written);
  const pasteNews = usePasteNews();
  const uploading = useUploads(provider.name);
  const keys = useRef<KeyTaker>(() => false);
  const router = useRouter();

  const label = t('text');
  const editorProps = useMemo(
    () => ({ attributes: attributesOf(label), scrollMargin: COVERED, scrollThreshold: COVERED }),
    [label],
  );
  // Built once per document: TipTap compares the list at each render, and takes a new one for new options.
  const extensions = useMemo(
    () => [
      ...editorExtensions({
        doc: provider.doc,
        awareness: provider.awareness,
        words: () => words.current,
        pasteNews,
        drawDiagram,
        boards: {
          follow: (board, element, show) => followPicture({ doc: provider.doc, board, element, show }),
          open: openBoard,
          copy: (board, most) => copyBoard(provider.doc, board, most),
          paste: (board, copy) => pasteBoard(provider.doc, board, copy),
        },
        neighbours: { titleOf: followTitle, open: (name) => router.push(documentPath(name)) },
      }),
      suggest({ onKey: (event) => keys.current(event) }),
      pageShortcuts({ open: setPanel, blockMenu: () => setBlockMenu(true) }),
      uploads(uploading),
      Dimming,
    ],
    [provider, pasteNews, router, uploading, openBoard],
  );
  const editor = useEditor(
    {
      extensions,
      editable,
      editorProps,
      immediatelyRender: false, // made in an effect: StrictMode's first mount leaves nothing behind
      shouldRerenderOnTransaction: false,
      injectCSS: false, // text.css has it: the page's policy forbids style elements
    },
    [extensions],
  );

  useEffect(() => {
    editor?.setEditable(editable, false);
  }, [editor, editable]);

  useEffect(() => {
    if (!editor) return;
    // Another language. The editor stays, with its undo history; an empty transaction makes it look at the words again.
    words.current = written;
    editor.setOptions({ editorProps });
    editor.view.dispatch(editor.state.tr);
  }, [editor, editorProps, written]);

  const pressed = (event: MouseEvent) => {
    // Below the text: as on paper, one can go on there.
    if (editor?.isEditable && event.target === event.currentTarget && event.button === 0) {
      event.preventDefault();
      writeBelow(editor);
    }
  };

  useLayoutEffect(() => {
    if (!editor) return;
    const { view } = editor;
    onShown({ dom: view.dom, select: (anchor, focus) => selectPlaces(view, anchor, focus) });
  }, [editor, onShown]);

  if (!editor) return <WaitingToolbar />;
  return (
    <>
      {editable && toolbar ? (
        <Toolbar editor={editor} openPanel={setPanel} openBlockMenu={() => setBlockMenu(true)} />
      ) : null}
      <main className={styles.main} onMouseDown={pressed}>
        <div className={styles.column} ref={frame}>
          <Text dom={editor.view.dom} />
          <Backlinks name={provider.name} />
          {editable ? (
            <>
              <Suggestions editor={editor} provider={provider} keys={keys} openPanel={setPanel} />
              <BubbleMenu editor={editor} hidden={panel !== undefined} openPanel={setPanel} />
              <BlockHandle editor={editor} frame={frame} menu={blockMenu} onMenu={setBlockMenu} />
              <TableBar editor={editor} frame={frame} />
              <CodeBar editor={editor} frame={frame} />
              <CalloutBar editor={editor} frame={frame} />
              <ColumnsBar editor={editor} frame={frame} />
              <ImageBar editor={editor} frame={frame} openPanel={setPanel} />
              <LinkBar editor={editor} frame={frame} hidden={panel === 'link'} onEdit={() => setPanel('link')} />
            </>
          ) : null}
        </div>
      </main>
      <ReadingTools editor={editor} editable={editable} />
      {panel === 'link' ? <LinkPanel editor={editor} onClose={() => setPanel(undefined)} /> : null}
      {isMath(panel) ? <MathPanel editor={editor} kind={panel} onClose={() => setPanel(undefined)} /> : null}
      {panel === 'imageText' ? <ImageTextPanel editor={editor} onClose={() => setPanel(undefined)} /> : null}
      {panel === 'embed' ? <EmbedDialog editor={editor} onClose={() => setPanel(undefined)} /> : null}
      {panel === 'emoji' ? <EmojiPanel editor={editor} onClose={() => setPanel(undefined)} /> : null}
      {panel === 'image' ? <ImageDialog editor={editor} onClose={() => setPanel(undefined)} /> : null}
    </>
  );
});

/** Puts the text on the page. TipTap's component for it draws everything once more, for the sake of node views in React, of which there are none. */
function Text({ dom }: { dom: HTMLElement }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.append(dom);
    // At each commit React notes what is selected where the focus is: a field is asked, in any other text the letters before it are counted. Who
    // keeps the selection of this one is the editor.
    Object.assign(dom, { selectionStart: 0, selectionEnd: 0 });
    return () => dom.remove();
  }, [dom]);
  return <div ref={place} />;
}

function attributesOf(label: string): Record<string, string> {
  return { class: 'text', role: 'textbox', 'aria-multiline': 'true', 'aria-label': label, 'data-testid': 'editor' };
}
