import { REFUSALS } from '../lib/protocol/errors.ts';
import type { Clock } from './clock.ts';
import { LIMITS } from './limits.ts';

// How much one connection, one user, one address and all together may ask of the server.
// Invariant: what is refused, or has to wait, is what exceeds a budget at that moment; nobody is remembered for longer than his budget takes to fill.

/** A budget that fills by `perSecond` up to `most`. It may be overdrawn, and is paid back before anything else is had. */
export class Bucket {
  readonly #perMs: number;
  readonly #most: number;
  #left: number;
  #at: number;

  constructor({ perSecond, most }: { perSecond: number; most: number }, now: number) {
    this.#perMs = perSecond / 1_000;
    this.#most = most;
    this.#left = most;
    this.#at = now;
  }

  /** Takes `cost`, whatever is left. Returns the milliseconds until it is paid back; 0 while there is something left. */
  spend(cost: number, now: number): number {
    this.#fill(now);
    this.#left -= cost;
    return this.#left >= 0 ? 0 : -this.#left / this.#perMs;
  }

  /** Takes one if there is one. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  isFull(now: number): boolean {
    this.#fill(now);
    return this.#left === this.#most;
  }

  #fill(now: number): void {
    this.#left = Math.min(this.#most, this.#left + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}

/** What one connection, or all connections of one user, may say. */
export function frameBudget(now: number): Bucket {
  return new Bucket({ perSecond: LIMITS.framesPerSecond, most: LIMITS.framesAtOnce }, now);
}

/** How often one session is sent the document, or who is there. */
export function answerBudget(now: number): Bucket {
  return new Bucket({ perSecond: LIMITS.answersPerSecond, most: LIMITS.answersAtOnce }, now);
}

/** How often one user, or one address, begins an upload. */
function uploadBudget(now: number): Bucket {
  return new Bucket({ perSecond: LIMITS.uploadsPerMinute / 60, most: LIMITS.uploadsAtOnce }, now);
}

/** What a frame of `bytes` costs: reading it, and what it carries. */
export function costOf(bytes: number): number {
  return 1 + bytes / LIMITS.frameCostBytes;
}

/** Milliseconds over which so many clients are asked to spread their return to a server that stops. */
export function returnWindow(connections: number): number {
  return Math.min(connections * LIMITS.returnMs, LIMITS.returnMostMs);
}

/** Why a socket is not let in: an HTTP status, a sentence, and the seconds after which to try again. */
export interface Refusal {
  readonly status: 429 | 503;
  readonly text: string;
  readonly retryAfter: number;
}

const FULL: Refusal = { status: 503, text: 'The server has as many connections as it may have.', retryAfter: 10 };
const TOO_MANY: Refusal = { status: 429, text: 'There are too many connections from this address.', retryAfter: 10 };
const TOO_FAST: Refusal = { status: 429, text: 'There are too many new connections from this address.', retryAfter: 5 };

const WARY = 'Connections from this address were closed for what they said; new ones have to wait.';

/** Close codes of who says what no client says. (1009 may be somebody who pastes a film; a few of these cost nothing.) */
const VIOLATIONS: readonly number[] = [
  REFUSALS['malformed-frame'].closeCode,
  REFUSALS['text-frame'].closeCode,
  REFUSALS['too-large'].closeCode,
];

interface Address {
  connections: number;
  readonly upgrades: Bucket;
  readonly violations: Bucket;
  readonly requests: Bucket;
  readonly fetches: Bucket;
  /** What its connections may say that nobody has granted anything. */
  readonly frames: Bucket;
}

export interface BudgetsOptions {
  readonly clock: Clock;
  readonly maxConnections?: number;
  readonly maxConnectionsPerAddress?: number;
}

/** Owned by the server. Addresses are those of server/address.ts; undefined is an address that has no budget of its own. */
export class Budgets {
  readonly #clock: Clock;
  readonly #maxConnections: number;
  readonly #maxPerAddress: number;
  readonly #addresses = new Map<string, Address>();
  readonly #users = new Map<string, { readonly frames: Bucket; connections: number }>();
  readonly #uploaders = new Map<string, { readonly begun: Bucket; underWay: number }>();
  #connections = 0;
  #uploadsUnderWay = 0;

  constructor({ clock, maxConnections, maxConnectionsPerAddress }: BudgetsOptions) {
    this.#clock = clock;
    this.#maxConnections = maxConnections ?? LIMITS.connections;
    this.#maxPerAddress = maxConnectionsPerAddress ?? LIMITS.connectionsPerAddress;
  }

  /** How many addresses and users are remembered. */
  get size(): number {
    return this.#addresses.size + this.#users.size + this.#uploaders.size;
  }

