'use client';

import type { Editor } from '@tiptap/react';
import { type LucideIcon, TextAlignCenter, TextAlignEnd, TextAlignJustify, TextAlignStart } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ALIGNMENTS, type Alignment, alignmentAt } from '../../../lib/editor/content/alignment.ts';
import { MenuChoice } from '../../ui/menu.tsx';
import { useSettledState } from '../use-settled-state.ts';
import { ToolbarMenu } from './toolbar-menu.tsx';

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
    <ToolbarMenu editor={editor} label={label} title={t('menu')} face={<Icon size={17} aria-hidden />}>
      <MenuChoice
        label={t('menu')}
        value={alignment}
        onChange={(next) => editor.commands.setAlignment(next)}
        options={ALIGNMENTS.map((value) => {
          const One = ALIGNMENT_ICONS[value];
          return { value, label: t(value), icon: <One size={16} aria-hidden /> };
        })}
      />
    </ToolbarMenu>
  );
}
