'use client';

import type { Editor } from '@tiptap/react';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { grammarOf } from '../../../lib/editor/content/highlight.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { blockAround, useBlockPlace } from '../block/use-block-place.ts';
import { useSettledState } from '../use-settled-state.ts';
import { FloatingBar } from './floating-bar.tsx';
import { LanguagePicker, PLAIN } from './language-picker.tsx';

const findCode = (editor: Editor) => blockAround(editor, 'codeBlock');

/** The language of the code block that has the caret, and a button that copies it. */
export function CodeBar({ editor, frame }: { editor: Editor; frame: RefObject<HTMLElement | null> }) {
  const t = useTranslations('codeBlock');
  const place = useBlockPlace(editor, frame, findCode);
  const language = useSettledState({
    editor,
    selector: ({ editor }) => grammarOf(editor.getAttributes('codeBlock').language) || PLAIN,
  });
  if (!place) return null;
  return (
    <FloatingBar label={t('menu')} place={place} at="corner">
      <LanguagePicker
        value={language}
        onChange={(next) => editor.commands.updateAttributes('codeBlock', { language: next === PLAIN ? null : next })}
        onClosed={() => editor.commands.focus()}
      />
      <CopyButton label={t('copy')} copied={t('copied')} text={() => editor.state.selection.$from.parent.textContent} />
    </FloatingBar>
  );
}
