'use client';

import type { Editor } from '@tiptap/react';
import { Check, ChevronDown, Table as TableIcon } from 'lucide-react';
import { Toolbar as Radix } from 'radix-ui';
import { Fragment } from 'react';
import { useTranslations } from 'use-intl';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { backToText } from '../back-to-text.ts';
import { readTable, TABLE_COMMANDS, tableCommandState } from '../commands.ts';
import styles from '../toolbar/toolbar.module.css';
import { ToolbarButton } from '../toolbar/toolbar-button.tsx';
import { useSettledState } from '../use-settled-state.ts';

/** Inserts a table; inside of one it is the menu of its rows and columns, for the keyboard too. */
export function TableControl({ editor }: { editor: Editor }) {
  const t = useTranslations();
  const table = useSettledState({ editor, selector: ({ editor }) => readTable(editor) });
  if (!table) {
    return (
      <ToolbarButton
        label={t('toolbar.table')}
        onClick={() => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()}
      >
        <TableIcon size={17} aria-hidden />
      </ToolbarButton>
    );
  }
  return (
    <Menu
      onCloseAutoFocus={backToText(editor)}
      trigger={
        <Radix.Button asChild>
          <button type="button" className={styles.insideTable} aria-label={t('table.menu')}>
            <TableIcon size={17} aria-hidden />
            <ChevronDown size={14} aria-hidden />
          </button>
        </Radix.Button>
      }
    >
      {TABLE_COMMANDS.map((entry, at) =>
        entry === null ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
          <MenuSeparator key={at} />
        ) : (
          <Fragment key={entry[0]}>
            <MenuItem
              danger={entry[0] === 'delete'}
              disabled={tableCommandState(entry[0], table).disabled === true}
              end={tableCommandState(entry[0], table).pressed === true ? <Check size={16} aria-hidden /> : undefined}
              onSelect={() => entry[1](editor)}
            >
              {t(`table.${entry[0]}`)}
            </MenuItem>
          </Fragment>
        ),
      )}
    </Menu>
  );
}
