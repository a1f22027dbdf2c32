'use client';

import type { Editor } from '@tiptap/react';
import { ChevronDown, PaintBucket, PanelLeft, PanelTop, TableCellsMerge, TableCellsSplit, Trash2 } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import type { ReactNode, RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { type Color, colorNamed } from '../../../lib/convert/palette.ts';
import { Menu } from '../../ui/menu.tsx';
import { backToText } from '../back-to-text.ts';
import { FloatingBar, FloatingSeparator } from '../bars/floating-bar.tsx';
import { blockAround, useBlockPlace } from '../block/use-block-place.ts';
import { readTable, TABLE_COMMANDS, type TableCommand, tableCommandState } from '../commands.ts';
import { Swatches } from '../toolbar/swatches.tsx';
import { ToolbarButton } from '../toolbar/toolbar-button.tsx';
import { useSettledState } from '../use-settled-state.ts';
import styles from './table-bar.module.css';
import { TableHandles } from './table-handles.tsx';
import { ColumnIcon, RowIcon } from './table-icons.tsx';

const ICONS: Record<TableCommand, ReactNode> = {
  rowAbove: <RowIcon change="add" before />,
  rowBelow: <RowIcon change="add" />,
  columnLeft: <ColumnIcon change="add" before />,
  columnRight: <ColumnIcon change="add" />,
  headerRow: <PanelTop size={17} aria-hidden />,
  headerColumn: <PanelLeft size={17} aria-hidden />,
  mergeCells: <TableCellsMerge size={17} aria-hidden />,
  splitCell: <TableCellsSplit size={17} aria-hidden />,
  deleteRow: <RowIcon change="remove" />,
  deleteColumn: <ColumnIcon change="remove" />,
  delete: <Trash2 size={17} aria-hidden />,
};

const findTable = (editor: Editor) => blockAround(editor, 'table');

/** Rows, columns and cells, at the table that has the caret. */
export function TableBar({ editor, frame }: { editor: Editor; frame: RefObject<HTMLElement | null> }) {
  const t = useTranslations('table');
  const place = useBlockPlace(editor, frame, findTable);
  const state = useSettledState({ editor, selector: ({ editor }) => readTable(editor) });
  if (!place) return null;
  return (
    <>
      <TableHandles editor={editor} frame={frame} table={place} />
      <FloatingBar label={t('menu')} place={place} at="above">
        {TABLE_COMMANDS.map((entry, at) => {
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
          if (entry === null) return <FloatingSeparator key={at} />;
          const [name, run] = entry;
          const { pressed, disabled } = tableCommandState(name, state);
          return (
            <ToolbarButton
              key={name}
              label={t(name)}
              aria-pressed={pressed}
              aria-disabled={disabled}
              onClick={() => run(editor)}
            >
              {ICONS[name]}
            </ToolbarButton>
          );
        })}
        <FloatingSeparator />
        <CellColor editor={editor} />
      </FloatingBar>
    </>
  );
}

/** The background of the selected cells. */
function CellColor({ editor }: { editor: Editor }) {
  const t = useTranslations('table');
  const color = useSettledState({
    editor,
    selector: ({ editor }) =>
      colorNamed(editor.getAttributes('tableCell').background ?? editor.getAttributes('tableHeader').background),
  });
  const set = (next: Color | undefined) => editor.commands.setCellAttribute('background', next ?? null);
  return (
    <Menu
      onCloseAutoFocus={backToText(editor)}
      trigger={
        <Toolbar.Button asChild>
          <button type="button" className={styles.color} aria-label={t('background')} title={t('background')}>
            <span className={styles.sign} data-background={color}>
              <PaintBucket size={16} aria-hidden />
            </span>
            <ChevronDown size={12} aria-hidden />
          </button>
        </Toolbar.Button>
      }
    >
      <Swatches label={t('background')} kind="paper" value={color} onChange={set} />
    </Menu>
  );
}
