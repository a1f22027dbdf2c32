import * as encoding from 'lib0/encoding';
import type * as Y from 'yjs';
import { encode } from '../../lib/protocol/bytes.ts';
import { Reader } from '../../lib/protocol/reader.ts';
import type { FakeClock } from './fake-clock.ts';
import type { WorldSocket } from './world-network.ts';

// What the two stock clients of a world have in common: their document, and who they believe is present.
// They are small copies of what y-websocket 3.1 and @hocuspocus/provider 4.8 do, down to their flaws, without real timers.

export type SocketClass = new (url: string) => WorldSocket;

export interface StockOptions {
  readonly doc: Y.Doc;
  readonly clock: FakeClock;
  readonly Socket: SocketClass;
  readonly url: string;
  readonly random: () => number;
}

/** Milliseconds without a message after which both clients give a connection up. */
export const WATCHDOG_MS = 30_000;
/** Milliseconds between two looks at that. */
export const LOOK_MS = 3_000;

/** Milliseconds after which a client repeats its presence, with a newer clock. */
const RENEW_MS = 15_000;

/** Presence as Yjs clients keep it, but nobody is forgotten for having been silent: a person who left is gone when the server says so. */
export class Presence {
  readonly others = new Map<number, { clock: number; state: unknown }>();
  readonly #own: number;
  readonly #time: FakeClock;
  #clock = 0;
  #state: unknown;
  #renewedAt: number;

  constructor({ doc, clock }: StockOptions) {
    this.#own = doc.clientID;
    this.#time = clock;
    this.#state = { name: `${doc.clientID}` };
    this.#renewedAt = clock.now();
  }

  get state(): unknown {
    return this.#state;
  }

  /** Says something new of oneself. */
  set(state: unknown): void {
    this.#state = state;
    this.#clock++;
    this.#renewedAt = this.#time.now();
  }

  /** Whether it is time to say the same again. */
  get isOld(): boolean {
    return this.#time.now() - this.#renewedAt >= RENEW_MS;
  }

  /** Oneself, as an awareness update. */
  own(): Uint8Array {
    return encodePresence([[this.#own, this.#clock, this.#state]]);
  }

  /** What is known of `clients`, as an awareness update: also that they are gone. */
  of(clients: readonly number[]): Uint8Array {
    const own = { clock: this.#clock, state: this.#state };
    return encodePresence(
      clients.map((client) => {
        const known = client === this.#own ? own : this.others.get(client);
        return [client, known?.clock ?? 0, known?.state];
      }),
    );
  }

  /** As applyAwarenessUpdate of y-protocols. Returns those of whom something new was said, oneself among them. */
  apply(update: Uint8Array): number[] {
    const news: number[] = [];
    const reader = new Reader(update);
    for (let left = reader.varUint(); left > 0; left--) {
      const client = reader.varUint();
      const clock = reader.varUint();
      const state: unknown = JSON.parse(reader.varString());
      if (client === this.#own) {
        if (clock < this.#clock || (clock === this.#clock && state !== null)) continue;
        // Somebody said that one is gone: one is not, and says so with a newer clock. Anything else is taken for what one said last.
        if (state === null) this.#clock = clock + 1;
        else [this.#clock, this.#state] = [clock, state];
        this.#renewedAt = this.#time.now();
        news.push(client);
        continue;
      }
      const known = this.others.get(client);
      const newest = known?.clock ?? 0; // so the very first state, of clock 0, is seen by nobody
      const isNewer = clock > newest || (clock === newest && state === null && known && known.state !== null);
      if (!isNewer) continue;
      this.others.set(client, { clock, state });
      if (known || state !== null) news.push(client);
    }
    return news;
  }

  /** The ids of others that are believed to be here. */
  here(): number[] {
    return [...this.others].filter(([, { state }]) => state !== null).map(([client]) => client);
  }

  /** A connection ended: nobody tells any more who is here. As removeAwarenessStates: clocks are remembered. */
  forgetOthers(): void {
    for (const entry of this.others.values()) entry.state = null;
  }
}

function encodePresence(entries: readonly (readonly [client: number, clock: number, state: unknown])[]): Uint8Array {
  return encode((encoder) => {
    encoding.writeVarUint(encoder, entries.length);
    for (const [client, clock, state] of entries) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, JSON.stringify(state ?? null));
    }
  });
}
