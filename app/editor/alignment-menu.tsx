'use client';

import type { Editor } from '@tiptap/react';
import {
  ChevronDown,
  type LucideIcon,
  TextAlignCenter,
  TextAlignEnd,
  TextAlignJustify,
  TextAlignStart,
} from 'lucide-react';
import { Toolbar } from 'radix-ui';
import { useTranslations } from 'use-intl';
import { ALIGNMENTS, type Alignment, alignmentAt } from '../../lib/editor/content/alignment.ts';
import { Menu, MenuChoice } from '../ui/menu.tsx';
import styles from './toolbar.module.css';
import { useSettledState } from './use-settled-state.ts';

const ALIGNMENT_ICONS: Readonly<Record<Alignment, LucideIcon>> = {
  left: TextAlignStart,
  center: TextAlignCenter,
  right: TextAlignEnd,
  justify: TextAlignJustify,
};

/** How the block with the caret is aligned, or each selected cell of a table: shows which, and changes it. */
export function AlignmentMenu({ editor }: { editor: Editor }) {
  const t = useTranslations('alignment');
  const alignment = useSettledState({ editor, selector: ({ editor }) => alignmentAt(editor.state) });
  const Icon = ALIGNMENT_ICONS[alignment];
  const label = `${t('menu')}: ${t(alignment)}`;
  return (
    <Menu
      align="start"
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        editor.commands.focus();
      }}
      trigger={
        <Toolbar.Button asChild>
          <button type="button" className={styles.choice} aria-label={label} title={t('menu')}>
            <Icon size={17} aria-hidden />
            <ChevronDown size={13} aria-hidden />
          </button>
        </Toolbar.Button>
      }
    >
      <MenuChoice
        label={t('menu')}
        value={alignment}
        onChange={(next) => editor.commands.setAlignment(next)}
        options={ALIGNMENTS.map((value) => {
          const One = ALIGNMENT_ICONS[value];
          return { value, label: t(value), icon: <One size={16} aria-hidden /> };
        })}
      />
    </Menu>
  );
}
