'use client';

import { FileText } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { type Backlink, documentPath, listBacklinks } from '../api.ts';
import styles from './backlinks.module.css';

/** The documents that speak of this one, at its end; nothing when there are none, or when the server does not say. */
export function Backlinks({ name }: { name: string }) {
  const t = useTranslations('backlinks');
  const document = useTranslations('document');
  const links = useBacklinks(name);
  if (links.length === 0) return null;
  return (
    <nav className={styles.backlinks} aria-label={t('heading')}>
      <h2 className={styles.heading}>{t('heading')}</h2>
      <ul className={styles.list}>
        {links.map((link) => (
          <li key={link.name}>
            <Link className={styles.link} href={documentPath(link.name)}>
              <FileText size={15} aria-hidden />
              {link.title.trim() === '' ? document('untitled') : link.title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function useBacklinks(name: string): readonly Backlink[] {
  const [links, setLinks] = useState<readonly Backlink[]>([]);
  useEffect(() => {
    const asking = new AbortController();
    listBacklinks(name, asking.signal).then(setLinks, () => undefined); // not said: none are shown
    return () => asking.abort();
  }, [name]);
  return links;
}
