'use client';

import type { Editor } from '@tiptap/react';
import { Baseline } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { type Color, colorNamed } from '../../../lib/convert/palette.ts';
import { useSettledState } from '../use-settled-state.ts';
import styles from './color-menu.module.css';
import { Swatches } from './swatches.tsx';
import { ToolbarMenu } from './toolbar-menu.tsx';

/** Colour of the selected letters, or of what is typed next, and of the paper behind them. */
export function ColorMenu({ editor }: { editor: Editor }) {
  const t = useTranslations('color');
  const { text, paper } = useSettledState({
    editor,
    selector: ({ editor }) => ({
      text: colorNamed(editor.getAttributes('textColor').color),
      paper: editor.isActive('highlight')
        ? (colorNamed(editor.getAttributes('highlight').color) ?? 'yellow')
        : undefined,
    }),
  });
  const setText = (color: Color | undefined) =>
    color === undefined ? editor.commands.unsetTextColor() : editor.commands.setTextColor(color);
  const setPaper = (color: Color | undefined) =>
    color === undefined ? editor.commands.unsetHighlight() : editor.commands.setHighlight({ color });
  return (
    <ToolbarMenu
      editor={editor}
      label={t('menu')}
      title={t('menu')}
      face={
        <span className={styles.sign} data-text-color={text} data-background={paper}>
          <Baseline size={17} aria-hidden />
        </span>
      }
    >
      <Swatches label={t('text')} kind="text" value={text} onChange={setText} />
      <Swatches label={t('paper')} kind="paper" value={paper} onChange={setPaper} />
    </ToolbarMenu>
  );
}
