'use client';

import { Redo2, Undo2 } from 'lucide-react';
import { type KeyboardEvent, useCallback, useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import type { BoardUndo } from '../../lib/whiteboard/undo.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { showKeys } from '../ui/keys.ts';
import styles from './board.module.css';

// Undo and redo of what one did oneself, in the place of Excalidraw's, which would take back what others did.

export function UndoButtons({ undo }: { undo: BoardUndo }) {
  const t = useTranslations('toolbar');
  const subscribe = useCallback((changed: () => void) => undo.onChange(changed), [undo]);
  const canUndo = useSyncExternalStore(subscribe, () => undo.canUndo);
  const canRedo = useSyncExternalStore(subscribe, () => undo.canRedo);
  return (
    <div className={styles.undo}>
      <IconButton label={t('undo')} shortcut={showKeys('Mod-z')} disabled={!canUndo} onClick={() => undo.undo()}>
        <Undo2 size={16} aria-hidden />
      </IconButton>
      <IconButton label={t('redo')} shortcut={showKeys('Mod-Shift-z')} disabled={!canRedo} onClick={() => undo.redo()}>
        <Redo2 size={16} aria-hidden />
      </IconButton>
    </div>
  );
}

/** What a key asks for; undefined while letters are written, whose field has an undo of its own. */
export function undoKey(event: KeyboardEvent): 'undo' | 'redo' | undefined {
  const { target, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (!(ctrlKey || metaKey) || altKey) return undefined;
  if (target instanceof HTMLElement && target.closest('textarea, input, [contenteditable="true"]')) return undefined;
  switch (event.key.toLowerCase()) {
    case 'z':
      return shiftKey ? 'redo' : 'undo';
    case 'y':
      return shiftKey ? undefined : 'redo';
    default:
      return undefined;
  }
}
