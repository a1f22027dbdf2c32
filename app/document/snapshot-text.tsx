'use client';

import '../editor/text.css';
import { memo, type Ref, useState } from 'react';
import { useTranslations } from 'use-intl';
import editor from '../editor/editor.module.css';
import { take } from './hand-over.ts';
import type { SnapshotHtml } from './snapshot.ts';
import styles from './snapshot-text.module.css';
import { TextSkeleton } from './waiting-document.tsx';

// The text as it was stored last, to be read while the document itself is on its way.
// Invariant: it stands where the editor will, in the same type, and nobody is made to believe that it can be written in.

export interface SnapshotTextProps {
  text: SnapshotHtml;
  ref: Ref<HTMLElement>;
}

export const SnapshotText = memo(function SnapshotText({ text, ref }: SnapshotTextProps) {
  const t = useTranslations('document');
  const [html] = useState(() => htmlOf(text));
  if (html === undefined) return <TextSkeleton />;
  return (
    <main className={`${editor.main} ${styles.standIn}`} ref={ref}>
      <div className={editor.column}>
        <article
          ref={setWidths}
          id={'ticket' in text ? text.ticket : undefined}
          suppressHydrationWarning
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

/** In the browser nothing is to be done with what came with a ticket: it is in its place, or, when one comes back to the page later, nowhere. */
function htmlOf(text: SnapshotHtml): string | undefined {
  if ('html' in text) return text.html;
  if (typeof window === 'undefined') return take(text.ticket);
  return document.getElementById(text.ticket) ? '' : undefined;
}

/** Images that were given a width: the page's policy lets scripts set it, and no HTML. */
function setWidths(text: HTMLElement | null): void {
  for (const frame of text?.querySelectorAll<HTMLElement>('.image-frame[data-width]') ?? []) {
    frame.style.width = `${frame.dataset.width}%`;
  }
}
