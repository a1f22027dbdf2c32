'use client';

import { FileText, Shapes } from 'lucide-react';
import Link from 'next/link';
import { useFormatter, useNow, useTranslations } from 'use-intl';
import { type DocumentInfo, documentPath } from '../api.ts';
import styles from './document-list.module.css';

/** Milliseconds between two looks at the clock: the smallest step that is told is a minute. */
const MINUTE_MS = 60_000;
const MONTH_MS = 30 * 24 * 60 * MINUTE_MS;

export function DocumentRow({ info }: { info: DocumentInfo }) {
  const t = useTranslations('start');
  const Icon = info.kind === 'board' ? Shapes : FileText;
  return (
    <li className={styles.row}>
      <Link className={styles.link} href={documentPath(info.name)} prefetch={false}>
        <Icon size={18} {...(info.kind === 'board' ? { 'aria-label': t('board') } : { 'aria-hidden': true })} />
        <span className={info.title.trim() === '' ? `${styles.title} ${styles.untitled}` : styles.title}>
          {info.title.trim() === '' ? t('untitled') : info.title}
        </span>
        <Changed at={info.updatedAt} />
      </Link>
    </li>
  );
}

function Changed({ at }: { at: number }) {
  const t = useTranslations('start');
  const format = useFormatter();
  // The server's clock may be ahead of this one: nothing has changed in the future.
  const now = Math.max(useNow({ updateInterval: MINUTE_MS }).getTime(), at);
  const ago = now - at;
  const when =
    ago < MINUTE_MS
      ? t('justNow')
      : ago < MONTH_MS
        ? format.relativeTime(at, now)
        : format.dateTime(at, { year: 'numeric', month: 'short', day: 'numeric' });
  return (
    <time className={styles.when} dateTime={new Date(at).toISOString()}>
      {t('changed', { when })}
    </time>
  );
}
