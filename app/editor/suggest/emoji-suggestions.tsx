'use client';

import type { Editor } from '@tiptap/react';
import { useEffect, useMemo, useState } from 'react';
import { useLocale } from 'use-intl';
import { takeQuery } from '../../../lib/editor/suggest.ts';
import { type Emoji, findEmoji, loadEmoji } from '../emoji/emoji.ts';
import { rememberEmoji } from '../emoji/recent-emoji.ts';
import type { Suggestion } from './suggestion-list.tsx';

/** Entries of the list. */
const SHOWN = 8;
/** Letters after which a list is meant, not a colon and a word: one is enough where a letter is a word. */
const MEANT = 2;

/** Emoji that fit `query`; none before it is long enough to be meant as one. */
export function useEmojiSuggestions(editor: Editor, query: string): Suggestion[] {
  const all = useEmoji();
  return useMemo(() => {
    const meant = query.length >= MEANT || /\p{Script=Han}/u.test(query);
    if (!meant || !all) return [];
    return findEmoji(all, query, SHOWN).map(({ character, label, codes }) => ({
      id: character,
      label,
      icon: character,
      ...(codes[0] === undefined ? {} : { detail: `:${codes[0]}:` }),
      choose: () => {
        takeQuery(editor.view);
        rememberEmoji(character);
        editor.chain().insertContent(character).run();
      },
    }));
  }, [editor, all, query]);
}

/** Undefined until they are loaded. */
export function useEmoji(): readonly Emoji[] | undefined {
  const locale = useLocale();
  const [loaded, setLoaded] = useState<{ locale: string; all: readonly Emoji[] }>();
  useEffect(() => {
    let current = true;
    loadEmoji(locale).then(
      (all) => current && setLoaded({ locale, all }),
      () => undefined, // no connection: no list; what was typed stays
    );
    return () => {
      current = false;
    };
  }, [locale]);
  return loaded?.locale === locale ? loaded.all : undefined;
}
