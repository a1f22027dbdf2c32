'use client';

import { useEffect, useRef } from 'react';
import { initialOf, isLight, type Person } from '../../lib/person/person.ts';
import styles from './avatar.module.css';

/** A person's initial on their colour. Set through the style object, which the page's policy allows, not as an attribute. */
export function Avatar({ person, size = 'small' }: { person: Person; size?: 'small' | 'large' }) {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    element.current?.style.setProperty('--person', person.color);
  }, [person.color]);
  return (
    <span
      ref={element}
      className={styles.avatar}
      data-size={size}
      data-light={isLight(person.color) ? '' : undefined}
      aria-hidden="true"
    >
      {initialOf(person.name)}
    </span>
  );
}
