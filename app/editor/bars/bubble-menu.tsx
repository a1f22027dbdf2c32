'use client';

import { TextSelection } from '@tiptap/pm/state';
import type { Editor } from '@tiptap/react';
import { posToDOMRect } from '@tiptap/react';
import { Link } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslations } from 'use-intl';
import { showKeys } from '../../ui/keys.ts';
import type { Panel } from '../commands.ts';
import { SHORTCUTS } from '../shortcuts.ts';
import { ColorMenu } from '../toolbar/color-menu.tsx';
import { LetterMenu } from '../toolbar/letter-menu.tsx';
import { StyleMenu } from '../toolbar/style-menu.tsx';
import { MARKS, ToggleButtons } from '../toolbar/toggle-buttons.tsx';
import { ToolbarButton } from '../toolbar/toolbar-button.tsx';
import { useFloating } from '../use-floating.ts';
import styles from './bubble-menu.module.css';

/** Pixels that the header and the toolbar cover. */
const COVERED = 100;

export interface BubbleMenuProps {
  editor: Editor;
  /** While something else asks about the selection. */
  hidden: boolean;
  openPanel: (panel: Panel) => void;
}

/** What can be done with the selected words, beside them. Not on a touch screen, where the system's own menu stands there. */
export function BubbleMenu({ editor, hidden, openPanel }: BubbleMenuProps) {
  const selected = useSelectedWords(editor);
  if (!selected || hidden) return null;
  return createPortal(<OpenBubble key={selected} editor={editor} openPanel={openPanel} />, document.body);
}

function OpenBubble({ editor, openPanel }: Omit<BubbleMenuProps, 'hidden'>) {
  const t = useTranslations('toolbar');
  const bar = useRef<HTMLDivElement>(null);
  const floating = useMemo(
    () => ({
      placement: 'top' as const,
      within: editor.view.dom,
      covered: COVERED,
      placeOf: () => {
        const { from, to } = editor.state.selection;
        return posToDOMRect(editor.view, from, to);
      },
    }),
    [editor],
  );
  useFloating(bar, floating);
  return (
    <div ref={bar} className={styles.place} data-floating="" data-bubble="">
      <Toolbar.Root
        className={styles.bar}
        aria-label={t('selection')}
        onMouseDown={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key === 'Escape') editor.view.focus(); // at once: the next key is the text's
        }}
      >
        <StyleMenu editor={editor} />
        <Toolbar.Separator className={styles.separator} />
        <ToggleButtons editor={editor} toggles={MARKS} />
        <ToolbarButton
          label={t('link')}
          shortcut={showKeys(SHORTCUTS['toolbar.link'].keys)}
          onClick={() => openPanel('link')}
        >
          <Link size={17} aria-hidden />
        </ToolbarButton>
        <LetterMenu editor={editor} />
        <ColorMenu editor={editor} />
      </Toolbar.Root>
    </div>
  );
}

/** Names the words that are selected, when something can be done with them and the mouse is not at it any more. */
function useSelectedWords(editor: Editor): string | undefined {
  const [shown, setShown] = useState<string>();
  useEffect(() => {
    const { dom } = editor.view;
    let waiting = 0;
    let pressed = false;
    let dismissed: string | undefined;
    const look = () => {
      waiting = 0;
      if (editor.isDestroyed) return;
      const selected = pressed ? undefined : selectedWords(editor);
      if (selected !== dismissed) dismissed = undefined;
      setShown(selected === dismissed ? undefined : selected);
    };
    const soon = () => {
      waiting ||= requestAnimationFrame(look);
    };
    const press = () => {
      pressed = true;
      soon();
    };
    const release = () => {
      pressed = false;
      soon();
    };
    const key = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      dismissed = selectedWords(editor);
      soon();
    };
    editor.on('transaction', soon);
    editor.on('focus', soon);
    editor.on('blur', soon);
    dom.addEventListener('mousedown', press);
    dom.addEventListener('keydown', key);
    window.addEventListener('mouseup', release);
    window.addEventListener('dragend', release);
    soon();
    return () => {
      cancelAnimationFrame(waiting);
      editor.off('transaction', soon);
      editor.off('focus', soon);
      editor.off('blur', soon);
      dom.removeEventListener('mousedown', press);
      dom.removeEventListener('keydown', key);
      window.removeEventListener('mouseup', release);
      window.removeEventListener('dragend', release);
    };
  }, [editor]);
  return shown;
}

function selectedWords(editor: Editor): string | undefined {
  const { selection, doc } = editor.state;
  const { from, to, $from, $to, empty } = selection;
  if (empty || !(selection instanceof TextSelection) || !editor.isEditable || editor.view.composing) return undefined;
  if ($from.parent.type.spec.code || $to.parent.type.spec.code) return undefined;
  if (!editor.isFocused && !document.activeElement?.closest('[data-floating]')) return undefined;
  return doc.textBetween(from, to, ' ', ' ').trim() === '' ? undefined : `${from} ${to}`;
}
