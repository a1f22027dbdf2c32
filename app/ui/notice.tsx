import type { ReactNode } from 'react';
import { LogoMark } from './logo.tsx';
import styles from './notice.module.css';

// A page, or the main part of one, that says why there is nothing else, and what to do.

export interface NoticeProps {
  heading: string;
  /** Of the heading: 2 on a page that has one already. */
  level?: 1 | 2;
  text: string;
  picture?: ReactNode;
  /** What to do: buttons. */
  children?: ReactNode;
}

export function Notice({ heading, level = 1, text, picture, children }: NoticeProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <section className={styles.notice}>
      <div className={styles.picture} aria-hidden="true">
        {picture ?? <LogoMark size={48} />}
      </div>
      <Heading className={styles.heading}>{heading}</Heading>
      <p className={styles.text}>{text}</p>
      {children === undefined ? null : <div className={styles.actions}>{children}</div>}
    </section>
  );
}
