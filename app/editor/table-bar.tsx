'use client';

import type { Editor } from '@tiptap/react';
import { PanelTop, Trash2 } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { TABLE_COMMANDS } from './commands.ts';
import { FloatingBar, FloatingSeparator } from './floating-bar.tsx';
import { ColumnIcon, RowIcon } from './table-icons.tsx';
import { ToolbarButton } from './toolbar-button.tsx';
import { blockAround, useBlockPlace } from './use-block-place.ts';

type Command = NonNullable<(typeof TABLE_COMMANDS)[number]>[0];

const ICONS: Record<Command, ReactNode> = {
  rowAbove: <RowIcon change="add" before />,
  rowBelow: <RowIcon change="add" />,
  columnLeft: <ColumnIcon change="add" before />,
  columnRight: <ColumnIcon change="add" />,
  headerRow: <PanelTop size={17} aria-hidden />,
  deleteRow: <RowIcon change="remove" />,
  deleteColumn: <ColumnIcon change="remove" />,
  delete: <Trash2 size={17} aria-hidden />,
};

const findTable = (editor: Editor) => blockAround(editor, 'table');

/** Rows and columns, at the table that has the caret. */
export function TableBar({ editor, frame }: { editor: Editor; frame: RefObject<HTMLElement | null> }) {
  const t = useTranslations('table');
  const place = useBlockPlace(editor, frame, findTable);
  if (!place) return null;
  return (
    <FloatingBar label={t('menu')} place={place} at="above">
      {TABLE_COMMANDS.map((entry, at) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
        if (entry === null) return <FloatingSeparator key={at} />;
        const [name, run] = entry;
        return (
          <ToolbarButton key={name} label={t(name)} onClick={() => run(editor)}>
            {ICONS[name]}
          </ToolbarButton>
        );
      })}
    </FloatingBar>
  );
}
