'use client';

import type { Editor } from '@tiptap/react';
import { GripVertical, Plus } from 'lucide-react';
import { type DragEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type Blocks, blocksOf } from '../../../lib/editor/blocks.ts';
import { dropPlace, moveTo, selectBlock, writeBehind } from '../../../lib/editor/move-blocks.ts';
import { openSuggestions } from '../../../lib/editor/suggest.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import styles from './block-handle.module.css';
import { BlockMenu } from './block-menu.tsx';
import { blockNear, blockOf, elementOf, handlePlace } from './block-place.ts';

// What takes hold of a block: it stands at the left of the one under the mouse. Drag it to move the block, press it for the block's menu.
// Invariant: a block is known by its element, and by my selection once something is done with it: both stay with its words, whatever others
// write meanwhile. Positions are asked for when they are needed.

interface Held {
  readonly element: HTMLElement;
  readonly top: number;
  readonly left: number;
}

export interface BlockHandleProps {
  editor: Editor;
  frame: RefObject<HTMLElement | null>;
  /** The menu of the block that has the caret was asked for. */
  menu: boolean;
  onMenu: (open: boolean) => void;
}

export function BlockHandle({ editor, frame, menu, onMenu }: BlockHandleProps) {
  const t = useTranslations('block');
  const [held, setHeld] = useHovered(editor, frame, menu);
  const [line, setLine] = useState<{ top: number; left: number; width: number }>();
  const dragging = useRef(false);
  useDrop(editor, frame, dragging, setLine);

  useEffect(() => {
    // Asked for by the keyboard: it stands at the block that has the caret.
    const blocks = menu ? blocksOf(editor.state.selection) : undefined;
    if (blocks) setHeld(heldAt(editor, blocks, frame.current));
  }, [menu, editor, frame, setHeld]);

  /** Puts the caret into the block under the mouse, as it is now. */
  const take = (): boolean => {
    const blocks = held && blockOf(editor, held.element);
    if (blocks) selectBlock(editor.view, blocks);
    return blocks !== undefined;
  };
  const dragged = (event: DragEvent) => {
    if (!held || !take()) {
      event.preventDefault();
      return;
    }
    dragging.current = true;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', held.element.textContent ?? '');
    event.dataTransfer.setDragImage(held.element, 0, 0);
  };

  return (
    <>
      {held ? (
        <div
          className={styles.handle}
          style={{ top: held.top, left: held.left }}
          data-floating=""
          data-testid="block-handle"
        >
          <IconButton
            label={t('add')}
            className={styles.button}
            tabIndex={-1}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => {
              if (!take()) return;
              writeBehind(editor.view);
              editor.commands.focus();
              openSuggestions(editor.view, 'insert');
            }}
          >
            <Plus size={16} aria-hidden />
          </IconButton>
          <IconButton
            label={t('handle')}
            className={`${styles.button} ${styles.grip}`}
            tabIndex={-1}
            draggable
            onDragStart={dragged}
            onDragEnd={() => {
              dragging.current = false;
              setLine(undefined);
              setHeld(undefined);
            }}
            onClick={() => {
              if (take()) onMenu(true);
            }}
          >
            <GripVertical size={16} aria-hidden />
          </IconButton>
          <BlockMenu editor={editor} open={menu} onOpenChange={onMenu} />
        </div>
      ) : null}
      {line ? <div className={styles.line} style={line} /> : null}
    </>
  );
}

function heldAt(editor: Editor, blocks: Blocks, frame: HTMLElement | null): Held | undefined {
  const element = elementOf(editor, blocks);
  const place = frame && handlePlace(editor, blocks, frame);
  return element && place ? { element, ...place } : undefined;
}

/** The block under the mouse; it stays while its menu is open, and goes when one writes. */
function useHovered(editor: Editor, frame: RefObject<HTMLElement | null>, stays: boolean) {
  const [held, setHeld] = useState<Held>();
  useEffect(() => {
    const around = frame.current?.parentElement;
    if (!around || stays) return;
    let waiting = 0;
    let mouse: { x: number; y: number } | undefined;
    const look = () => {
      waiting = 0;
      if (!mouse || editor.isDestroyed) return;
      const blocks = blockNear(editor, mouse.x, mouse.y);
      if (!blocks) return;
      const now = heldAt(editor, blocks, frame.current);
      setHeld((before) =>
        before?.element === now?.element && before?.top === now?.top && before?.left === now?.left ? before : now,
      );
    };
    const moved = (event: MouseEvent) => {
      if (event.buttons !== 0) return; // selecting
      if (event.target instanceof Element && event.target.closest('[data-testid="block-handle"]')) return;
      mouse = { x: event.clientX, y: event.clientY };
      waiting ||= requestAnimationFrame(look);
    };
    const changed = () => {
      if (mouse) waiting ||= requestAnimationFrame(look);
    };
    const gone = () => {
      mouse = undefined;
      setHeld(undefined);
    };
    const { dom } = editor.view;
    around.addEventListener('mousemove', moved);
    around.addEventListener('mouseleave', gone);
    dom.addEventListener('keydown', gone);
    editor.on('update', changed);
    return () => {
      cancelAnimationFrame(waiting);
      around.removeEventListener('mousemove', moved);
      around.removeEventListener('mouseleave', gone);
      dom.removeEventListener('keydown', gone);
      editor.off('update', changed);
    };
  }, [editor, frame, stays]);
  return [held, setHeld] as const;
}

/** While a handle is dragged, the text does not see it: it would take what is dropped for a copy from elsewhere. */
function useDrop(
  editor: Editor,
  frame: RefObject<HTMLElement | null>,
  dragging: RefObject<boolean>,
  show: (line: { top: number; left: number; width: number } | undefined) => void,
) {
  useEffect(() => {
    const around = frame.current?.parentElement;
    if (!around) return;
    const placeAt = (event: globalThis.DragEvent) => {
      const dragged = blocksOf(editor.state.selection);
      const target = blockNear(editor, event.clientX, event.clientY);
      const box = target && elementOf(editor, target)?.getBoundingClientRect();
      if (!dragged || !target || !box) return undefined;
      const side = event.clientY < (box.top + box.bottom) / 2 ? 'before' : 'after';
      const place = dropPlace(editor.state, dragged, target, side);
      return place && { dragged, side, ...place };
    };
    const over = (event: globalThis.DragEvent) => {
      if (!dragging.current) return;
      event.stopPropagation();
      const place = placeAt(event);
      const box = place && elementOf(editor, place.beside)?.getBoundingClientRect();
      const origin = frame.current?.getBoundingClientRect();
      if (!place || !box || !origin) {
        show(undefined);
        return;
      }
      event.preventDefault(); // it may be dropped here
      const top = (place.side === 'before' ? box.top - 3 : box.bottom + 3) - origin.top;
      show({ top, left: box.left - origin.left, width: box.width });
    };
    const drop = (event: globalThis.DragEvent) => {
      if (!dragging.current) return;
      event.preventDefault();
      event.stopPropagation();
      show(undefined);
      const place = placeAt(event);
      if (place) moveTo(editor.view, place.dragged, place.position);
      editor.commands.focus();
    };
    around.addEventListener('dragover', over, true);
    around.addEventListener('drop', drop, true);
    return () => {
      around.removeEventListener('dragover', over, true);
      around.removeEventListener('drop', drop, true);
    };
  }, [editor, frame, dragging, show]);
}
