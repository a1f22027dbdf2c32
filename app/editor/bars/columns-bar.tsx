'use client';

import type { Editor } from '@tiptap/react';
import { Columns2, Columns3, X } from 'lucide-react';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { positionAround } from '../../../lib/editor/containers.ts';
import { blockAround, useBlockPlace } from '../block/use-block-place.ts';
import { ToolbarButton } from '../toolbar/toolbar-button.tsx';
import { useSettledState } from '../use-settled-state.ts';
import { FloatingBar, FloatingSeparator } from './floating-bar.tsx';

const findColumns = (editor: Editor) => blockAround(editor, 'columns');

/** How many columns there are, at those that have the caret. */
export function ColumnsBar({ editor, frame }: { editor: Editor; frame: RefObject<HTMLElement | null> }) {
  const t = useTranslations('columns');
  const place = useBlockPlace(editor, frame, findColumns);
  const count = useSettledState({ editor, selector: ({ editor }) => columnCount(editor) });
  if (!place) return null;
  return (
    <FloatingBar label={t('menu')} place={place} at="edge">
      <ToolbarButton label={t('two')} aria-pressed={count === 2} onClick={() => editor.chain().setColumns(2).run()}>
        <Columns2 size={16} aria-hidden />
      </ToolbarButton>
      <ToolbarButton label={t('three')} aria-pressed={count === 3} onClick={() => editor.chain().setColumns(3).run()}>
        <Columns3 size={16} aria-hidden />
      </ToolbarButton>
      <FloatingSeparator />
      <ToolbarButton label={t('remove')} onClick={() => editor.chain().focus().unsetColumns().run()}>
        <X size={16} aria-hidden />
      </ToolbarButton>
    </FloatingBar>
  );
}

function columnCount({ state }: Editor): number {
  const position = positionAround(state.selection.$from, 'columns');
  return position === undefined ? 0 : (state.doc.nodeAt(position)?.childCount ?? 0);
}
