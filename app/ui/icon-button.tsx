'use client';

import { Tooltip } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import styles from './icon-button.module.css';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  /** Accessible name, and the tooltip. */
  label: string;
  /** Shown in the tooltip, such as `Ctrl B`. */
  shortcut?: string | undefined;
  /** False where the sign says it all. A tooltip takes the first press of Escape for itself, which a dialog's button should not. */
  hint?: boolean;
  children: ReactNode;
}

export function IconButton({
  label,
  shortcut,
  hint = true,
  className,
  type = 'button',
  children,
  ...rest
}: IconButtonProps) {
  const button = (
    <button {...rest} type={type} aria-label={label} className={`${styles.button} ${className ?? ''}`}>
      {children}
    </button>
  );
  if (!hint) return button;
  return (
    <Hint label={label} shortcut={shortcut}>
      {button}
    </Hint>
  );
}

/** A tooltip for one focusable child that has an accessible name of its own. */
export function Hint({
  label,
  shortcut,
  children,
}: {
  label: string;
  shortcut?: string | undefined;
  children: ReactNode;
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        {/* The trigger is named already: the tooltip is for the eye. */}
        <Tooltip.Content className={styles.hint} sideOffset={6} collisionPadding={8} aria-hidden>
          {label}
          {shortcut === undefined ? null : <kbd className={styles.shortcut}>{shortcut}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
