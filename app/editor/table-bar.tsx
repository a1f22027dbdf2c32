'use client';

import type { Editor } from '@tiptap/react';
import {
  BetweenHorizontalEnd,
  BetweenHorizontalStart,
  BetweenVerticalEnd,
  BetweenVerticalStart,
  type LucideIcon,
  PanelTop,
  TableColumnsSplit,
  TableRowsSplit,
  Trash2,
} from 'lucide-react';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { TABLE_COMMANDS } from './commands.ts';
import { FloatingBar, FloatingSeparator } from './floating-bar.tsx';
import { ToolbarButton } from './toolbar-button.tsx';
import { blockAround, useBlockPlace } from './use-block-place.ts';

type Command = NonNullable<(typeof TABLE_COMMANDS)[number]>[0];

const ICONS: Record<Command, LucideIcon> = {
  rowAbove: BetweenHorizontalEnd,
  rowBelow: BetweenHorizontalStart,
  columnLeft: BetweenVerticalEnd,
  columnRight: BetweenVerticalStart,
  headerRow: PanelTop,
  deleteRow: TableRowsSplit,
  deleteColumn: TableColumnsSplit,
  delete: Trash2,
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
        const Icon = ICONS[name];
        return (
          <ToolbarButton key={name} label={t(name)} onClick={() => run(editor)}>
            <Icon size={17} aria-hidden />
          </ToolbarButton>
        );
      })}
    </FloatingBar>
  );
}
