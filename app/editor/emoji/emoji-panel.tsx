'use client';

import { NodeSelection } from '@tiptap/pm/state';
import type { Editor } from '@tiptap/react';
import {
  Apple,
  CarFront,
  Clock,
  Flag,
  Hand,
  Hash,
  Lightbulb,
  type LucideIcon,
  PawPrint,
  Search,
  Smile,
  Trophy,
} from 'lucide-react';
import { type KeyboardEvent, memo, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Panel } from '../panels/panel.tsx';
import { useEmoji } from '../suggest/emoji-suggestions.tsx';
import { type Emoji, findEmoji } from './emoji.ts';
import { COLUMNS, rowsOf, stepInRows } from './emoji-grid.ts';
import styles from './emoji-panel.module.css';
import { recentEmoji, rememberEmoji } from './recent-emoji.ts';

// All emoji in a grid, to look at and to search. Invariant: the focus stays in the search field, which says which emoji the keys are at.

/** Of Unicode's groups, in its order; the words for them are under `emoji` in the catalogues. */
const GROUPS = [
  { group: 0, name: 'smileys', Icon: Smile },
  { group: 1, name: 'people', Icon: Hand },
  { group: 3, name: 'nature', Icon: PawPrint },
  { group: 4, name: 'food', Icon: Apple },
  { group: 5, name: 'travel', Icon: CarFront },
  { group: 6, name: 'activities', Icon: Trophy },
  { group: 7, name: 'objects', Icon: Lightbulb },
  { group: 8, name: 'symbols', Icon: Hash },
  { group: 9, name: 'flags', Icon: Flag },
] as const;

type GroupName = (typeof GROUPS)[number]['name'] | 'recent' | 'found';

interface Group {
  readonly name: GroupName;
  readonly Icon: LucideIcon;
  readonly emoji: readonly Emoji[];
  /** How many stand before it. */
  readonly start: number;
}

/** Of a search: ten rows. */
const FOUND = 10 * COLUMNS;

export function EmojiPanel({ editor, onClose }: { editor: Editor; onClose: () => void }) {
  const t = useTranslations('emoji');
  return (
    <Panel editor={editor} label={t('menu')} onClose={onClose}>
      <EmojiPicker
        onChoose={(character) => {
          insert(editor, character);
          onClose();
        }}
      />
    </Panel>
  );
}

/** Where one types; behind an image or the like that is selected, and not in its place. */
function insert({ view }: Editor, character: string): void {
  const { selection, schema, tr } = view.state;
  if (!(selection instanceof NodeSelection)) tr.insertText(character);
  else if (selection.node.isInline) tr.insertText(character, selection.to);
  else tr.insert(selection.to, schema.node('paragraph', null, schema.text(character)));
  view.dispatch(tr.scrollIntoView());
}

function EmojiPicker({ onChoose }: { onChoose: (character: string) => void }) {
  const t = useTranslations('emoji');
  const id = useId();
  const all = useEmoji();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => (all ? groupsOf(all, query) : []), [all, query]);
  const shown = groups.reduce((sum, { emoji }) => sum + emoji.length, 0);
  const active = Math.min(at, shown - 1);
  const current = groups.findLast(({ start }) => start <= active);
  const chosen = current?.emoji[active - current.start];

  useEffect(() => {
    list.current?.querySelector(`[data-at="${active}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const choose = ({ character }: Emoji) => {
    rememberEmoji(character);
    onChoose(character);
  };
  const pressed = (event: KeyboardEvent) => {
    const { key, nativeEvent, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (nativeEvent.isComposing || ctrlKey || metaKey || altKey || shiftKey) return;
    const step = stepInRows(key, active, rowsOf(groups.map(({ emoji }) => emoji.length)));
    if (step !== undefined) setAt(step);
    else if (key === 'Enter' && chosen) choose(chosen);
    else return;
    event.preventDefault();
  };
  const goTo = ({ start, name }: Group) => {
    setAt(start);
    list.current?.querySelector(`[data-group="${name}"]`)?.scrollIntoView({ block: 'start' });
  };

  return (
    <div className={styles.picker}>
      <div className={styles.search}>
        <Search size={16} aria-hidden />
        <input
          role="combobox"
          aria-label={t('search')}
          placeholder={t('search')}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={chosen && `${id}-${active}`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={pressed}
        />
      </div>
      {query === '' && groups.length > 0 ? (
        <div className={styles.tabs}>
          {groups.map((group) => (
            <button
              key={group.name}
              type="button"
              className={styles.tab}
              aria-label={t(group.name)}
              title={t(group.name)}
              aria-pressed={group === current}
              onMouseDown={(event) => event.preventDefault()} // the focus stays in the field
              onClick={() => goTo(group)}
            >
              <group.Icon size={16} aria-hidden />
            </button>
          ))}
        </div>
      ) : null}
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={t('menu')} tabIndex={-1} className={styles.list}>
        {groups.map((group) => (
          <EmojiGroup
            key={group.name}
            id={id}
            heading={t(group.name)}
            group={group}
            active={group === current ? active : -1}
            onPoint={setAt}
            onChoose={choose}
          />
        ))}
      </div>
      <p className={styles.foot} role="status">
        {chosen ? (
          <>
            <span className={styles.large} aria-hidden>
              {chosen.character}
            </span>
            <span className={styles.label}>{chosen.label}</span>
            {chosen.codes[0] === undefined ? null : <span className={styles.code}>:{chosen.codes[0]}:</span>}
          </>
        ) : (
          t(all ? 'nothing' : 'loading')
        )}
      </p>
    </div>
  );
}

interface EmojiGroupProps {
  id: string;
  heading: string;
  group: Group;
  /** -1: in another group. */
  active: number;
  onPoint: (at: number) => void;
  onChoose: (emoji: Emoji) => void;
}

/** Drawn anew only when the keys go through it: there are two thousand emoji. */
const EmojiGroup = memo(
  function EmojiGroup({ id, heading, group, active, onPoint, onChoose }: EmojiGroupProps) {
    return (
      // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
      <div role="group" aria-label={heading} data-group={group.name} className={styles.group}>
        <div className={styles.heading} aria-hidden="true">
          {heading}
        </div>
        <div className={styles.grid}>
          {group.emoji.map((emoji, place) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the combobox's
            // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant points at it
            <div
              key={emoji.character}
              id={`${id}-${group.start + place}`}
              role="option"
              aria-label={emoji.label}
              aria-selected={group.start + place === active}
              data-at={group.start + place}
              className={styles.emoji}
              onMouseMove={() => group.start + place !== active && onPoint(group.start + place)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(emoji)}
            >
              {emoji.character}
            </div>
          ))}
        </div>
      </div>
    );
  },
  (before, after) => before.group === after.group && before.active === after.active && before.heading === after.heading,
);

function groupsOf(all: readonly Emoji[], query: string): readonly Group[] {
  if (query.trim() !== '') {
    const emoji = findEmoji(all, query, FOUND);
    return emoji.length === 0 ? [] : [{ name: 'found', Icon: Search, emoji, start: 0 }];
  }
  const known = new Map(all.map((emoji) => [emoji.character, emoji]));
  const recent = recentEmoji().flatMap((character) => known.get(character) ?? []);
  let start = 0;
  return [
    { name: 'recent' as const, Icon: Clock, emoji: recent },
    ...GROUPS.map(({ group, name, Icon }) => ({ name, Icon, emoji: all.filter((emoji) => emoji.group === group) })),
  ]
    .filter(({ emoji }) => emoji.length > 0)
    .map((group) => {
      const counted = { ...group, start };
      start += group.emoji.length;
      return counted;
    });
}
