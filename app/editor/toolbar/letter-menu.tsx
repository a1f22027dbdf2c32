'use client';

import type { Editor } from '@tiptap/react';
import { type LucideIcon, RemoveFormatting, Subscript, Superscript, Type, Underline } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { showKeys } from '../../ui/keys.ts';
import { MenuCheck, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { clearMarks, readToggles, TOGGLES } from '../commands.ts';
import { SHORTCUTS } from '../shortcuts.ts';
import { useSettledState } from '../use-settled-state.ts';
import { ToolbarMenu } from './toolbar-menu.tsx';

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
    <ToolbarMenu editor={editor} label={t('letters')} title={t('letters')} face={<Type size={17} aria-hidden />}>
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
    </ToolbarMenu>
  );
}
