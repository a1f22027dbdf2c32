import {
  type Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness';
import type { Clock, Timer } from './clock.ts';

// Who is here: one's own state out, the others' in.
// Invariant: the others see one's newest state, and see it exactly while one is connected and the page is looked at.

const WINDOW_MS = 20; // a caret that moves more often than this looks no smoother
const MAX_BYTES = 4 * 1024; // the server takes no more, and would end the connection

interface Changed {
  readonly added: readonly number[];
  readonly updated: readonly number[];
  readonly removed: readonly number[];
}

export interface PresenceOptions {
  readonly awareness: Awareness;
  readonly clock: Clock;
  /** Origin of what comes from the server. */
  readonly origin: unknown;
  readonly hidden: boolean;
  send(key: string, update: Uint8Array): void;
  report(error: unknown): void;
}

/** The awareness stays its owner's: its own state is never touched, but for the clock. `close()` may be called twice. */
export class Presence {
  readonly #options: PresenceOptions;
  #hidden: boolean;
  /** To whom one's state is told; undefined while nobody listens. */
  #key: string | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#hidden = options.hidden;
    options.awareness.on('update', this.#onUpdate);
  }

  /** Somebody listens under `key` from now on. */
  announce(key: string): void {
    this.#key = key;
    this.#renew();
  }

  withdraw(): void {
    const { awareness } = this.#options;
    if (!this.#hidden && awareness.getLocalState() !== null) this.#tell(new Map());
    this.#cancel();
  }

  /** Throws when `update` does not decode. */
  apply(update: Uint8Array): void {
    applyAwarenessUpdate(this.#options.awareness, update, this.#options.origin);
  }

  /** Nobody listens any more, and nobody tells of the others. */
  forgetOthers(): void {
    const { awareness, origin } = this.#options;
    this.#key = undefined;
    this.#cancel();
    const others = [...awareness.getStates().keys()].filter((id) => id !== awareness.clientID);
    removeAwarenessStates(awareness, others, origin);
    // The server will tell who is here, with clocks that have not moved since: remembered ones would keep those people out of sight.
    for (const id of awareness.meta.keys()) if (id !== awareness.clientID) awareness.meta.delete(id);
  }

  hide(): void {
    this.withdraw();
    this.#hidden = true;
  }

  show(): void {
    if (!this.#hidden) return;
    this.#hidden = false;
    this.#renew();
  }

  close(): void {
    this.#options.awareness.off('update', this.#onUpdate);
    this.forgetOthers();
  }

  /** The others take a state only when its clock is newer than what they remember, also of somebody who left. */
  #renew(): void {
    const { awareness } = this.#options;
    const state = awareness.getLocalState();
    this.#toldAt = Number.NEGATIVE_INFINITY;
    if (state !== null) awareness.setLocalState(state);
  }

  /** Also when the server said that this client is gone: the awareness has raised its clock then, to say that it is not. */
  readonly #onUpdate = ({ added, updated, removed }: Changed): void => {
    const { clientID } = this.#options.awareness;
    if (this.#hidden || ![...added, ...updated, ...removed].includes(clientID)) return;
    const wait = this.#toldAt + WINDOW_MS - this.#options.clock.now();
    if (wait <= 0) this.#tell();
    else this.#timer ??= this.#options.clock.after(wait, () => this.#tell());
  };

  #tell(states?: Map<number, Record<string, unknown>>): void {
    const { awareness, clock } = this.#options;
    this.#cancel();
    if (this.#key === undefined) return;
    this.#toldAt = clock.now();
    const update = encodeAwarenessUpdate(awareness, [awareness.clientID], states);
    if (update.length <= MAX_BYTES) this.#options.send(this.#key, update);
    else
      this.#options.report(
        new RangeError(`a presence state of ${update.length} bytes is not sent: at most ${MAX_BYTES}`),
      );
  }

  #cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
