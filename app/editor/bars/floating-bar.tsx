'use client';

import { Toolbar } from 'radix-ui';
import type { ReactNode } from 'react';
import { focusText } from '../../document/focus-text.ts';
import type { Place } from '../block/use-block-place.ts';
import styles from './floating-bar.module.css';

export interface FloatingBarProps {
  label: string;
  place: Place;
  /** Above the block, staying in sight while it is scrolled; at its upper right corner inside, on a phone as the next; on its upper edge, to the right; or below. */
  at: 'above' | 'corner' | 'edge' | 'below';
  children: ReactNode;
}

/** A small bar at a block of the text. The text keeps the focus when it is used with the mouse. */
export function FloatingBar({ label, place, at, children }: FloatingBarProps) {
  return (
    <div
      className={styles.track}
      data-at={at}
      data-end={endsRight(place) ? '' : undefined}
      style={place}
      data-floating=""
    >
      <Toolbar.Root
        className={styles.bar}
        aria-label={label}
        onMouseDown={(event) => event.preventDefault()}
        onKeyDown={(event) => event.key === 'Escape' && focusText()}
      >
        {children}
      </Toolbar.Root>
    </div>
  );
}

/** A short place in the right half, so that what is longer goes to the left of it. */
function endsRight({ left, width }: Place): boolean {
  return left + width / 2 > window.innerWidth / 2;
}

export function FloatingSeparator() {
  return <Toolbar.Separator className={styles.separator} />;
}
