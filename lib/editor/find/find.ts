import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';
import { showPosition } from '../content/toggle-view.ts';
import { closeUndoStep } from '../undo-step.ts';
import type { Matcher, Range } from './matcher.ts';

// Finding in the text, and replacing.
// Invariant: what is found is always of the text that is shown, whoever has changed it. A block is searched again only when it has changed: after an
// edit, of mine or of others, the rest is remembered.

/** A match's place in the document. */
interface Match extends Range {
  /** The block that holds it, and where in it: by these a match is known again when others have written before it. */
  readonly block: Node;
  readonly offset: number;
}

interface Finding {
  readonly matcher: Matcher;
  readonly remembered: WeakMap<Node, readonly Range[]>;
  readonly matches: readonly Match[];
  /** Index of the match that one stands at; -1 where nothing is found. */
  readonly current: number;
  readonly decorations: DecorationSet;
}

/** Matches that are counted; a single letter has more in a long document. */
export const MATCHES = 10_000;
/** Matches around the current one that are marked in the text: some screens of them. */
const MARKED = 1_000;

const key = new PluginKey<Finding | undefined>('find');

type Change = { search: Matcher | undefined; near: number } | { current: number };

export const Find = Extension.create({
  name: 'find',
  addProseMirrorPlugins: () => [
    new Plugin<Finding | undefined>({
      key,
      state: {
        init: () => undefined,
        apply: (transaction, before, _old, after) => next(transaction, before, after),
      },
      props: { decorations: (state) => key.getState(state)?.decorations },
    }),
  ],
});

function next(transaction: Transaction, before: Finding | undefined, after: EditorState): Finding | undefined {
  const { doc, selection } = after;
  const change = transaction.getMeta(key) as Change | undefined;
  if (change && 'search' in change) {
    if (!change.search) return undefined;
    const remembered = new WeakMap<Node, readonly Range[]>();
    const matches = matchesIn(doc, change.search, remembered);
    return finding({ matcher: change.search, remembered, matches, doc, current: firstBehind(matches, change.near) });
  }
  if (!before) return undefined;
  if (change) return finding({ ...before, doc, current: change.current });
  if (!transaction.docChanged) return before;
  const matches = matchesIn(doc, before.matcher, before.remembered);
  return finding({ ...before, matches, doc, current: sameMatch(before, matches, selection.from) });
}

function finding(parts: Omit<Finding, 'decorations'> & { doc: Node }): Finding {
  const { matcher, remembered, matches, current, doc } = parts;
  const first = Math.max(0, Math.min(current - MARKED / 2, matches.length - MARKED));
  const marked = matches
    .slice(first, first + MARKED)
    .map(({ from, to }, at) =>
      Decoration.inline(from, to, { class: first + at === current ? 'found found-current' : 'found' }),
    );
  return { matcher, remembered, matches, current, decorations: DecorationSet.create(doc, marked) };
}

function matchesIn(doc: Node, matcher: Matcher, remembered: WeakMap<Node, readonly Range[]>): Match[] {
  const matches: Match[] = [];
  doc.descendants((block, position) => {
    if (!block.isTextblock) return matches.length < MATCHES;
    let ranges = remembered.get(block);
    if (!ranges) {
      const text = textOf(block);
      // What stands for a formula or a mention is no text: it is neither found nor replaced.
      ranges = matcher(text).filter(({ from, to }) => !text.slice(from, to).includes(OBJECT));
      remembered.set(block, ranges);
    }
    for (const { from, to } of ranges) {
      if (matches.length < MATCHES)
        matches.push({ block, offset: from, from: position + 1 + from, to: position + 1 + to });
    }
    return false;
  });
  return matches;
}

const OBJECT = '\ufffc';

/** The letters of a block, each at the place that it has in the document. */
function textOf(block: Node): string {
  let text = '';
  block.forEach((child) => {
    text += child.text ?? OBJECT.repeat(child.nodeSize);
  });
  return text;
}

function firstBehind(matches: readonly Match[], position: number): number {
  const found = matches.findIndex(({ from }) => from >= position);
  return found === -1 && matches.length > 0 ? 0 : found;
}

/** The match at which one stands is selected, and a selection stays at its words (keep-selection.ts). */
function sameMatch({ matches: old, current }: Finding, matches: readonly Match[], selected: number): number {
  const before = old[current];
  if (!before) return matches.length > 0 ? 0 : -1;
  const same = matches.findIndex(({ block, offset }) => block === before.block && offset === before.offset);
  return same === -1 ? firstBehind(matches, selected) : same;
}

export interface FindingState {
  count: number;
  /** From 1; 0 where nothing is found. */
  current: number;
  /** There are more than are counted. */
  capped: boolean;
}

export function findingState(state: EditorState): FindingState {
  const found = key.getState(state);
  const count = found?.matches.length ?? 0;
  return { count, current: (found?.current ?? -1) + 1, capped: count >= MATCHES };
}

/** Looks for something else, from the selection on; undefined ends it. */
export function search(view: EditorView, matcher: Matcher | undefined): void {
  const { tr, selection } = view.state;
  view.dispatch(
    tr.setMeta(key, { search: matcher, near: selection.from } satisfies Change).setMeta('addToHistory', false),
  );
  if (matcher) show(view);
}

/** To the next match, or the one before, around the ends. */
export function step(view: EditorView, by: 1 | -1): void {
  const found = key.getState(view.state);
  if (!found || found.matches.length === 0) return;
  const current = (found.current + by + found.matches.length) % found.matches.length;
  view.dispatch(view.state.tr.setMeta(key, { current } satisfies Change));
  show(view);
}

/** Selects the current match and brings it into sight; the focus stays in the field where one types. */
function show(view: EditorView): void {
  const found = key.getState(view.state);
  const match = found?.matches[found.current];
  if (!match) return;
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, match.from, match.to)));
  showPosition(view, match.from);
  const { node } = view.domAtPos(match.from);
  (node instanceof Element ? node : node.parentElement)?.scrollIntoView({ block: 'center' });
}

export function replaceCurrent(view: EditorView, text: string): void {
  const found = key.getState(view.state);
  const match = found?.matches[found.current];
  if (!match || !view.editable) return;
  const { tr } = view.state;
  put(tr, match, text);
  closeUndoStep(view.state);
  view.dispatch(tr);
  closeUndoStep(view.state);
  const behind = key.getState(view.state);
  // What was put in may itself be a match: one goes on behind it.
  if (behind)
    view.dispatch(
      view.state.tr.setMeta(key, { current: firstBehind(behind.matches, match.from + text.length) } satisfies Change),
    );
  show(view);
}

/** All of them, as one step that undo takes back. Returns how many. */
export function replaceAll(view: EditorView, text: string): number {
  const matches = key.getState(view.state)?.matches ?? [];
  if (matches.length === 0 || !view.editable) return 0;
  const { tr } = view.state;
  // From the end, so that the places before stay right.
  for (const match of matches.toReversed()) put(tr, match, text);
  closeUndoStep(view.state);
  view.dispatch(tr);
  closeUndoStep(view.state);
  return matches.length;
}

/** The new words are marked as the first of the old ones were. */
function put(tr: Transaction, { from, to }: Range, text: string): void {
  if (text === '') tr.delete(from, to);
  else tr.replaceWith(from, to, tr.doc.type.schema.text(text, tr.doc.nodeAt(from)?.marks));
}
