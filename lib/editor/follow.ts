import { Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { CONTENT } from '../convert/new-document.ts';
import { isRecord } from '../person/person.ts';
import { isPosition } from './carets.ts';
import { followed } from './followed.ts';

// Following somebody: the page goes where their caret goes, and where they scroll.
// Invariant: only who has chosen to follow is scrolled. Where somebody looks is told only while somebody follows them, and only for that.

/** Field of a presence state: what stands at the top of the window. */
const VIEW = 'view';
/** Milliseconds between two tellings of where one looks: smooth scrolling bridges them. */
const TELL_MS = 150;
/** Pixels around a caret that should be in sight with it. */
const ROOM = 32;

/** The place at the top of a window: a top-level block, and how much of its height is above. Negative: there is room above it. */
interface Place {
  readonly at: unknown;
  readonly part: number;
}

export const Follow = Extension.create<{ awareness: Awareness | undefined; doc: Y.Doc | undefined }>({
  name: 'follow',

  addOptions: () => ({ awareness: undefined, doc: undefined }),

  addProseMirrorPlugins() {
    const { awareness, doc } = this.options;
    if (!awareness || !doc) throw new Error('To follow somebody takes a document and an awareness');
    return [
      new Plugin({
        key: new PluginKey('follow'),
        view: (view) => {
          const stops = [leader({ view, awareness, doc }), follower({ view, awareness, doc })];
          return {
            destroy: () => {
              for (const stop of stops) stop();
            },
          };
        },
      }),
    ];
  },
});

interface Surroundings {
  readonly view: EditorView;
  readonly awareness: Awareness;
  readonly doc: Y.Doc;
}

/** Tells where one looks, while one is followed. */
function leader({ view, awareness, doc }: Surroundings): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isFollowed = false;
  const tell = () => {
    timer = undefined;
    if (isFollowed && !view.isDestroyed) awareness.setLocalStateField(VIEW, placeAtTop(view, doc));
  };
  const scrolled = () => {
    timer ??= setTimeout(tell, TELL_MS);
  };
  const listener = () => {
    const now = [...awareness.getStates()].some(
      ([client, state]) => client !== awareness.clientID && followed(state) === awareness.clientID,
    );
    if (now === isFollowed) return;
    isFollowed = now;
    if (now) {
      // Captured: whatever scrolls, the page or an element around the editor.
      window.addEventListener('scroll', scrolled, { capture: true, passive: true });
      scrolled();
    } else {
      window.removeEventListener('scroll', scrolled, { capture: true });
      awareness.setLocalStateField(VIEW, null);
    }
  };
  awareness.on('change', listener);
  return () => {
    awareness.off('change', listener);
    window.removeEventListener('scroll', scrolled, { capture: true });
    clearTimeout(timer);
  };
}

/** Scrolls to where the followed one is, each time that is somewhere else. */
function follower({ view, awareness, doc }: Surroundings): () => void {
  let frame = 0;
  let last: { readonly client: number; readonly cursor: string; readonly place: string } | undefined;
  const look = () => {
    frame = 0;
    const client = followed(awareness.getLocalState());
    const state: unknown = client === undefined ? undefined : awareness.getStates().get(client);
    if (client === undefined || !isRecord(state)) {
      last = undefined;
      return;
    }
    const now = { client, cursor: JSON.stringify(state.cursor ?? null), place: JSON.stringify(state[VIEW] ?? null) };
    const before = last?.client === client ? last : undefined;
    last = now;
    // What is told first of a view comes with being followed: who has a caret is at their caret.
    const scrolled = now.place !== before?.place && (now.cursor === 'null' || (before && before.place !== 'null'));
    if (scrolled && showPlace(view, doc, state[VIEW])) return;
    if (now.cursor !== before?.cursor) showCaret(view, client);
  };
  const listener = ({ added, updated, removed }: { added: number[]; updated: number[]; removed: number[] }) => {
    const client = followed(awareness.getLocalState());
    const concerned = [...added, ...updated, ...removed];
    if (
      client === undefined ? last === undefined : !concerned.includes(client) && !concerned.includes(awareness.clientID)
    )
      return;
    // A frame later the caret has been drawn where it is now.
    if (frame === 0) frame = requestAnimationFrame(() => (frame = requestAnimationFrame(look)));
  };
  awareness.on('change', listener);
  return () => {
    awareness.off('change', listener);
    cancelAnimationFrame(frame);
  };
}

/** Scrolls only if the caret is out of sight. */
function showCaret(view: EditorView, client: number): void {
  let element: Element | null = view.dom.querySelector(`[data-client="${client}"]`);
  // In a closed block nothing is drawn: the block itself is where they are.
  while (element && element !== view.dom && element.getClientRects().length === 0) element = element.parentElement;
  if (!element || element === view.dom) return;
  const { top, bottom } = element.getBoundingClientRect();
  const band = visibleBand(view);
  if (top >= band.top + ROOM && bottom <= band.bottom - ROOM) return;
  scrollBy(view, (top + bottom) / 2 - (band.top + band.bottom) / 2);
}

function showPlace(view: EditorView, doc: Y.Doc, place: unknown): boolean {
  if (!isPlace(place)) return false;
  const position = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(place.at), doc);
  if (position?.type !== doc.getXmlFragment(CONTENT)) return false;
  const block = blockElement(view, position.index);
  if (!block) return false;
  const { top, height } = block.getBoundingClientRect();
  scrollBy(view, top + place.part * height - visibleBand(view).top);
  return true;
}

function isPlace(place: unknown): place is Place {
  return isRecord(place) && isPosition(place.at) && typeof place.part === 'number' && Math.abs(place.part) <= 1_000;
}

function placeAtTop(view: EditorView, doc: Y.Doc): Place | null {
  const { top } = visibleBand(view);
  const { left } = view.dom.getBoundingClientRect();
  const found = view.posAtCoords({ left: left + 1, top: top + 1 });
  const index = found ? view.state.doc.resolve(found.pos).index(0) : 0;
  const block = blockElement(view, index);
  if (!block) return null;
  const rect = block.getBoundingClientRect();
  const at = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(doc.getXmlFragment(CONTENT), index));
  return { at, part: rect.height > 0 ? (top - rect.top) / rect.height : 0 };
}

function blockElement(view: EditorView, index: number): Element | undefined {
  const { doc } = view.state;
  if (index < 0 || index >= doc.childCount) return undefined;
  let position = 0;
  for (let at = 0; at < index; at++) position += doc.child(at).nodeSize;
  const element = view.nodeDOM(position);
  return element instanceof Element ? element : undefined;
}

/** The part of the window in which text can be read: not under the bars that cover it. */
function visibleBand(view: EditorView): { top: number; bottom: number } {
  const margin = view.someProp('scrollMargin') ?? 0;
  const { top, bottom } = typeof margin === 'number' ? { top: margin, bottom: margin } : margin;
  const scroller = scrollerOf(view);
  const window_ = view.dom.ownerDocument.documentElement;
  const frame = scroller ? scroller.getBoundingClientRect() : { top: 0, bottom: window_.clientHeight };
  return { top: Math.max(0, frame.top) + top, bottom: Math.min(window_.clientHeight, frame.bottom) - bottom };
}

function scrollBy(view: EditorView, top: number): void {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  (scrollerOf(view) ?? window).scrollBy({ top, behavior: still ? 'instant' : 'smooth' });
}

/** The element around the editor that scrolls; undefined where that is the page. */
function scrollerOf(view: EditorView): Element | undefined {
  for (let element = view.dom.parentElement; element && element !== document.body; element = element.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(element).overflowY)) return element;
  }
  return undefined;
}
