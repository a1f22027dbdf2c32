import { Extension } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey, type PluginView } from '@tiptap/pm/state';
import { Decoration, type DecorationAttrs, DecorationSet, type EditorView } from '@tiptap/pm/view';
import { setMeta, yCursorPlugin, yCursorPluginKey } from '@tiptap/y-tiptap';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { CONTENT } from '../convert/new-document.ts';
import { isLight, isRecord, type Person, readPerson } from '../person/person.ts';
import { syncStateOf } from './binding/sync.ts';
import { composedBlock } from './composition.ts';

// Other people's carets and selections.
// Invariant: a presence state that could not be a caret in this text is never handed to the binding, which would throw on it and
// take the editor down.

/** Milliseconds for which a name stays beside a caret that has moved: long enough to read, short enough not to hide the line above. */
const LABEL_MS = 2_500;

/** Pixels of a name's height, and the gap to its caret. */
const NAME_PX = 22;

/** `state.cursor` as y-tiptap writes it: two relative positions as JSON. */
interface Cursor {
  anchor: unknown;
  head: unknown;
}

export const Carets = Extension.create<{ awareness: Awareness | undefined }>({
  name: 'carets',
  // Above the marks, below the collaboration extension whose plugin it reads.
  priority: 999,

  addOptions: () => ({ awareness: undefined }),

  addProseMirrorPlugins() {
    const { awareness } = this.options;
    if (!awareness) throw new Error('Carets need an awareness');
    const active = new Map<number, ReturnType<typeof setTimeout>>();
    const carets: Plugin = yCursorPlugin(awareness);
    const follow = carets.spec.state?.apply;
    if (!carets.spec.state || !follow) throw new Error('Carets are the state of their plugin');
    // Looked up where the binding knows its blocks. y-tiptap's own look-up walks through the document, for each caret and each edit of others.
    carets.spec.state.apply = (transaction, before, old, state) => {
      const areTold = isRecord(transaction.getMeta(yCursorPluginKey));
      if (areTold || syncStateOf(state)?.isChangeOrigin) return caretsIn(state, awareness, active);
      return follow.call(carets, transaction, before, old, state);
    };
    carets.spec.view = caretView(awareness);
    return [awayFromCompositions(throughAllSteps(carets)), activityPlugin(awareness, active)];
  },
});

/** Whether somebody else's caret or selection is between two positions, which stand around blocks. */
export function othersAreIn(state: EditorState, from: number, to: number): boolean {
  const drawn = yCursorPluginKey.getState(state) as DecorationSet | undefined;
  return drawn !== undefined && drawn.find(from + 1, to - 1).length > 0;
}

/**
 * y-tiptap looks up each step of an edit in the text before all of them, where the place of a later one may be none: it throws, and the edit would be
 * lost. Then the carets go along with the steps, as they do with any other edit.
 */
function throughAllSteps(carets: Plugin): Plugin {
  const { state } = carets.spec;
  if (!state) return carets;
  const { apply } = state;
  state.apply = (transaction, before: DecorationSet, ...states) => {
    try {
      return apply.call(carets, transaction, before, ...states);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return before.map(transaction.mapping, transaction.doc);
    }
  };
  return carets;
}

/** A caret that comes or goes beside a word that is being composed ends the composition: none is drawn in that block. */
function awayFromCompositions(carets: Plugin): Plugin {
  carets.props.decorations = (state) => {
    const drawn = carets.getState(state) as DecorationSet;
    const block = composedBlock(state);
    return block ? drawn.remove(drawn.find(block.from, block.to)) : drawn;
  };
  return carets;
}

/** Those of others. `active`: whose name is shown. */
function caretsIn(state: EditorState, awareness: Awareness, active: ReadonlyMap<number, unknown>): DecorationSet {
  const binding = syncStateOf(state)?.binding;
  const drawn: Decoration[] = [];
  const last = Math.max(0, state.doc.content.size - 1);
  for (const [id, told] of binding ? awareness.getStates() : []) {
    if (id === awareness.clientID || !isCaretState(told, id)) continue;
    const cursor = told.cursor as Cursor;
    const anchor = binding?.positionOf(Y.createRelativePositionFromJSON(cursor.anchor));
    const head = binding?.positionOf(Y.createRelativePositionFromJSON(cursor.head));
    if (anchor === undefined || head === undefined) continue;
    const [from, to] = [Math.min(anchor, head, last), Math.min(Math.max(anchor, head), last)];
    const person = readPerson(told, id) ?? NOBODY;
    drawn.push(
      Decoration.widget(Math.min(head, last), () => drawCaret(person, id, active.has(id)), { key: `${id}`, side: 10 }),
      Decoration.inline(from, to, drawSelection(person), { inclusiveEnd: true, inclusiveStart: false }),
    );
  }
  return DecorationSet.create(state.doc, drawn);
}

const NOBODY: Person = { id: '', name: '?', color: '#808080' };

/** Shows the name beside a caret that has moved, for LABEL_MS. */
function activityPlugin(awareness: Awareness, active: Map<number, ReturnType<typeof setTimeout>>): Plugin {
  return new Plugin({
    key: new PluginKey('caret-activity'),
    view: (view) => {
      const find = (id: number) => view.dom.querySelector<HTMLElement>(`[data-client="${id}"]`);
      const moved = ({ added, updated }: { added: number[]; updated: number[] }) => {
        for (const id of [...added, ...updated]) {
          if (id === awareness.clientID) continue;
          clearTimeout(active.get(id));
          find(id)?.setAttribute('data-active', '');
          moving.add(id);
          const fade = () => {
            active.delete(id);
            find(id)?.removeAttribute('data-active');
          };
          active.set(id, setTimeout(fade, LABEL_MS));
        }
      };
      // Two frames later the carets have been drawn where they are now. All are measured at once, and only while names are shown.
      const moving = new Set<number>();
      let frame = 0;
      const place = () => {
        frame = 0;
        for (const id of moving) placeName(view, find(id));
        moving.clear();
      };
      const placeSoon = () => {
        if (frame === 0) frame = requestAnimationFrame(() => (frame = requestAnimationFrame(place)));
      };
      awareness.on('change', moved);
      awareness.on('change', placeSoon);
      return {
        destroy: () => {
          awareness.off('change', moved);
          awareness.off('change', placeSoon);
          cancelAnimationFrame(frame);
          for (const timer of active.values()) clearTimeout(timer);
          active.clear();
        },
      };
    },
  });
}

