import { Extension } from '@tiptap/core';
import { isChangeOrigin } from '@tiptap/extension-collaboration';
import { type EditorState, Plugin, PluginKey, type Transaction } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { closeUndoStep } from './undo-step.ts';

// Signs that ask for a list while one writes: `/` for what can be inserted, `@` for whom or what to mention, `:` for emoji.
// Invariant: a list is asked for only by a sign that was typed here, in text; and what is said about the sign and the words behind it never
// touches the text, so that an input method can go on composing in it.

export interface Sign {
  readonly kind: 'insert' | 'mention' | 'emoji';
  /** Typed for it; the second as Chinese and Japanese keyboards have it. */
  readonly characters: readonly string[];
  /** What may stand directly before it. The start of a block always may. */
  readonly after: RegExp;
  /** What may stand between the sign and the caret. */
  readonly query: RegExp;
}

// Bounds of a query: the longest names that one searches by.
const SIGNS: readonly Sign[] = [
  // Not in "and/or", nor in an address.
  { kind: 'insert', characters: ['/', '／'], after: /^\s$/u, query: /^(?:[^\s/／\ufffc][^/／\ufffc]{0,30})?$/u },
  // Not in a mail address; but directly behind a word where words have no spaces between them.
  {
    kind: 'mention',
    characters: ['@', '＠'],
    after: /^(?:[^\p{L}\p{N}._%+\-@＠/]|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana})$/u,
    query: /^(?:[^\s@＠\ufffc][^@＠\ufffc]{0,40})?$/u,
  },
  // Not in a time of day, nor behind the word that it belongs to.
  { kind: 'emoji', characters: [':'], after: /^[\s(（「『]$/u, query: /^[^\s:\ufffc]{0,30}$/u },
];

export type Suggesting =
  | { readonly open: false }
  | {
      readonly open: true;
      readonly kind: Sign['kind'];
      /** Where the sign stands; where it would, when the list was asked for by a button. */
      readonly from: number;
      /** The caret, always. */
      readonly to: number;
      /** The sign; '' when there is none. */
      readonly sign: string;
      readonly query: string;
    };

type Told = { readonly open: Sign['kind'] } | 'close';

const CLOSED: Suggesting = { open: false };

const key = new PluginKey<Suggesting>('suggest');

export function suggesting(state: EditorState): Suggesting {
  return key.getState(state) ?? CLOSED;
}

/** Asks for a list at the caret without a sign, as a button does. */
export function openSuggestions(view: EditorView, kind: Sign['kind']): void {
  view.dispatch(view.state.tr.setMeta(key, { open: kind } satisfies Told));
}

export function closeSuggestions(view: EditorView): void {
  if (suggesting(view.state).open) view.dispatch(view.state.tr.setMeta(key, 'close' satisfies Told));
}

/** Takes the sign and the words behind it away and closes the list, as the beginning of a step of undo that what was chosen completes. */
export function takeQuery(view: EditorView): void {
  const now = suggesting(view.state);
  if (!now.open) return;
  closeUndoStep(view.state);
  const tr = view.state.tr.setMeta(key, 'close' satisfies Told);
  view.dispatch(now.to > now.from ? tr.delete(now.from, now.to) : tr);
}

/** `onKey` is asked while a list is open, before anything else; true when it has used the key. */
export function suggest({ onKey }: { onKey: (event: KeyboardEvent) => boolean }) {
  return Extension.create({
    name: 'suggest',
    priority: 1_100, // above the lists and tables, which use Tab and Enter too
    addProseMirrorPlugins: () => [
      new Plugin<Suggesting>({
        key,
        state: { init: () => CLOSED, apply: (tr, before, _old, state) => next(before, tr, state) },
        props: {
          // ProseMirror does not call it while something is being composed: Enter then is the input method's.
          handleKeyDown: (view, event) => suggesting(view.state).open && onKey(event),
          handleDOMEvents: {
            blur: (view) => {
              closeSuggestions(view);
            },
          },
        },
      }),
    ],
  });
}

function next(before: Suggesting, tr: Transaction, state: EditorState): Suggesting {
  const told = tr.getMeta(key) as Told | undefined;
  if (told === 'close') return CLOSED;
  if (told) return read(state, { kind: told.open, from: state.selection.from, sign: '' });
  if (before.open) return follow(before, tr, state);
  return tr.docChanged && !isChangeOrigin(tr) ? begin(tr, state) : CLOSED;
}

/** A sign that this very transaction has put in front of the caret. */
function begin(tr: Transaction, state: EditorState): Suggesting {
  const { $head, empty } = state.selection;
  if (!empty || !$head.parent.inlineContent || isCode(state)) return CLOSED;
  if (['paste', 'drop', 'cut'].includes(String(tr.getMeta('uiEvent')))) return CLOSED;
  const { parentOffset } = $head;
  if (parentOffset === 0) return CLOSED;
  // One unit is enough: no sign, and nothing that a sign may stand behind, needs two.
  const [previous = '', character = ''] = parentOffset === 1 ? ['', textBefore(state, 1)] : [...textBefore(state, 2)];
  const sign = SIGNS.find(({ characters }) => characters.includes(character));
  if (!sign || (previous !== '' && !sign.after.test(previous))) return CLOSED;
  if (!wasTyped(tr, $head.pos)) return CLOSED;
  return read(state, { kind: sign.kind, from: $head.pos - 1, sign: character });
}

function textBefore(state: EditorState, units: number): string {
  const { $head } = state.selection;
  return $head.parent.textBetween($head.parentOffset - units, $head.parentOffset, undefined, '\ufffc');
}

function isCode(state: EditorState): boolean {
  const { $head } = state.selection;
  if ($head.parent.type.spec.code) return true;
  return [...$head.marks(), ...($head.nodeBefore?.marks ?? [])].some(({ type }) => type.spec.code);
}

/** Whether the character before `head` is new: deleting the query back to the sign asks for nothing. */
function wasTyped(tr: Transaction, head: number): boolean {
  return tr.mapping.maps.some((map, at) => {
    let found = false;
    const later = tr.mapping.slice(at + 1);
    map.forEach((_oldStart, _oldEnd, start, end) => {
      if (end > start && later.map(start, -1) < head && later.map(end) >= head) found = true;
    });
    return found;
  });
}

/** Goes on as long as the caret stands behind the sign and what was typed after it. */
function follow(before: Suggesting & { open: true }, tr: Transaction, state: EditorState): Suggesting {
  const { head } = state.selection;
  if (!tr.docChanged) return head === before.to ? before : CLOSED;
  if (!isChangeOrigin(tr)) return read(state, { ...before, from: tr.mapping.map(before.from, -1) });
  // Others' edits may come as a replacement of the whole text, through which no position can be mapped; my caret is kept among its words.
  const from = head - (before.to - before.from);
  const now = from < 0 ? CLOSED : read(state, { ...before, from });
  return now.open && now.query === before.query ? now : CLOSED;
}

function read(
  state: EditorState,
  { kind, from, sign }: { kind: Sign['kind']; from: number; sign: string },
): Suggesting {
  const { $head, empty } = state.selection;
  const to = $head.pos;
  if (!empty || !$head.parent.inlineContent || from < $head.start() || from > to || isCode(state)) return CLOSED;
  const text = $head.parent.textBetween(from - $head.start(), $head.parentOffset, undefined, '\ufffc');
  const query = text.slice(sign.length);
  const rule = SIGNS.find((one) => one.kind === kind)?.query;
  return text.startsWith(sign) && rule?.test(query) ? { open: true, kind, from, to, sign, query } : CLOSED;
}
