'use client';

import { useTranslations } from 'use-intl';
import styles from './board.module.css';
import { BoardAhead } from './loaded-board.tsx';

/** In the place of a board that is on its way. */
export function WaitingBoard() {
  const t = useTranslations('board');
  return (
    <>
      <main
        className={styles.waiting}
        data-testid="skeleton"
        data-waiting-board=""
        role="status"
        aria-label={t('loading')}
      />
      <BoardAhead />
    </>
  );
}
