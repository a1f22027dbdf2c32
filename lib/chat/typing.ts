import type { Awareness } from 'y-protocols/awareness';
import { isRecord, type Person, readPerson } from '../person/person.ts';

// "Ada is typing": told through presence, as a number that grows while somebody types.
// Invariant: it goes away by itself. Whoever shows it believes a number for a while, and not what was there before they came; so a browser
// that died, or one that never says "stopped", is not typing for ever.

/** Field of a presence state. */
const FIELD = 'typing';
/** Milliseconds between two signs of life of somebody who types on: each is sent to everybody. */
const TELL_MS = 3_000;
/** Milliseconds without a key after which one has stopped. */
const STOP_MS = 5_000;
/** Milliseconds for which a sign of life is believed: longer than TELL_MS, by what a slow network takes. */
const BELIEVE_MS = 7_000;

/** Tells the others. `stop()` may be called at any time, also twice. */
export class TypingTeller {
  readonly #awareness: Awareness;
  #toldAt = Number.NEGATIVE_INFINITY;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(awareness: Awareness) {
    this.#awareness = awareness;
  }

  /** A key was pressed at `now`, milliseconds of any clock. */
  typed(now: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), STOP_MS);
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    this.#count += 1;
    this.#awareness.setLocalStateField(FIELD, this.#count);
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.#toldAt === Number.NEGATIVE_INFINITY) return;
    this.#toldAt = Number.NEGATIVE_INFINITY;
    this.#awareness.setLocalStateField(FIELD, null);
  }
}

/** Calls `changed` with those who type, one entry per person, whenever that changes. Returns what ends that. */
export function watchTyping(awareness: Awareness, changed: (people: readonly Person[]) => void): () => void {
  /** The numbers that clients have told, and until when each is believed. */
  const told = new Map<number, number>();
  const believed = new Map<number, ReturnType<typeof setTimeout>>();
  let shown = '[]';

  const show = () => {
    const people = new Map<string, Person>();
    for (const client of believed.keys()) {
      const person = readPerson(awareness.getStates().get(client), client);
      if (person) people.set(person.id, person);
    }
    const now = [...people.values()];
    const key = JSON.stringify(now);
    if (key === shown) return;
    shown = key;
    changed(now);
  };
  const forget = (client: number) => {
    clearTimeout(believed.get(client));
    believed.delete(client);
  };
  const listen = (client: number, heard: boolean) => {
    const state: unknown = awareness.getStates().get(client);
    const count = isRecord(state) && Number.isSafeInteger(state[FIELD]) ? (state[FIELD] as number) : undefined;
    if (count === told.get(client)) return;
    forget(client);
    if (count === undefined) {
      told.delete(client);
      return;
    }
    told.set(client, count);
    if (!heard) return;
    const stop = () => {
      forget(client);
      show();
    };
    believed.set(client, setTimeout(stop, BELIEVE_MS));
  };
  const listener = ({ added, updated, removed }: { added: number[]; updated: number[]; removed: number[] }) => {
    for (const client of [...added, ...updated, ...removed]) {
      if (client !== awareness.clientID) listen(client, !added.includes(client));
    }
    show();
  };
  for (const client of awareness.getStates().keys()) listen(client, false);
  awareness.on('change', listener);
  return () => {
    awareness.off('change', listener);
    for (const timer of believed.values()) clearTimeout(timer);
  };
}
