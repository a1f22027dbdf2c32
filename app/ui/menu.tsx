'use client';

import { Check, ChevronRight } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import styles from './menu.module.css';

// A menu that opens from a button. Not modal: the page behind it stays scrollable, and needs no style element of Radix's.

type ContentProps = Omit<ComponentProps<typeof DropdownMenu.Content>, 'className' | 'sideOffset' | 'collisionPadding'>;

export interface MenuProps extends Pick<ContentProps, 'align' | 'onCloseAutoFocus'> {
  /** A button; it is given the menu's state. */
  trigger: ReactNode;
  children: ReactNode;
}

export function Menu({ trigger, children, align = 'end', ...content }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <MenuContent {...content} align={align}>
        {children}
      </MenuContent>
    </DropdownMenu.Root>
  );
}

/** The panel of a menu that is opened and closed by its owner. */
export function MenuContent(props: ContentProps) {
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        {...props}
        className={styles.menu}
        sideOffset={6}
        collisionPadding={8}
        data-floating="" // the bar that it was opened from stays (editor/use-block-place.ts)
      />
    </DropdownMenu.Portal>
  );
}

/** An entry that opens further ones beside it. */
export function MenuSub({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className={styles.item}>
        {label}
        <ChevronRight className={styles.further} size={16} aria-hidden />
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent className={styles.menu} sideOffset={4} collisionPadding={8} data-floating="">
          {children}
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  );
}

export interface MenuCheckProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Shown at the far end, such as a shortcut. */
  end?: ReactNode;
  children: ReactNode;
}

/** One that is on or off; the menu stays open. */
export function MenuCheck({ checked, onChange, end, children }: MenuCheckProps) {
  return (
    <DropdownMenu.CheckboxItem
      className={styles.item}
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      {children}
      <DropdownMenu.ItemIndicator className={styles.check}>
        <Check size={16} aria-hidden />
      </DropdownMenu.ItemIndicator>
      {end === undefined ? null : <span className={styles.end}>{end}</span>}
    </DropdownMenu.CheckboxItem>
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
