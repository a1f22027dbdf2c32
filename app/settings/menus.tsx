'use client';

import { Languages, Monitor, Moon, Sun } from 'lucide-react';
import { useTheme } from 'next-themes';
import { useLocale, useTranslations } from 'use-intl';
import { LANGUAGE_NAMES, LOCALES } from '../messages/locale.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu, MenuChoice } from '../ui/menu.tsx';
import styles from './menus.module.css';
import { useSetLocale } from './use-set-locale.ts';

// The two things that a reader chooses about every page.

export function LanguageChoice() {
  const t = useTranslations('language');
  const setLocale = useSetLocale();
  return (
    <MenuChoice
      label={t('label')}
      value={useLocale()}
      onChange={setLocale}
      options={LOCALES.map((locale) => ({ value: locale, label: LANGUAGE_NAMES[locale], lang: locale }))}
    />
  );
}

export function ThemeChoice() {
  const t = useTranslations('theme');
  const { theme = 'system', setTheme } = useTheme();
  return (
    <MenuChoice
      label={t('label')}
      value={theme}
      onChange={setTheme}
      options={[
        { value: 'light', label: t('light'), icon: <Sun size={16} aria-hidden /> },
        { value: 'dark', label: t('dark'), icon: <Moon size={16} aria-hidden /> },
        { value: 'system', label: t('system'), icon: <Monitor size={16} aria-hidden /> },
      ]}
    />
  );
}

export function LanguageMenu() {
  const t = useTranslations('language');
  return (
    <Menu
      trigger={
        <IconButton label={t('label')}>
          <Languages size={18} aria-hidden />
        </IconButton>
      }
    >
      <LanguageChoice />
    </Menu>
  );
}

export function ThemeMenu() {
  const t = useTranslations('theme');
  return (
    <Menu
      trigger={
        <IconButton label={t('label')}>
          {/* Which of the two shows is decided by the style sheet: the server does not know the theme. */}
          <Sun className={styles.sun} size={18} aria-hidden />
          <Moon className={styles.moon} size={18} aria-hidden />
        </IconButton>
      }
    >
      <ThemeChoice />
    </Menu>
  );
}
