import type * as Y from 'yjs';
import { type Clock, systemClock, type Timer } from '../client/clock.ts';
import type { Bound } from './bound.ts';
import type { BoardScene, Gesture } from './element.ts';
import { Incoming } from './incoming.ts';
import { isSameGesture } from './known.ts';
import { Outgoing } from './outgoing.ts';
import { ClockPace, type Pace } from './pace.ts';
import { BoardUndo } from './undo.ts';

// Binds the scene of an Excalidraw board to its shared elements: says when what is written, and when what is shown.
// Invariant: what differs between the scene and what was last written or shown is what the person here did; only that is written, and
// nothing that others do changes what that person has in hand.

/** Milliseconds between two writings of one gesture: others see 25 pictures a second. */
const WRITE_MS = 40;
/** Elements that are dragged at once and written that often. More are written less often: each writing leaves a tombstone for each. */
const WRITE_ELEMENTS = 10;
/** The most milliseconds between two writings, whatever is dragged. */
const SLOWEST_MS = 400;

const NOTHING: Gesture = { kind: 'none' };

export interface BoardOptions {
  /** The shared elements of a board. Their document must have been loaded. */
  readonly elements: Y.Map<unknown>;
  readonly scene: BoardScene;
  readonly clock?: Clock;
  /** Of what others do. */
  readonly pace?: Pace;
}

/** Shows the shared elements at once. The caller closes it; the document and the scene stay the caller's. */
export function bindBoard(options: BoardOptions): Binding {
  return new Binding(options);
}

export class Binding {
  readonly undo: BoardUndo;
  readonly #bound: Bound;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #writeTimer: Timer | undefined;
  /** What others have changed and is not shown yet. */
  #due = new Set<string>();
  #closed = false;

  constructor({ elements, scene, clock = systemClock, pace = new ClockPace(clock) }: BoardOptions) {
    if (!elements.doc) throw new Error('A board needs a document');
    const origin = {};
    this.#clock = clock;
    this.#pace = pace;
    this.#bound = { elements, scene, known: new Map(), late: new Set(), gesture: NOTHING };
    this.#outgoing = new Outgoing(this.#bound, { doc: elements.doc, origin });
    this.#incoming = new Incoming(this.#bound);
    this.undo = new BoardUndo({ elements, origin, clock, prepare: () => this.#isAtRest() });
    elements.observeDeep(this.#onShared);
    this.#incoming.show(elements.keys());
  }

  /** The scene may have changed: writes soon, or at once when a gesture begins or ends. */
  changed(): void {
    if (this.#closed || this.#incoming.isApplying) return;
    const gesture = this.#bound.scene.gesture();
    const wait = this.#writtenAt + pauseOf(gesture) - this.#clock.now();
    if (wait <= 0 || !isSameGesture(gesture, this.#bound.gesture)) this.flush();
    else this.#writeTimer ??= this.#clock.after(wait, () => this.flush());
  }

  /** Writes what has changed, now. */
  flush(): void {
    if (this.#closed || this.#incoming.isApplying) return;
    this.#writeTimer?.cancel();
    this.#writeTimer = undefined;
    const before = this.#bound.gesture;
    const gesture = this.#bound.scene.gesture();
    this.#bound.gesture = gesture;
    const isSame = isSameGesture(before, gesture);
    if (!isSame && before.kind === 'none') this.undo.closeStep();
    const written = this.#outgoing.write(isSame ? NOTHING : before);
    if (written > 0) this.#writtenAt = this.#clock.now();
    if (!isSame && before.kind !== 'none') this.undo.closeStep();
    else if (written > 0 && gesture.kind === 'none') this.undo.closeStepSoon();
    this.#incoming.showLate();
  }

  /** Writes what has changed, and leaves scene and document alone from then on. May be called twice. */
  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    this.#pace.cancel();
    this.#bound.elements.unobserveDeep(this.#onShared);
    this.undo.close();
  }

  #isAtRest(): boolean {
    this.flush();
    return !this.#closed && this.#bound.gesture.kind === 'none';
  }

  readonly #onShared = (events: Y.YEvent<Y.AbstractType<unknown>>[], { origin }: Y.Transaction): void => {
    if (this.#outgoing.isOrigin(origin)) return;
    for (const event of events) {
      const [id, key] = event.path as string[];
      if (id === undefined) for (const changed of event.keys.keys()) this.#due.add(changed);
      else {
        this.#due.add(id);
        if (key === 'originalText') this.#incoming.countLetters(id, event);
      }
    }
    if (this.undo.isOrigin(origin)) this.#showDue();
    else this.#pace.soon(() => this.#showDue());
  };

  #showDue(): void {
    this.#pace.cancel();
    const due = this.#due;
    this.#due = new Set();
    this.#incoming.show(due);
  }
}

/** Milliseconds between two writings. Each key is written by itself: of two at once it could not be said which letters were typed. */
function pauseOf(gesture: Gesture): number {
  if (gesture.kind === 'typing') return 0;
  const many = gesture.kind === 'moving' ? gesture.ids.length / WRITE_ELEMENTS : 1;
  return Math.min(WRITE_MS * Math.max(1, many), SLOWEST_MS);
}
