'use client';

import { type Editor, useEditorState } from '@tiptap/react';
import { ArrowDown, ArrowUp, CaseSensitive, Regex, WholeWord, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { findingState, replaceAll, replaceCurrent, search, step } from '../../../lib/editor/find/find.ts';
import { type Matcher, matcherOf, QUERY_LENGTH, type Query } from '../../../lib/editor/find/matcher.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import styles from './find-bar.module.css';

export interface FindBarProps {
  editor: Editor;
  editable: boolean;
  onClose: () => void;
}

/** Looks for words in the document, and puts others in their place. Begins with the words that are selected. */
export function FindBar({ editor, editable, onClose }: FindBarProps) {
  const t = useTranslations('find');
  const field = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState<Query>(() => ({
    text: selectedText(editor),
    matchCase: false,
    wholeWord: false,
    pattern: false,
  }));
  const [replacement, setReplacement] = useState('');
  /** Why nothing is looked for. */
  const [problem, setProblem] = useState<'invalid' | 'notLoaded'>();
  const [news, setNews] = useState('');
  const found = useEditorState({ editor, selector: ({ editor }) => findingState(editor.state) });

  useEffect(() => {
    field.current?.select();
  }, []);

  useEffect(() => {
    let superseded = false;
    const look = (matcher: Matcher | undefined, problem: 'invalid' | 'notLoaded') => {
      if (superseded || editor.isDestroyed) return;
      setProblem(matcher === undefined && query.text !== '' ? problem : undefined);
      setNews('');
      search(editor.view, matcher);
    };
    matcherOf(query).then(
      (matcher) => look(matcher, 'invalid'),
      () => look(undefined, 'notLoaded'),
    );
    return () => {
      superseded = true;
    };
  }, [editor, query]);

  useEffect(
    () => () => {
      if (!editor.isDestroyed) search(editor.view, undefined);
    },
    [editor],
  );

  const keyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      onClose();
    } else if (event.key === 'Enter' && event.target === field.current) {
      event.preventDefault();
      step(editor.view, event.shiftKey ? -1 : 1);
    } else if (event.key === 'f' && (event.ctrlKey || event.metaKey)) onClose(); // and the browser opens its own
  };

  const count = () => {
    if (news !== '') return news;
    if (problem) return t(problem);
    if (query.text === '') return '';
    if (found.count === 0) return t('nothing');
    return t(found.capped ? 'countCapped' : 'count', { current: String(found.current), count: String(found.count) });
  };

  const choice = (name: 'matchCase' | 'wholeWord' | 'pattern', icon: typeof Regex) => {
    const Icon = icon;
    return (
      <IconButton
        label={t(name)}
        aria-pressed={query[name]}
        onClick={() => setQuery({ ...query, [name]: !query[name] })}
      >
        <Icon size={16} aria-hidden />
      </IconButton>
    );
  };

  return (
    <search className={styles.bar} aria-label={t('label')} onKeyDown={keyDown} data-testid="find">
      <div className={styles.row}>
        <div className={styles.field} data-invalid={problem ? '' : undefined}>
          <input
            ref={field}
            className={styles.input}
            aria-label={t('find')}
            placeholder={t('find')}
            value={query.text}
            maxLength={QUERY_LENGTH}
            autoComplete="off"
            spellCheck={false}
            // biome-ignore lint/a11y/noAutofocus: opened by a key or a menu, to type in
            autoFocus
            onChange={(event) => setQuery({ ...query, text: event.target.value })}
          />
          <span className={styles.count} role="status">
            {count()}
          </span>
        </div>
        {choice('matchCase', CaseSensitive)}
        {choice('wholeWord', WholeWord)}
        {choice('pattern', Regex)}
        <IconButton label={t('previous')} shortcut="⇧Enter" onClick={() => step(editor.view, -1)}>
          <ArrowUp size={16} aria-hidden />
        </IconButton>
        <IconButton label={t('next')} shortcut="Enter" onClick={() => step(editor.view, 1)}>
          <ArrowDown size={16} aria-hidden />
        </IconButton>
        <IconButton label={t('close')} onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {/* Not `disabled` when nothing is left to replace: the button that was pressed would lose the focus, and Escape go elsewhere. */}
      {editable ? (
        <form
          className={styles.row}
          onSubmit={(event) => {
            event.preventDefault();
            replaceCurrent(editor.view, replacement);
          }}
        >
          <div className={styles.field}>
            <input
              className={styles.input}
              aria-label={t('replacement')}
              placeholder={t('replacement')}
              value={replacement}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setReplacement(event.target.value)}
            />
          </div>
          <Button type="submit" aria-disabled={found.count === 0}>
            {t('replace')}
          </Button>
          <Button
            aria-disabled={found.count === 0}
            onClick={() => setNews(t('replaced', { count: replaceAll(editor.view, replacement) }))}
          >
            {t('replaceAll')}
          </Button>
        </form>
      ) : null}
    </search>
  );
}

/** A few words of one line are what one means to look for; more is a passage. */
function selectedText(editor: Editor): string {
  const { from, to, $from, $to } = editor.state.selection;
  return $from.sameParent($to) && to - from <= 100 ? editor.state.doc.textBetween(from, to) : '';
}
