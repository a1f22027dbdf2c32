'use client';

import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './popover.module.css';

export interface PopoverProps {
  /** A button; it is given the popover's state. */
  trigger: ReactNode;
  label: string;
  children: ReactNode;
}

/** A small panel at a button. Not modal; Escape, or a click elsewhere, closes it. */
export function Popover({ trigger, label, children }: PopoverProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.popover} aria-label={label} align="start" sideOffset={6} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
