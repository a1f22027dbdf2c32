'use client';

import { Ban, Check, Type } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { KeyboardEvent } from 'react';
import { useTranslations } from 'use-intl';
import { type Color, PALETTE } from '../../../lib/convert/palette.ts';
import { MenuLabel } from '../../ui/menu.tsx';
import styles from './color-menu.module.css';

const NONE = 'none';

export interface SwatchesProps {
  label: string;
  /** Letters in the colour, or paper of it. */
  kind: 'text' | 'paper';
  value: Color | undefined;
  onChange: (color: Color | undefined) => void;
}

/** The palette, inside of a menu: arrows in all four directions move in it. */
export function Swatches({ label, kind, value, onChange }: SwatchesProps) {
  const t = useTranslations('color');
  return (
    <>
      <MenuLabel>{label}</MenuLabel>
      <DropdownMenu.RadioGroup
        className={styles.swatches}
        aria-label={label}
        value={value ?? NONE}
        onValueChange={(next) => onChange(PALETTE.find((color) => color === next))}
        onKeyDown={moveSideways}
      >
        {[NONE, ...PALETTE].map((name) => (
          <DropdownMenu.RadioItem
            key={name}
            value={name}
            className={styles.swatch}
            aria-label={t(name as Color)}
            title={t(name as Color)}
            data-text-color={kind === 'text' ? name : undefined}
            data-background={kind === 'paper' ? name : undefined}
          >
            {name === NONE ? (
              <Ban size={15} aria-hidden />
            ) : kind === 'text' ? (
              <Type size={17} strokeWidth={2.5} aria-hidden />
            ) : null}
            <DropdownMenu.ItemIndicator className={styles.chosen}>
              <Check size={12} strokeWidth={3} aria-hidden />
            </DropdownMenu.ItemIndicator>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  );
}

/** A menu of Radix's moves up and down only. */
function moveSideways(event: KeyboardEvent<HTMLElement>): void {
  const { activeElement } = document;
  const next =
    event.key === 'ArrowRight'
      ? activeElement?.nextElementSibling
      : event.key === 'ArrowLeft'
        ? activeElement?.previousElementSibling
        : undefined;
  if (next instanceof HTMLElement && event.currentTarget.contains(next)) {
    event.preventDefault();
    next.focus();
  }
}
