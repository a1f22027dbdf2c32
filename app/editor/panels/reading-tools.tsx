'use client';

import { type Editor, isMacOS } from '@tiptap/react';
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { setDimming } from '../../../lib/editor/dimming.ts';
import { readingNow, setReading, useReading } from '../../document/reading.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { CountDialog } from './count-dialog.tsx';
import { FindBar } from './find-bar.tsx';
import { OutlinePanel } from './outline-panel.tsx';
import styles from './reading-tools.module.css';

/** What helps to read a long document: find, outline, count, and a page without anything but the text. */
export function ReadingTools({ editor, editable }: { editor: Editor; editable: boolean }) {
  const t = useTranslations('reading');
  const { tool, outline, focus } = useReading();
  useReadingKeys(editor);

  useEffect(() => {
    document.body.toggleAttribute('data-focus-mode', focus);
    return () => document.body.removeAttribute('data-focus-mode');
  }, [focus]);

  // Who only reads is in no block.
  useEffect(() => setDimming(editor, focus && editable), [editor, focus, editable]);

  const close = () => {
    setReading({ tool: 'none' });
    editor.view.focus(); // at once: the next key is the text's
  };
  return (
    <>
      {tool === 'find' ? <FindBar editor={editor} editable={editable} onClose={close} /> : null}
      {tool === 'count' ? <CountDialog editor={editor} onClose={close} /> : null}
      {outline && !focus ? <OutlinePanel editor={editor} onClose={() => setReading({ outline: false })} /> : null}
      {focus ? (
        <div className={styles.leave}>
          <IconButton label={t('leaveFocus')} shortcut={t('escape')} onClick={() => setReading({ focus: false })}>
            <X size={18} aria-hidden />
          </IconButton>
        </div>
      ) : null}
    </>
  );
}

/** What Escape closes first. */
const OPEN = '[role="dialog"], [role="menu"], [role="listbox"]';

/** Ctrl+F within the text is ours; pressed again in our field it is the browser's. */
function useReadingKeys(editor: Editor): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { tool, focus } = readingNow();
      const mod = isMacOS() ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
      const key = event.key.toLowerCase();
      if (key === 'escape' && focus && tool === 'none' && !event.isComposing && !document.querySelector(OPEN)) {
        event.preventDefault();
        event.stopPropagation();
        setReading({ focus: false });
        return;
      }
      if (!mod || event.altKey) return;
      const inText = editor.view.dom.contains(event.target as Node | null);
      if (key === 'f' && event.shiftKey) {
        event.preventDefault();
        setReading({ focus: !focus });
      } else if (key === 'f' && inText) {
        event.preventDefault();
        setReading({ tool: 'find' });
      }
    };
    // Before the text gets the key: there Escape selects a block.
    window.addEventListener('keydown', pressed, { capture: true });
    return () => window.removeEventListener('keydown', pressed, { capture: true });
  }, [editor]);
}