/** A name stands above its caret, to the right: below where there is no room above, to the left where it would leave the page. */
function placeName(view: EditorView, caret: HTMLElement | null): void {
  // To measure one that is out of sight would have its whole sheet laid out.
  if (!caret?.checkVisibility({ contentVisibilityAuto: true })) return;
  const { left, top } = caret.getBoundingClientRect();
  const clip = caret.closest('pre, .tableWrapper')?.getBoundingClientRect(); // both cut off what leaves them
  const over = clip ? null : document.elementFromPoint(left, top - NAME_PX / 2);
  const covered = over !== null && !view.dom.contains(over) && !over.contains(view.dom);
  const right = Math.min(clip?.right ?? Number.POSITIVE_INFINITY, document.documentElement.clientWidth);
  const width = Number.parseFloat(getComputedStyle(caret, '::after').width) || 0;
  caret.toggleAttribute('data-below', covered || (clip !== undefined && top - NAME_PX < clip.top));
  caret.toggleAttribute('data-left', left + width > right);
}

/** The name is in an attribute, not in the text: it is neither copied nor read out as part of the document. */
function drawCaret(person: Person, id: number, active: boolean): HTMLElement {
  const caret = document.createElement('span');
  caret.className = 'caret';
  caret.dataset.testid = 'caret';
  caret.dataset.client = String(id);
  caret.dataset.name = person.name;
  if (active) caret.dataset.active = '';
  caret.style.setProperty('--person', person.color);
  if (isLight(person.color)) caret.dataset.light = '';
  return caret;
}

function drawSelection(person: Person): DecorationAttrs {
  return { class: 'caret-selection', style: `--person: ${person.color}` };
}

/** Whether `state` is a shown person with two positions that can be looked up in the text. */
export function isCaretState(state: unknown, clientId: number): boolean {
  if (!isRecord(state) || !isRecord(state.cursor)) return false;
  const { anchor, head } = state.cursor as unknown as Cursor;
  return isPosition(anchor) && isPosition(head) && readPerson(state, clientId) !== undefined;
}

/** Yjs looks up whatever it is given: a broken id throws, and an unknown root name would make that root. */
export function isPosition(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { type, tname, item, assoc } = value;
  if (type == null && tname == null && item == null) return false;
  if (tname != null && tname !== CONTENT) return false;
  return isId(type) && isId(item) && (assoc == null || typeof assoc === 'number');
}

function isId(value: unknown): boolean {
  if (value == null) return true;
  return isRecord(value) && isCount(value.client) && isCount(value.clock);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

interface Change {
  readonly added: number[];
  readonly updated: number[];
  readonly removed: number[];
}

/**
 * Tells where my caret is, and has those of others drawn when they move. In the place of y-tiptap's own, which tells on every edit of others too (with a
 * hundred people in a document each keystroke would make ninety-nine of them speak), and draws all carets anew when mine has moved. Drawn again they
 * must be when they were hidden, because blocks came or went.
 */
function caretView(awareness: Awareness): (view: EditorView) => PluginView {
  return (view) => {
    const tell = () => {
      const binding = syncStateOf(view.state)?.binding;
      const before: unknown = awareness.getLocalState()?.cursor ?? null;
      if (!binding) return;
      if (view.hasFocus()) {
        const { anchor, head } = binding.selectionOf(view.state);
        if (!sameCursor(before, { anchor, head })) awareness.setLocalStateField('cursor', { anchor, head });
        // of this text: an awareness may serve several
      } else if (
        isRecord(before) &&
        binding.positionOf(Y.createRelativePositionFromJSON(before.anchor)) !== undefined
      ) {
        awareness.setLocalStateField('cursor', null);
      }
    };
    const draw = ({ added, updated, removed }: Change) => {
      const others = [...added, ...updated, ...removed].some((id) => id !== awareness.clientID);
      const areHidden = yCursorPluginKey.getState(view.state) === DecorationSet.empty;
      if (others || (areHidden && awareness.getStates().size > 1)) {
        setMeta(view, yCursorPluginKey, { awarenessUpdated: true });
      }
    };
    awareness.on('change', draw);
    view.dom.addEventListener('focusin', tell);
    view.dom.addEventListener('focusout', tell);
    return {
      update: tell,
      destroy: () => {
        view.dom.removeEventListener('focusin', tell);
        view.dom.removeEventListener('focusout', tell);
        awareness.off('change', draw);
        awareness.setLocalStateField('cursor', null);
      },
    };
  };
}

function sameCursor(before: unknown, after: unknown): boolean {
  if (!isRecord(before) || !isRecord(after)) return (before ?? null) === (after ?? null);
  return samePosition(before.anchor, after.anchor) && samePosition(before.head, after.head);
}

function samePosition(before: unknown, after: unknown): boolean {
  return Y.compareRelativePositions(
    Y.createRelativePositionFromJSON(before),
    after instanceof Y.RelativePosition ? after : Y.createRelativePositionFromJSON(after),
  );
}
