'use client';

import { ArrowLeft, Ellipsis, Eye, Keyboard } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SharedDocument } from '../../lib/react/index.ts';
import { ChatButton } from '../chat/chat-button.tsx';
import { LanguageChoice, ThemeChoice } from '../settings/menus.tsx';
import { Hint, IconButton } from '../ui/icon-button.tsx';
import { modKeys } from '../ui/keys.ts';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx';
import styles from './document-header.module.css';
import { focusText } from './focus-text.ts';
import { Presence } from './presence.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { SyncLabel } from './sync-label.tsx';
import { TitleField } from './title-field.tsx';
import type { Following } from './use-follow.ts';

export interface DocumentHeaderProps {
  provider: SharedDocument;
  editable: boolean;
  /** The person wants another name. */
  onRename: () => void;
  following: Following;
  chatOpen: boolean;
  onChat: () => void;
}

export function DocumentHeader({ provider, editable, onRename, following, chatOpen, onChat }: DocumentHeaderProps) {
  const t = useTranslations('document');
  const app = useTranslations('app');
  return (
    <header className={styles.header}>
      <button type="button" className={styles.skip} onClick={focusText}>
        {app('skip')}
      </button>
      <Hint label={t('back')}>
        <Link className={styles.back} href="/" aria-label={t('back')}>
          <ArrowLeft size={18} aria-hidden />
        </Link>
      </Hint>
      <div className={styles.name}>
        <TitleField doc={provider.doc} name={provider.name} editable={editable} />
        {editable ? (
          <SyncLabel provider={provider} />
        ) : (
          <span className={styles.viewOnly}>
            <Eye size={14} aria-hidden />
            {t('viewOnly')}
          </span>
        )}
      </div>
      <Presence provider={provider} onRename={onRename} following={following} />
      <ChatButton provider={provider} open={chatOpen} onToggle={onChat} />
      <HeaderMenu />
    </header>
  );
}

function HeaderMenu() {
  const t = useTranslations();
  const [shortcuts, setShortcuts] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== '/' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setShortcuts(true);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t('settings.open')}>
            <Ellipsis size={18} aria-hidden />
          </IconButton>
        }
      >
        <MenuLabel>{t('theme.label')}</MenuLabel>
        <ThemeChoice />
        <MenuSeparator />
        <MenuLabel>{t('language.label')}</MenuLabel>
        <LanguageChoice />
        <MenuSeparator />
        <MenuItem onSelect={() => setShortcuts(true)} end={modKeys('/')}>
          <Keyboard size={16} aria-hidden />
          {t('shortcuts.heading')}
        </MenuItem>
      </Menu>
      <ShortcutsDialog open={shortcuts} onClose={() => setShortcuts(false)} />
    </>
  );
}
