'use client';

import type { Editor } from '@tiptap/react';
import { useTranslations } from 'use-intl';
import { HEADING_LEVELS } from '../../../lib/editor/extensions.ts';
import { MenuChoice } from '../../ui/menu.tsx';
import { useSettledState } from '../use-settled-state.ts';
import styles from './toolbar.module.css';
import { ToolbarMenu } from './toolbar-menu.tsx';

type Style = 'paragraph' | `${(typeof HEADING_LEVELS)[number]}`;

const LEVEL_CLASSES = { 1: styles.level1, 2: styles.level2, 3: styles.level3, 4: styles.level4 };

/** Text or a heading: shows which, and changes it. */
export function StyleMenu({ editor }: { editor: Editor }) {
  const t = useTranslations('toolbar');
  const style = useSettledState({
    editor,
    selector: ({ editor }): Style => {
      const level = HEADING_LEVELS.find((level) => editor.isActive('heading', { level }));
      return level === undefined ? 'paragraph' : `${level}`;
    },
  });
  const nameOf = (one: Style) => (one === 'paragraph' ? t('paragraph') : t('heading', { level: one }));
  const choose = (one: Style) => {
    const level = HEADING_LEVELS.find((level) => one === `${level}`);
    if (level === undefined) editor.chain().setParagraph().run();
    else editor.chain().setHeading({ level }).run();
  };
  return (
    <ToolbarMenu
      editor={editor}
      label={`${t('style')}: ${nameOf(style)}`}
      className={styles.style}
      face={nameOf(style)}
    >
      <MenuChoice
        label={t('style')}
        value={style}
        onChange={choose}
        options={[
          { value: 'paragraph' as Style, label: nameOf('paragraph') },
          ...HEADING_LEVELS.map((level) => ({
            value: `${level}` as Style,
            label: <span className={LEVEL_CLASSES[level]}>{nameOf(`${level}`)}</span>,
          })),
        ]}
      />
    </ToolbarMenu>
  );
}
