'use client';

import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import styles from './menu.module.css';

// A menu that opens from a button. Not modal: the page behind it stays scrollable, and needs no style element of Radix's.

export interface MenuProps extends Pick<ComponentProps<typeof DropdownMenu.Content>, 'align' | 'onCloseAutoFocus'> {
  /** A button; it is given the menu's state. */
  trigger: ReactNode;
  children: ReactNode;
}

export function Menu({ trigger, children, align = 'end', ...content }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          {...content}
          className={styles.menu}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          data-floating="" // the bar that it was opened from stays (editor/use-block-place.ts)
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export interface MenuItemProps extends Omit<ComponentProps<typeof DropdownMenu.Item>, 'className'> {
  danger?: boolean;
  /** Shown at the far end, such as a shortcut. */
  end?: ReactNode;
}

export function MenuItem({ danger = false, end, children, ...rest }: MenuItemProps) {
  return (
    <DropdownMenu.Item {...rest} className={`${styles.item} ${danger ? styles.danger : ''}`}>
      {children}
      {end === undefined ? null : <span className={styles.end}>{end}</span>}
    </DropdownMenu.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className={styles.label}>{children}</DropdownMenu.Label>;
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className={styles.separator} />;
}

export interface MenuChoiceProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: ReadonlyArray<{ value: Value; label: ReactNode; icon?: ReactNode; lang?: string }>;
}

/** One of several, with a tick at the chosen one. */
export function MenuChoice<Value extends string>({ label, value, onChange, options }: MenuChoiceProps<Value>) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)} aria-label={label}>
      {options.map((option) => (
        <DropdownMenu.RadioItem key={option.value} value={option.value} lang={option.lang} className={styles.item}>
          {option.icon}
          {option.label}
          <DropdownMenu.ItemIndicator className={styles.check}>
            <Check size={16} aria-hidden />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}
