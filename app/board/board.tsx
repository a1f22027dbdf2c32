'use client';

import './asset-path.ts';
import '@excalidraw/excalidraw/index.css';
import './excalidraw.css';
import './repaint.ts';
import { Excalidraw, Footer, MainMenu } from '@excalidraw/excalidraw';
import type { AppState, ExcalidrawImperativeAPI, ExcalidrawProps } from '@excalidraw/excalidraw/types';
import { useTheme } from 'next-themes';
import { type KeyboardEvent, memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useLocale } from 'use-intl';
import { safeUrl } from '../../lib/convert/safe-url.ts';
import type { SharedDocument } from '../../lib/react/index.ts';
import styles from './board.module.css';
import { isBoardFontSettled, loadBoardFont, loadExcalidrawsLatin } from './board-font.ts';
import cursors from './cursors.module.css';
import { showCursors } from './cursors.ts';
import { BoardPresenter } from './presence.ts';
import { openBoard } from './scene.ts';
import { UndoButtons, undoKey } from './undo-buttons.tsx';
import type { OpenBoard } from './use-add-file.ts';
import { useBinding } from './use-binding.ts';
import { usePictures } from './use-pictures.ts';

// A whiteboard that several people draw on: Excalidraw on what is shared.
// Invariant: what is drawn is what the document holds; Excalidraw keeps no history, no library and no files of its own, and asks no other server
// for anything.

export interface BoardProps {
  provider: SharedDocument;
  /** Which of the document's boards. */
  board: string;
  editable: boolean;
  /** Called once it can be drawn on. */
  onShown?: (board: OpenBoard) => void;
  /** Called at an Escape that the board has no use for. */
  onLeave?: () => void;
}

void loadBoardFont(); // it comes while the document does

/** What the page around a board has already, or must not have. */
const UI: NonNullable<ExcalidrawProps['UIOptions']> = {
  canvasActions: {
    changeViewBackgroundColor: false,
    clearCanvas: false,
    export: false,
    loadScene: false,
    saveAsImage: false,
    saveToActiveFile: false,
    toggleTheme: false,
  },
};

export const Board = memo(function Board({ provider, board, editable, onShown, onLeave }: BoardProps) {
  const { resolvedTheme } = useTheme();
  const locale = useLocale();
  const ready = useFont();
  const [api, setApi] = useState<ExcalidrawImperativeAPI>();
  const [loaded, setLoaded] = useState(false);
  const binding = useBinding({ api: loaded ? api : undefined, provider, board, editable });
  const pictures = usePictures(binding && api, provider, board);
  const layer = useRef<HTMLDivElement>(null);
  const presenter = usePresenter(api, provider, board);

  useEffect(() => {
    if (loaded) loadExcalidrawsLatin();
  }, [loaded]);

  useEffect(() => {
    if (api && binding) onShown?.(openBoard(api));
  }, [api, binding, onShown]);

  useEffect(() => {
    if (!api || !layer.current) return;
    return showCursors({ layer: layer.current, api, awareness: provider.awareness, board });
  }, [api, provider, board]);

  const changed: NonNullable<ExcalidrawProps['onChange']> = (elements, { selectedElementIds, isLoading }, files) => {
    if (!isLoading) setLoaded(true); // before, it would put its own empty scene in the place of what is shown
    binding?.changed();
    pictures.current?.changed(elements, files);
    presenter.current?.select(selectedElementIds);
    api?.history.clear(); // undo is the document's
  };

  /** Before Excalidraw gets them. */
  const pressed = (event: KeyboardEvent) => {
    const key = undoKey(event);
    const leaves = event.key === 'Escape' && api !== undefined && isIdle(api.getAppState(), event.currentTarget);
    if (!leaves && !key) return;
    event.preventDefault();
    event.stopPropagation();
    if (key) binding?.undo[key]();
    else if (api && !deselect(api)) onLeave?.();
  };

  const undo = binding && editable ? binding.undo : undefined;

  if (!ready) return null;
  return (
    <div
      className={styles.board}
      data-testid="board"
      onKeyDownCapture={pressed}
      onPointerLeave={() => presenter.current?.point(undefined, 'up')}
    >
      <Excalidraw
        excalidrawAPI={setApi}
        onChange={changed}
        onPointerUpdate={({ pointer, button }) => presenter.current?.point(pointer, button)}
        theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
        langCode={locale === 'zh-Hant' ? 'zh-TW' : 'en'}
        viewModeEnabled={!editable}
        isCollaborating
        autoFocus
        aiEnabled={false}
        validateEmbeddable={false}
        renderEmbeddable={() => null}
        onLinkOpen={openLink}
        UIOptions={UI}
      >
        <MainMenu>
          <MainMenu.DefaultItems.SearchMenu />
          <MainMenu.DefaultItems.Help />
        </MainMenu>
        <Footer>{undo ? <UndoButtons undo={undo} /> : null}</Footer>
      </Excalidraw>
      {/* On a phone, where Excalidraw has no footer. */}
      <div className={styles.phoneUndo}>{undo ? <UndoButtons undo={undo} /> : null}</div>
      <div ref={layer} className={cursors.layer} aria-hidden />
    </div>
  );
});

function useFont(): boolean {
  const [ready, setReady] = useState(isBoardFontSettled);
  useEffect(() => {
    performance.mark('board:arrived');
    void loadBoardFont().then(() => setReady(true));
  }, []);
  return ready;
}

/** Not a state: what it is told changes with each move of the pointer. */
function usePresenter(api: ExcalidrawImperativeAPI | undefined, { awareness }: SharedDocument, board: string) {
  const presenter = useRef<BoardPresenter>(undefined);
  useLayoutEffect(() => {
    if (!api) return;
    const made = new BoardPresenter({ api, awareness, board });
    presenter.current = made;
    return () => {
      presenter.current = undefined;
      made.close();
    };
  }, [api, awareness, board]);
  return presenter;
}

/** False when nothing is selected. */
function deselect(api: ExcalidrawImperativeAPI): boolean {
  if (Object.keys(api.getAppState().selectedElementIds).length === 0) return false;
  api.updateScene({ appState: { selectedElementIds: {}, selectedGroupIds: {}, selectedLinearElement: null } });
  return true;
}

/** Escape would end nothing on the board but a selection: no tool or text, and no menu. */
function isIdle(state: AppState, board: Element): boolean {
  const { activeTool } = state;
  const open = ['openMenu', 'openPopup', 'openDialog', 'openSidebar', 'contextMenu', 'showHyperlinkPopup'] as const;
  const begun = [
    'editingTextElement',
    'multiElement',
    'editingGroupId',
    'editingLinearElement',
    'croppingElementId',
  ] as const;
  return (
    activeTool.type === 'selection' &&
    [...open, ...begun].every((part) => !state[part]) &&
    board.querySelector('.dropdown-menu') === null
  );
}

/** Only addresses that a text may link to. */
const openLink: NonNullable<ExcalidrawProps['onLinkOpen']> = ({ link }, event) => {
  event.preventDefault();
  const address = safeUrl(link, 'link');
  if (address !== undefined) window.open(address, '_blank', 'noopener,noreferrer');
};
