'use client';

import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { isLight, type Person } from '../../../lib/person/person.ts';
import styles from './following.module.css';
import { KEEPS_FOLLOWING } from './use-follow.ts';

/** A frame in the colour of who is followed, and the way out; told to those who do not see it. */
export function FollowingFrame({ person, onStop }: { person: Person | undefined; onStop: () => void }) {
  const t = useTranslations('follow');
  const frame = useRef<HTMLDivElement>(null);
  const [news, setNews] = useState('');
  const before = useRef<string>(undefined);
  useEffect(() => {
    if (person) frame.current?.style.setProperty('--person', person.color);
    const name = before.current;
    before.current = person?.name;
    if (person) setNews(t('announce', { name: person.name }));
    else if (name !== undefined) setNews(t('announceStop', { name }));
  }, [person, t]);
  return (
    <>
      <p className="visually-hidden" role="status">
        {news}
      </p>
      {person ? (
        <div ref={frame} className={styles.frame} data-testid="following">
          <button
            type="button"
            className={styles.pill}
            data-light={isLight(person.color) ? '' : undefined}
            onClick={onStop}
            {...{ [KEEPS_FOLLOWING]: '' }}
          >
            <span className={styles.name}>{t('following', { name: person.name })}</span>
            <span className={styles.stop}>
              <X size={14} aria-hidden />
              {t('stop')}
            </span>
          </button>
        </div>
      ) : null}
    </>
  );
}
