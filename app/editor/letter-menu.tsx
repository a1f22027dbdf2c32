'use client';

import type { Editor } from '@tiptap/react';
import { ChevronDown, type LucideIcon, RemoveFormatting, Subscript, Superscript, Type, Underline } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import { useTranslations } from 'use-intl';
import { showKeys } from '../ui/keys.ts';
import { Menu, MenuCheck, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { clearMarks, readToggles, TOGGLES } from './commands.ts';
import { SHORTCUTS } from './shortcuts.ts';
import styles from './toolbar.module.css';
import { useSettledState } from './use-settled-state.ts';

const RARER: readonly (readonly [name: 'underline' | 'subscript' | 'superscript', Icon: LucideIcon])[] = [
  ['underline', Underline],
  ['subscript', Subscript],
  ['superscript', Superscript],
];

/** The marks that are needed less often than those with a button, and the way back from all of them. */
export function LetterMenu({ editor }: { editor: Editor }) {
  const t = useTranslations('toolbar');
  const state = useSettledState({ editor, selector: ({ editor }) => readToggles(editor) });
  return (
    <Menu
      align="start"
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        editor.commands.focus();
      }}
      trigger={
        <Toolbar.Button asChild>
          <button type="button" className={styles.choice} aria-label={t('letters')} title={t('letters')}>
            <Type size={17} aria-hidden />
            <ChevronDown size={13} aria-hidden />
          </button>
        </Toolbar.Button>
      }
    >
      {RARER.map(([name, Icon]) => (
        <MenuCheck
          key={name}
          checked={state[name]}
          onChange={() => TOGGLES[name](editor)}
          end={showKeys(SHORTCUTS[`toolbar.${name}`].keys)}
        >
          <Icon size={16} aria-hidden />
          {t(name)}
        </MenuCheck>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={() => clearMarks(editor)} end={showKeys(SHORTCUTS['toolbar.clear'].keys)}>
        <RemoveFormatting size={16} aria-hidden />
        {t('clear')}
      </MenuItem>
    </Menu>
  );
}
