'use client';

import type { Editor } from '@tiptap/react';
import { ChevronDown, Plus } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import { Fragment } from 'react';
import { useTranslations } from 'use-intl';
import { Menu, MenuItem, MenuLabel } from '../../ui/menu.tsx';
import type { Panel } from '../commands.ts';
import { INSERTIONS } from '../insertions.ts';
import styles from './toolbar.module.css';

/** All that can be inserted, for those who look for it rather than type `/`. */
export function InsertMenu({ editor, openPanel }: { editor: Editor; openPanel: (panel: Panel) => void }) {
  const t = useTranslations('insert');
  return (
    <Menu
      align="start"
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        // A panel that has opened meanwhile keeps the focus.
        if (document.activeElement === null || document.activeElement === document.body) editor.commands.focus();
      }}
      trigger={
        <Toolbar.Button asChild>
          <button type="button" className={styles.insert}>
            <Plus size={16} aria-hidden />
            {t('menu')}
            <ChevronDown size={13} aria-hidden />
          </button>
        </Toolbar.Button>
      }
    >
      {INSERTIONS.map(({ name, group, Icon, run }, at) => (
        <Fragment key={name}>
          {INSERTIONS[at - 1]?.group === group ? null : <MenuLabel>{t(`group${group}`)}</MenuLabel>}
          <MenuItem onSelect={() => run(editor, openPanel)}>
            <Icon size={16} aria-hidden />
            {t(name)}
          </MenuItem>
        </Fragment>
      ))}
    </Menu>
  );
}
