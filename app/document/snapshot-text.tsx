'use client';

import '../editor/text.css';
import { memo, type Ref } from 'react';
import { useTranslations } from 'use-intl';
import editor from '../editor/editor.module.css';
import styles from './snapshot-text.module.css';

// The text as it was stored last, to be read while the document itself is on its way.
// Invariant: it stands where the editor will, in the same type, and nobody is made to believe that it can be written in.

export interface SnapshotTextProps {
  html: string;
  ref: Ref<HTMLElement>;
}

export const SnapshotText = memo(function SnapshotText({ html, ref }: SnapshotTextProps) {
  const t = useTranslations('document');
  return (
    <main className={`${editor.main} ${styles.standIn}`} ref={ref}>
      <div className={editor.column}>
        <article
          ref={setWidths}
          className="text"
          data-testid="snapshot"
          aria-busy="true"
          aria-label={t('text')}
          // biome-ignore lint/security/noDangerouslySetInnerHtml: the server made it, by lib/convert/html.ts, which escapes all that people wrote
          dangerouslySetInnerHTML={{ __html: html }}
        />
      </div>
    </main>
  );
});

/** Images that were given a width: the page's policy lets scripts set it, and no HTML. */
function setWidths(text: HTMLElement | null): void {
  for (const frame of text?.querySelectorAll<HTMLElement>('.image-frame[data-width]') ?? []) {
    frame.style.width = `${frame.dataset.width}%`;
  }
}
