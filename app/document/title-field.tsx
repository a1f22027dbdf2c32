'use client';

import { type ChangeEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type * as Y from 'yjs';
import { TITLE_LENGTH } from '../../lib/convert/kinds.ts';
import { documentTitle, META, TITLE } from '../../lib/convert/new-document.ts';
import { focusText } from './focus-text.ts';
import { takeFresh } from './fresh.ts';
import styles from './title-field.module.css';
import { useSharedTitle } from './use-shared-title.ts';

export interface TitleFieldProps {
  doc: Y.Doc;
  name: string;
  editable: boolean;
}

/** The document's title, written where it is read. The last writer wins. */
export function TitleField({ doc, name, editable }: TitleFieldProps) {
  const t = useTranslations('document');
  const input = useRef<HTMLInputElement>(null);
  const title = useSharedTitle(doc, input);
  /** What an input method is composing: not shared before it is done, and not replaced by what others write meanwhile. */
  const [draft, setDraft] = useState<string>();
  const value = draft ?? title;

  useEffect(() => {
    if (takeFresh(name)) input.current?.focus();
  }, [name]);

  const write = (text: string) => {
    setDraft(undefined);
    if (text !== documentTitle(doc)) doc.getMap(META).set(TITLE, text.slice(0, TITLE_LENGTH));
  };

  const changed = (event: ChangeEvent<HTMLInputElement>) => {
    if (draft === undefined) write(event.target.value);
    else setDraft(event.target.value);
  };

  const keyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing || !['Enter', 'Escape', 'ArrowDown'].includes(event.key)) return;
    event.preventDefault();
    focusText();
  };

  return (
    // A hidden copy of the text gives the field its width.
    <div className={styles.field} data-value={value === '' ? t('untitled') : value}>
      <input
        ref={input}
        className={styles.input}
        data-testid="title"
        aria-label={t('title')}
        placeholder={t('untitled')}
        value={value}
        maxLength={TITLE_LENGTH}
        readOnly={!editable}
        size={1}
        autoComplete="off"
        enterKeyHint="next"
        onChange={changed}
        onCompositionStart={(event) => setDraft(event.currentTarget.value)}
        onCompositionEnd={(event) => write(event.currentTarget.value)}
        onKeyDown={keyDown}
      />
    </div>
  );
}
