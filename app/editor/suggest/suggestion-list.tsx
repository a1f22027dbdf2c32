'use client';

import type { Editor } from '@tiptap/react';
import { posToDOMRect } from '@tiptap/react';
import { type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslations } from 'use-intl';
import { closeSuggestions } from '../../../lib/editor/suggest.ts';
import { useFloating } from '../use-floating.ts';
import { stepOf } from './choice.ts';
import styles from './suggestion-list.module.css';

// The list under the caret from which one is chosen while writing goes on: the same for what can be inserted, for mentions and for emoji.
// Invariant: the focus never leaves the text. The text says, by `aria-activedescendant`, which entry the keys are at.

export interface Suggestion {
  /** Unique in the list. */
  readonly id: string;
  readonly label: string;
  readonly icon: ReactNode;
  /** Faint, at the end of the line. */
  readonly detail?: string;
  /** The heading under which it stands; entries of one stand together. */
  readonly group?: string;
  /** Puts it into the text. What was typed for it is still there. */
  readonly choose: () => void;
}

/** What the text asks before it uses a key itself. */
export type KeyTaker = (event: KeyboardEvent) => boolean;

export interface SuggestionListProps {
  editor: Editor;
  label: string;
  /** Where what was typed for it begins. */
  from: number;
  query: string;
  suggestions: readonly Suggestion[];
  /** Said in place of an empty list; without it an empty list is not shown. */
  nothing?: string | undefined;
  keys: RefObject<KeyTaker>;
}

export function SuggestionList(props: SuggestionListProps) {
  if (props.suggestions.length === 0 && props.nothing === undefined) return null;
  return createPortal(<OpenList {...props} />, document.body);
}

function OpenList({ editor, label, from, query, suggestions, nothing, keys }: SuggestionListProps) {
  const id = useId();
  const t = useTranslations('suggest');
  const panel = useRef<HTMLDivElement>(null);
  const [choice, setChoice] = useState({ query, active: 0 });
  // Another query begins at its best answer.
  const active = choice.query === query ? Math.min(choice.active, Math.max(suggestions.length - 1, 0)) : 0;
  const optionId = (at: number) => `${id}-${at}`;

  const floating = useMemo(
    () => ({
      placement: 'bottom-start' as const,
      within: editor.view.dom,
      placeOf: () => {
        const at = Math.min(from, editor.state.doc.content.size);
        return posToDOMRect(editor.view, at, at);
      },
    }),
    [editor, from],
  );
  useFloating(panel, floating);

  useLayoutEffect(() => {
    keys.current = (event) => {
      const step = stepOf(event, active, suggestions.length);
      switch (step?.do) {
        case 'move':
          setChoice({ query, active: step.to });
          return true;
        case 'choose':
          suggestions[active]?.choose();
          return true;
        case 'close':
          closeSuggestions(editor.view);
          return true;
        case undefined:
          return false;
      }
    };
    return () => {
      keys.current = () => false;
    };
  }, [keys, editor, query, suggestions, active]);

  useEffect(() => {
    const { dom } = editor.view;
    const option = suggestions.length > 0 ? `${id}-${active}` : undefined;
    dom.setAttribute('aria-controls', id);
    dom.setAttribute('aria-haspopup', 'listbox');
    dom.setAttribute('aria-autocomplete', 'list');
    if (option === undefined) dom.removeAttribute('aria-activedescendant');
    else dom.setAttribute('aria-activedescendant', option);
    return () => {
      for (const name of ['controls', 'haspopup', 'autocomplete', 'activedescendant'])
        dom.removeAttribute(`aria-${name}`);
    };
  }, [editor, id, active, suggestions.length]);

  useLayoutEffect(() => {
    const option = panel.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (option && panel.current) reveal(panel.current, option);
  });

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the focus where it is
    <div
      ref={panel}
      className={styles.panel}
      data-floating=""
      data-testid="suggestions"
      // The caret stays in the text.
      onMouseDown={(event) => event.preventDefault()}
    >
      <div id={id} role="listbox" aria-label={label} tabIndex={0}>
        {grouped(suggestions).map(({ name, entries }) => {
          const options = entries.map(({ suggestion, at }) => (
            // The keys are the text's: it is the one that has the focus.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            // biome-ignore lint/a11y/useFocusableInteractive: see above
            <div
              key={suggestion.id}
              id={optionId(at)}
              role="option"
              aria-selected={at === active}
              className={styles.option}
              onMouseMove={() => at !== active && setChoice({ query, active: at })}
              onClick={suggestion.choose}
            >
              <span className={styles.icon} aria-hidden="true">
                {suggestion.icon}
              </span>
              <span className={styles.label}>{suggestion.label}</span>
              {suggestion.detail === undefined ? null : <span className={styles.detail}>{suggestion.detail}</span>}
            </div>
          ));
          if (name === undefined) return options;
          return (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
            <div key={name} role="group" aria-label={name}>
              <div className={styles.group} aria-hidden="true">
                {name}
              </div>
              {options}
            </div>
          );
        })}
      </div>
      {suggestions.length === 0 ? <p className={styles.nothing}>{nothing}</p> : null}
      <p className="visually-hidden" role="status">
        {suggestions.length === 0 ? nothing : t('count', { count: suggestions.length })}
      </p>
    </div>
  );
}

interface Group {
  name: string | undefined;
  entries: { suggestion: Suggestion; at: number }[];
}

function grouped(suggestions: readonly Suggestion[]): Group[] {
  const groups: Group[] = [];
  suggestions.forEach((suggestion, at) => {
    const last = groups.at(-1);
    if (last && last.name === suggestion.group) last.entries.push({ suggestion, at });
    else groups.push({ name: suggestion.group, entries: [{ suggestion, at }] });
  });
  return groups;
}

/** Within the list only: `scrollIntoView` would move the page too. */
function reveal(list: HTMLElement, option: HTMLElement): void {
  const [outer, inner] = [list.getBoundingClientRect(), option.getBoundingClientRect()];
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top + 4;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom + 4;
}
