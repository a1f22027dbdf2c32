'use client';

import type { Editor } from '@tiptap/react';
import { useEffect, useMemo, useState } from 'react';
import { useLocale, useMessages } from 'use-intl';
import { takeQuery } from '../../../lib/editor/suggest.ts';
import type { Panel } from '../commands.ts';
import { INSERTIONS } from '../insertions.ts';
import { type InsertWords, insertionWords } from './insertion-words.ts';
import { matching } from './match.ts';
import type { Suggestion } from './suggestion-list.tsx';

/** What can be inserted and fits `query`. In its groups as long as nothing is searched for. */
export function useInsertSuggestions(editor: Editor, query: string, openPanel: (panel: Panel) => void): Suggestion[] {
  const own = useMessages();
  const english = useEnglish();
  return useMemo(() => {
    const found = matching(INSERTIONS, query, ({ name }) => insertionWords(name, own, english));
    return found.map(({ name, group, Icon, run }) => ({
      id: name,
      label: own.insert[name],
      icon: <Icon size={17} />,
      ...(query === '' ? { group: own.insert[`group${group}`] } : {}),
      choose: () => {
        takeQuery(editor.view);
        run(editor, openPanel);
      },
    }));
  }, [editor, query, openPanel, own, english]);
}

/** The English words, for a page in another language; undefined until they are loaded. */
function useEnglish(): InsertWords | undefined {
  const locale = useLocale();
  const [english, setEnglish] = useState<InsertWords>();
  useEffect(() => {
    if (locale === 'en') return;
    let current = true;
    import('../../messages/en.ts').then(
      ({ en }) => current && setEnglish(en),
      () => undefined, // no connection: found in the reader's language only
    );
    return () => {
      current = false;
    };
  }, [locale]);
  return locale === 'en' ? undefined : english;
}
