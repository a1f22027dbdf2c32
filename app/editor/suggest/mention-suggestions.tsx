'use client';

import type { Editor } from '@tiptap/react';
import { FileText } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { type Mentioned, mentionedPeople } from '../../../lib/editor/content/mention.ts';
import { suggesting } from '../../../lib/editor/suggest.ts';
import { closeUndoStep } from '../../../lib/editor/undo-step.ts';
import { colorOf } from '../../../lib/person/person.ts';
import { type Participant, type SharedDocument, usePresence } from '../../../lib/react/index.ts';
import type { DocumentInfo } from '../../api.ts';
import { useKnownDocuments } from '../../document/known-documents.ts';
import { Avatar } from '../../person/avatar.tsx';
import { matching } from './match.ts';
import type { Suggestion } from './suggestion-list.tsx';

/** Entries of each kind: a list that one reads at a glance. */
const SHOWN = 6;

/** Who and what can be mentioned and fits `query`: people who are here or were mentioned here before, and documents. */
export function useMentionSuggestions(editor: Editor, provider: SharedDocument, query: string): Suggestion[] {
  const t = useTranslations('mention');
  const present = usePresence(provider);
  const documents = useKnownDocuments();
  // Once per list: what is mentioned while it is open can wait.
  const mentioned = useMemo(() => mentionedPeople(editor.state.doc), [editor]);
  return useMemo(() => {
    const people = matching(peopleOf(present, mentioned), query, ({ label }) => ({ names: [label], keywords: [] }));
    const pages = matching(pagesOf(documents, provider.name), query, ({ label }) => ({ names: [label], keywords: [] }));
    const show = (one: Mentioned, icon: Suggestion['icon'], group: string): Suggestion => ({
      id: `${one.kind} ${one.id}`,
      label: one.label || t('untitled'),
      icon,
      group,
      choose: () => insertMention(editor, one),
    });
    return [
      ...people
        .slice(0, SHOWN)
        .map((one) =>
          show(
            one,
            <Avatar person={{ id: one.id, name: one.label, color: colorOf(one.id) }} size="small" />,
            t('people'),
          ),
        ),
      ...pages.slice(0, SHOWN).map((one) => show(one, <FileText size={17} />, t('documents'))),
    ];
  }, [editor, provider, query, present, documents, mentioned, t]);
}

/** Others who are here come first, then whom the text knows, then oneself. */
function peopleOf(present: readonly Participant[], mentioned: readonly Mentioned[]): Mentioned[] {
  const people = new Map<string, Mentioned>();
  const add = (one: Mentioned) => {
    if (!people.has(one.id)) people.set(one.id, one);
  };
  const here = (self: boolean) => {
    for (const { person, self: isSelf } of present)
      if (isSelf === self) add({ kind: 'person', id: person.id, label: person.name });
  };
  here(false);
  const me = present.find(({ self }) => self)?.person.id;
  for (const one of mentioned) if (one.id !== me) add(one);
  here(true);
  return [...people.values()];
}

function pagesOf(documents: readonly DocumentInfo[], own: string): Mentioned[] {
  return documents
    .filter(({ name }) => name !== own)
    .map(({ name, title }) => ({ kind: 'document', id: name, label: title }));
}

/** In place of what was typed for it, with a space behind it, as one step of undo. */
function insertMention(editor: Editor, { kind, id, label }: Mentioned): void {
  const now = suggesting(editor.state);
  if (!now.open) return;
  closeUndoStep(editor.state);
  const space = editor.state.doc.textBetween(now.to, Math.min(now.to + 1, editor.state.doc.content.size)) === ' ';
  editor
    .chain()
    .insertContentAt({ from: now.from, to: now.to }, [
      { type: 'mention', attrs: { kind, id, label } },
      ...(space ? [] : [{ type: 'text', text: ' ' }]),
    ])
    .run();
}
