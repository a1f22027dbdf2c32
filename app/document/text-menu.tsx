'use client';

import { Copy, Ellipsis, Focus, Hash, Keyboard, ListTree, PanelTop, Printer, Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { SharedDocument } from '../../lib/react/index.ts';
import { SHORTCUTS } from '../editor/shortcuts.ts';
import { LanguageChoice, ThemeChoice } from '../settings/menus.tsx';
import { showToolbar, useToolbarShown } from '../settings/toolbar-choice.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { showKeys } from '../ui/keys.ts';
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx';
import { printDocument, printPressed } from './print-document.ts';
import { setReading, useReading } from './reading.ts';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { useCopyMarkdown } from './use-copy-markdown.ts';

/** What can be done with a text, beside writing in it. */
export function TextMenu({ provider, editable }: { provider: SharedDocument; editable: boolean }) {
  const t = useTranslations();
  const { outline } = useReading();
  const copyMarkdown = useCopyMarkdown(provider.doc);
  const [shortcuts, setShortcuts] = useState(false);
  const toolbar = useToolbarShown();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      printPressed(event);
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
        <MenuItem onSelect={() => setReading({ tool: 'find' })} end={showKeys(SHORTCUTS['find.label'].keys)}>
          <Search size={16} aria-hidden />
          {t('find.label')}
        </MenuItem>
        <MenuItem onSelect={() => setReading({ outline: !outline })}>
          <ListTree size={16} aria-hidden />
          {t(outline ? 'outline.hide' : 'outline.show')}
        </MenuItem>
        <MenuItem onSelect={() => setReading({ focus: true })} end={showKeys(SHORTCUTS['reading.focus'].keys)}>
          <Focus size={16} aria-hidden />
          {t('reading.focus')}
        </MenuItem>
        <MenuItem onSelect={() => setReading({ tool: 'count' })}>
          <Hash size={16} aria-hidden />
          {t('count.heading')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem onSelect={copyMarkdown}>
          <Copy size={16} aria-hidden />
          {t('paste.copyMarkdown')}
        </MenuItem>
        <MenuItem onSelect={() => setTimeout(printDocument)} end={showKeys(SHORTCUTS['reading.print'].keys)}>
          <Printer size={16} aria-hidden />
          {t('reading.print')}
        </MenuItem>
        <MenuSeparator />
        <MenuLabel>{t('theme.label')}</MenuLabel>
        <ThemeChoice />
        <MenuSeparator />
        <MenuLabel>{t('language.label')}</MenuLabel>
        <LanguageChoice />
        <MenuSeparator />
        {editable ? (
          <MenuCheck checked={toolbar} onChange={showToolbar}>
            <PanelTop size={16} aria-hidden />
            {t('settings.toolbar')}
          </MenuCheck>
        ) : null}
        <MenuItem onSelect={() => setShortcuts(true)} end={showKeys(SHORTCUTS['shortcuts.here'].keys)}>
          <Keyboard size={16} aria-hidden />
          {t('shortcuts.heading')}
        </MenuItem>
      </Menu>
      <ShortcutsDialog open={shortcuts} onClose={() => setShortcuts(false)} />
    </>
  );
}
