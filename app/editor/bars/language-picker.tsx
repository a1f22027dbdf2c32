'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Popover, Toolbar } from 'radix-ui';
import { type KeyboardEvent, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { CODE_LANGUAGES } from '../../../lib/editor/content/highlight.ts';
import menu from '../../ui/menu.module.css';
import styles from './code-bar.module.css';

export const PLAIN = 'plaintext';

export interface LanguagePickerProps {
  /** A grammar's name, or PLAIN. */
  value: string;
  onChange: (grammar: string) => void;
  /** After a choice, or none: where the focus goes. */
  onClosed: () => void;
}

/** The language of a block of code: a list in which one can type to find. */
export function LanguagePicker({ value, onChange, onClosed }: LanguagePickerProps) {
  const t = useTranslations('codeBlock');
  const id = useId();
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState('');
  const [at, setAt] = useState(0);

  const all = [[PLAIN, t('plain')] as const, ...CODE_LANGUAGES];
  const name = all.find(([grammar]) => grammar === value)?.[1] ?? value;
  const found = all.filter((entry) => entry.some((text) => text.toLowerCase().includes(wanted.trim().toLowerCase())));
  const active = found[Math.min(at, found.length - 1)]?.[0];
  const choose = (grammar: string | undefined) => {
    if (grammar !== undefined) onChange(grammar);
    setOpen(false);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((at + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') choose(active);
    else return;
    event.preventDefault();
  };

  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setWanted('');
        setAt(
          Math.max(
            0,
            all.findIndex(([grammar]) => grammar === value),
          ),
        );
      }}
    >
      <Popover.Trigger asChild>
        <Toolbar.Button className={styles.language} aria-label={`${t('language')}: ${name}`}>
          {name}
          <ChevronDown size={13} aria-hidden />
        </Toolbar.Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={`${menu.menu} ${styles.picker}`}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={t('language')}
          data-floating="" // the bar that it was opened from stays (use-block-place.ts)
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onClosed();
          }}
        >
          <input
            className={styles.search}
            role="combobox"
            aria-label={t('search')}
            placeholder={t('search')}
            aria-expanded
            aria-controls={`${id}-list`}
            aria-activedescendant={active && `${id}-${active}`}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={wanted}
            onChange={(event) => {
              setWanted(event.target.value);
              setAt(0);
            }}
            onKeyDown={pressed}
          />
          <div id={`${id}-list`} role="listbox" aria-label={t('language')} className={styles.list}>
            {found.map(([grammar, label]) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the combobox's
              // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant points at it
              <div
                key={grammar}
                id={`${id}-${grammar}`}
                role="option"
                aria-selected={grammar === value}
                data-highlighted={grammar === active ? '' : undefined}
                className={menu.item}
                ref={(element) => {
                  if (grammar === active) element?.scrollIntoView({ block: 'nearest' });
                }}
                onClick={() => choose(grammar)}
              >
                {label}
                {grammar === value ? <Check size={16} className={menu.check} aria-hidden /> : null}
              </div>
            ))}
          </div>
          <p className={menu.label} role="status" hidden={found.length > 0}>
            {found.length > 0 ? null : t('nothing')}
          </p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
