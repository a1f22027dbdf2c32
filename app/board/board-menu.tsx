'use client';

import { Ellipsis } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { LanguageChoice, ThemeChoice } from '../settings/menus.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu, MenuLabel, MenuSeparator } from '../ui/menu.tsx';
import { BoardItems, type BoardItemsProps } from './board-items.tsx';

/** What can be done with a document that is a board, beside drawing on it. */
export function BoardMenu(props: BoardItemsProps) {
  const t = useTranslations();
  return (
    <Menu
      trigger={
        <IconButton label={t('settings.open')}>
          <Ellipsis size={18} aria-hidden />
        </IconButton>
      }
    >
      <BoardItems {...props} />
      <MenuSeparator />
      <MenuLabel>{t('theme.label')}</MenuLabel>
      <ThemeChoice />
      <MenuSeparator />
      <MenuLabel>{t('language.label')}</MenuLabel>
      <LanguageChoice />
    </Menu>
  );
}