  /** Counts a new connection; returns why not, if it is not to be. Each that was counted must be `released`. */
  admit(address: string | undefined): Refusal | undefined {
    if (this.#connections >= this.#maxConnections) return FULL;
    if (address !== undefined) {
      const entry = this.#entry(address);
      const now = this.#clock.now();
      const pause = entry.violations.spend(0, now);
      if (pause > 0) return { status: 429, text: WARY, retryAfter: Math.ceil(pause / 1_000) };
      if (!entry.upgrades.take(now)) return TOO_FAST;
      if (entry.connections >= this.#maxPerAddress) return TOO_MANY;
      entry.connections++;
    }
    this.#connections++;
    return undefined;
  }

  release(address: string | undefined): void {
    this.#connections--;
    const entry = address === undefined ? undefined : this.#addresses.get(address);
    if (entry) entry.connections--;
  }

  /** A connection of that address is closed with `closeCode`. Undefined: for a frame that breaks the rules of WebSocket. */
  closing(address: string | undefined, closeCode?: number): void {
    if (address === undefined || (closeCode !== undefined && !VIOLATIONS.includes(closeCode))) return;
    const { violations } = this.#entry(address);
    const now = this.#clock.now();
    if (violations.spend(0, now) < LIMITS.violationPauseMs) violations.spend(1, now);
  }

  /** Whether one more request to the API may be answered. */
  mayAsk(address: string | undefined): boolean {
    return address === undefined || this.#entry(address).requests.take(this.#clock.now());
  }

  /** Whether one more upload may be given. */
  mayFetch(address: string | undefined): boolean {
    return address === undefined || this.#entry(address).fetches.take(this.#clock.now());
  }

  /** Counts an upload of `uploader`, a user or an address, that begins; false: it may not, now. Each that was counted must be `uploaded`. */
  mayUpload(uploader: string | undefined): boolean {
    if (this.#uploadsUnderWay >= LIMITS.uploadsUnderWayInAll) return false;
    if (uploader !== undefined) {
      const now = this.#clock.now();
      const entry = this.#uploaders.get(uploader) ?? { begun: uploadBudget(now), underWay: 0 };
      this.#uploaders.set(uploader, entry);
      if (entry.underWay >= LIMITS.uploadsUnderWay || !entry.begun.take(now)) return false;
      entry.underWay++;
    }
    this.#uploadsUnderWay++;
    return true;
  }

  uploaded(uploader: string | undefined): void {
    this.#uploadsUnderWay--;
    const entry = uploader === undefined ? undefined : this.#uploaders.get(uploader);
    if (entry) entry.underWay--;
  }

  /** The budget that all connections of an address share to which nothing is granted; each has its own, where it has no address. */
  ofStrangers(address: string | undefined): Bucket {
    return address === undefined ? frameBudget(this.#clock.now()) : this.#entry(address).frames;
  }

  /** The budget that all connections of a user share. Each that took it must let go of it. */
  share(user: string): Bucket {
    let entry = this.#users.get(user);
    if (!entry) {
      entry = { frames: frameBudget(this.#clock.now()), connections: 0 };
      this.#users.set(user, entry);
    }
    entry.connections++;
    return entry.frames;
  }

  letGo(user: string): void {
    const entry = this.#users.get(user);
    if (entry) entry.connections--;
  }

  /** To be called every few seconds: forgets whose budgets are full. */
  sweep(): void {
    const now = this.#clock.now();
    for (const [address, { connections, upgrades, violations, requests, fetches, frames }] of this.#addresses) {
      const isFull = [upgrades, violations, requests, fetches, frames].every((bucket) => bucket.isFull(now));
      if (connections === 0 && isFull) this.#addresses.delete(address);
    }
    for (const [user, { connections, frames }] of this.#users) {
      if (connections === 0 && frames.isFull(now)) this.#users.delete(user);
    }
    for (const [uploader, { underWay, begun }] of this.#uploaders) {
      if (underWay === 0 && begun.isFull(now)) this.#uploaders.delete(uploader);
    }
  }

  #entry(address: string): Address {
    let entry = this.#addresses.get(address);
    if (!entry) {
      const now = this.#clock.now();
      entry = {
        connections: 0,
        upgrades: new Bucket({ perSecond: LIMITS.upgradesPerSecond, most: LIMITS.upgradesAtOnce }, now),
        violations: new Bucket({ perSecond: LIMITS.violationsPerSecond, most: LIMITS.violationsAtOnce }, now),
        requests: new Bucket({ perSecond: LIMITS.requestsPerSecond, most: LIMITS.requestsAtOnce }, now),
        fetches: new Bucket({ perSecond: LIMITS.fetchesPerSecond, most: LIMITS.fetchesAtOnce }, now),
        frames: frameBudget(now),
      };
      this.#addresses.set(address, entry);
    }
    return entry;
  }
}
