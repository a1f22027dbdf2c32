'use client';

import type { Editor } from '@tiptap/react';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { goToHeading } from '../../../lib/editor/content/table-of-contents.ts';
import { type Heading, headingsOf, sameHeadings } from '../../../lib/editor/outline.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import styles from './outline-panel.module.css';

/** Milliseconds after an edit until the list follows. */
const FOLLOW_MS = 200;
/** Pixels below the top of the window, where the header and the toolbar end: the heading that has passed them is the one being read. */
const READING_LINE = 140;
/** A window narrower than this has no margin for the list: there it covers the text, and goes away when one has chosen. */
const SHEET = '(max-width: 1180px)';

/** The headings, at the side of the text; on a phone over it. */
export function OutlinePanel({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const t = useTranslations('outline');
  const headings = useHeadings(editor);
  const current = useCurrent(editor, headings);
  const go = ({ position }: Heading) => {
    if (window.matchMedia(SHEET).matches) onClose();
    goToHeading(editor, position);
  };
  return (
    <nav className={styles.panel} aria-label={t('label')} data-testid="outline">
      <div className={styles.top}>
        <span className={styles.heading}>{t('label')}</span>
        <IconButton label={t('close')} hint={false} onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {headings.length === 0 ? <p className={styles.empty}>{t('empty')}</p> : null}
      <ul className={styles.list}>
        {headings.map((heading, at) => (
          <li key={heading.position}>
            <button
              type="button"
              className={styles.entry}
              data-level={heading.level}
              aria-current={at === current ? 'location' : undefined}
              onClick={() => go(heading)}
            >
              {heading.text}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function useHeadings(editor: Editor): readonly Heading[] {
  const [headings, setHeadings] = useState<readonly Heading[]>(() => headingsOf(editor.state.doc));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      const now = headingsOf(editor.state.doc);
      setHeadings((before) => (sameHeadings(before, now) ? before : now));
    };
    const follow = ({ transaction }: { transaction: { docChanged: boolean } }) => {
      if (transaction.docChanged) timer ??= setTimeout(look, FOLLOW_MS);
    };
    editor.on('transaction', follow);
    return () => {
      clearTimeout(timer);
      editor.off('transaction', follow);
    };
  }, [editor]);
  return headings;
}

/** The last heading above the reading line, by halving: a long document has hundreds, and asking where each is would lay out the page. */
function useCurrent(editor: Editor, headings: readonly Heading[]): number {
  const [current, setCurrent] = useState(-1);
  useEffect(() => {
    let waiting = 0;
    const look = () => {
      waiting = 0;
      let [low, high] = [0, headings.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        const element = editor.view.nodeDOM(headings[middle]?.position ?? 0);
        const above = element instanceof Element && element.getBoundingClientRect().top <= READING_LINE;
        if (above) low = middle + 1;
        else high = middle;
      }
      setCurrent(Math.max(0, low - 1));
    };
    const soon = () => {
      waiting ||= requestAnimationFrame(look);
    };
    soon();
    window.addEventListener('scroll', soon, { passive: true });
    return () => {
      cancelAnimationFrame(waiting);
      window.removeEventListener('scroll', soon);
    };
  }, [editor, headings]);
  return current;
}
