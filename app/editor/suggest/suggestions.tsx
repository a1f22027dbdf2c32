'use client';

import { type Editor, useEditorState } from '@tiptap/react';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { suggesting } from '../../../lib/editor/suggest.ts';
import type { SharedDocument } from '../../../lib/react/index.ts';
import type { Panel } from '../commands.ts';
import { useEmojiSuggestions } from './emoji-suggestions.tsx';
import { useInsertSuggestions } from './insert-suggestions.tsx';
import { useMentionSuggestions } from './mention-suggestions.tsx';
import { type KeyTaker, SuggestionList } from './suggestion-list.tsx';

export interface SuggestionsProps {
  editor: Editor;
  provider: SharedDocument;
  keys: RefObject<KeyTaker>;
  openPanel: (panel: Panel) => void;
}

/** The list that a sign in the text has asked for, if any. */
export function Suggestions({ editor, provider, keys, openPanel }: SuggestionsProps) {
  const now = useEditorState({ editor, selector: ({ editor }) => suggesting(editor.state) });
  if (!now.open) return null;
  const { kind, from, query } = now;
  const list = { editor, from, query, keys };
  switch (kind) {
    case 'insert':
      return <Insert {...list} openPanel={openPanel} />;
    case 'mention':
      return <Mention {...list} provider={provider} />;
    case 'emoji':
      return <Emoji {...list} />;
  }
}

type ListProps = Pick<Parameters<typeof SuggestionList>[0], 'editor' | 'from' | 'query' | 'keys'>;

/** UTF-16 units of a query after which nothing is said any more about what is not found: somebody just writes. */
const ASKING = 12;

function Insert({ openPanel, ...list }: ListProps & { openPanel: (panel: Panel) => void }) {
  const t = useTranslations('insert');
  const suggestions = useInsertSuggestions(list.editor, list.query, openPanel);
  const asks = list.query.length <= ASKING && !list.query.includes(' ');
  return (
    <SuggestionList {...list} label={t('menu')} suggestions={suggestions} nothing={asks ? t('nothing') : undefined} />
  );
}

function Mention({ provider, ...list }: ListProps & { provider: SharedDocument }) {
  const t = useTranslations('mention');
  return (
    <SuggestionList
      {...list}
      label={t('menu')}
      suggestions={useMentionSuggestions(list.editor, provider, list.query)}
    />
  );
}

function Emoji(list: ListProps) {
  const t = useTranslations('emoji');
  return <SuggestionList {...list} label={t('menu')} suggestions={useEmojiSuggestions(list.editor, list.query)} />;
}
