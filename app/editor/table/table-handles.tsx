'use client';

import { CellSelection, cellAround } from '@tiptap/pm/tables';
import type { Editor } from '@tiptap/react';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { type Place, useBlockPlace } from '../block/use-block-place.ts';
import styles from './table-handles.module.css';

/** The element of the cell that has the caret, or of the cell where a selection of cells ends. */
function findCell({ state, view }: Editor): Element | undefined {
  const $cell =
    state.selection instanceof CellSelection ? state.selection.$headCell : cellAround(state.selection.$head);
  const element = $cell ? view.nodeDOM($cell.pos) : undefined;
  return element instanceof Element ? element : undefined;
}

function select(editor: Editor, whole: 'row' | 'column'): void {
  const { state, view } = editor;
  const $cell =
    state.selection instanceof CellSelection ? state.selection.$headCell : cellAround(state.selection.$head);
  if (!$cell) return;
  const selection = whole === 'row' ? CellSelection.rowSelection($cell) : CellSelection.colSelection($cell);
  view.dispatch(state.tr.setSelection(selection));
  view.focus();
}

export interface TableHandlesProps {
  editor: Editor;
  frame: RefObject<HTMLElement | null>;
  table: Place;
}

/** A handle at the edge of the table for the row and one for the column of the caret: pressing it selects them. */
export function TableHandles({ editor, frame, table }: TableHandlesProps) {
  const t = useTranslations('table');
  const cell = useBlockPlace(editor, frame, findCell);
  if (!cell) return null;
  // A wide table scrolls in its frame: what is out of it has no handle.
  const middle = cell.left + cell.width / 2;
  const inSight = middle > table.left && middle < table.left + table.width;
  return (
    <div data-floating="">
      <button
        type="button"
        className={styles.row}
        style={{ top: cell.top, left: table.left, height: cell.height }}
        aria-label={t('selectRow')}
        title={t('selectRow')}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => select(editor, 'row')}
      />
      {inSight ? (
        <button
          type="button"
          className={styles.column}
          style={{ top: table.top, left: cell.left, width: cell.width }}
          aria-label={t('selectColumn')}
          title={t('selectColumn')}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => select(editor, 'column')}
        />
      ) : null}
    </div>
  );
}
