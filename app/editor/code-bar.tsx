'use client';

import { type Editor, useEditorState } from '@tiptap/react';
import { ChevronDown } from 'lucide-react';
import { Toolbar } from 'radix-ui';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { CODE_LANGUAGES, grammarOf } from '../../lib/editor/content/highlight.ts';
import { Menu, MenuChoice } from '../ui/menu.tsx';
import styles from './code-bar.module.css';
import { FloatingBar } from './floating-bar.tsx';
import { blockAround, useBlockPlace } from './use-block-place.ts';

const PLAIN = 'plaintext';

const findCode = (editor: Editor) => blockAround(editor, 'codeBlock');

/** The language of the code block that has the caret. */
export function CodeBar({ editor, frame }: { editor: Editor; frame: RefObject<HTMLElement | null> }) {
  const t = useTranslations('codeBlock');
  const place = useBlockPlace(editor, frame, findCode);
  const language = useEditorState({
    editor,
    selector: ({ editor }) => grammarOf(editor.getAttributes('codeBlock').language) || PLAIN,
  });
  if (!place) return null;
  const name =
    CODE_LANGUAGES.find(([grammar]) => grammar === language)?.[1] ?? (language === PLAIN ? t('plain') : language);
  return (
    <FloatingBar label={t('language')} place={place} at="corner">
      <Menu
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          editor.commands.focus();
        }}
        trigger={
          <Toolbar.Button asChild>
            <button type="button" className={styles.language} aria-label={`${t('language')}: ${name}`}>
              {name}
              <ChevronDown size={13} aria-hidden />
            </button>
          </Toolbar.Button>
        }
      >
        <MenuChoice
          label={t('language')}
          value={language}
          onChange={(next) =>
            editor
              .chain()
              .updateAttributes('codeBlock', { language: next === PLAIN ? null : next })
              .run()
          }
          options={[
            { value: PLAIN, label: t('plain') },
            ...CODE_LANGUAGES.map(([value, label]) => ({ value: value as string, label })),
          ]}
        />
      </Menu>
    </FloatingBar>
  );
}
