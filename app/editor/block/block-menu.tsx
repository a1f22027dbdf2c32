'use client';

import type { Editor } from '@tiptap/react';
import { ArrowDown, ArrowUp, Copy, RefreshCw, Trash2 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useTranslations } from 'use-intl';
import { deleteBlocks, duplicateBlocks, moveBlocks } from '../../../lib/editor/move-blocks.ts';
import { showKeys } from '../../ui/keys.ts';
import { MenuContent, MenuItem, MenuSeparator, MenuSub } from '../../ui/menu.tsx';
import { backToText } from '../back-to-text.ts';
import { INSERTIONS } from '../insertions.ts';
import { SHORTCUTS } from '../shortcuts.ts';
import styles from './block-handle.module.css';

const TURNS = INSERTIONS.filter(({ turnsInto }) => turnsInto);

export interface BlockMenuProps {
  editor: Editor;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** What can be done with the blocks of the selection. */
export function BlockMenu({ editor, open, onOpenChange }: BlockMenuProps) {
  const t = useTranslations('block');
  const insert = useTranslations('insert');
  const { view } = editor;
  return (
    <DropdownMenu.Root open={open} onOpenChange={onOpenChange} modal={false}>
      <DropdownMenu.Trigger asChild>
        <span className={styles.anchor} aria-hidden tabIndex={-1} />
      </DropdownMenu.Trigger>
      <MenuContent align="start" aria-label={t('menu')} onCloseAutoFocus={backToText(editor)}>
        <MenuSub
          label={
            <>
              <RefreshCw size={16} aria-hidden />
              {t('turnInto')}
            </>
          }
        >
          {TURNS.map(({ name, Icon, run }) => (
            <MenuItem key={name} onSelect={() => run(editor, () => undefined)}>
              <Icon size={16} aria-hidden />
              {insert(name)}
            </MenuItem>
          ))}
        </MenuSub>
        <MenuItem onSelect={() => duplicateBlocks(view)} end={showKeys(SHORTCUTS['block.duplicate'].keys)}>
          <Copy size={16} aria-hidden />
          {t('duplicate')}
        </MenuItem>
        <MenuItem onSelect={() => moveBlocks(view, 'up')} end={showKeys(SHORTCUTS['block.up'].keys)}>
          <ArrowUp size={16} aria-hidden />
          {t('up')}
        </MenuItem>
        <MenuItem onSelect={() => moveBlocks(view, 'down')} end={showKeys(SHORTCUTS['block.down'].keys)}>
          <ArrowDown size={16} aria-hidden />
          {t('down')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger onSelect={() => deleteBlocks(view)}>
          <Trash2 size={16} aria-hidden />
          {t('delete')}
        </MenuItem>
      </MenuContent>
    </DropdownMenu.Root>
  );
}
