import { backoff } from './backoff.ts';
import type { Moment } from './effects.ts';

// The one socket: whether there is one, and when to give up, try again or let go. Pure.
// Invariant: a connection counts as good only once a document came in whole over it; until then each failure doubles the wait.

/** All times are milliseconds of the clock; NEVER: not. `failures`: attempts since a connection was last good. */
export type Link =
  | { readonly state: 'idle' }
  | { readonly state: 'opening'; readonly failures: number; readonly until: number; readonly lingers: number }
  | {
      readonly state: 'open';
      readonly failures: number;
      readonly heardAt: number;
      /** A ping is out: something must be heard until then. */
      readonly probe: number;
      /** Nobody needs the socket: it is closed then. */
      readonly lingers: number;
      /** Milliseconds that the server asked to be left alone when this connection ends. */
      readonly retryAfter: number;
      /** How often each document was joined on this socket. */
      readonly joins: ReadonlyMap<string, number>;
    }
  /** `earliest`: what the server asked for; nobody hurries the attempt before it. */
  | { readonly state: 'waiting'; readonly failures: number; readonly until: number; readonly earliest: number }
  | { readonly state: 'closed' };

export type Opening = Link & { readonly state: 'opening' };
export type Open = Link & { readonly state: 'open' };
export type Waiting = Link & { readonly state: 'waiting' };

export const NEVER: number = Number.POSITIVE_INFINITY;

const OPENING_MS = 10_000; // a handshake over a bad mobile network takes a few seconds; a blackholed one never ends
const SILENCE_MS = 45_000; // the server speaks every 20 s: two of those and a little
const PROBE_MS = 5_000; // a pong comes within a second, or after a few on a bad network
const LINGER_MS = 1_000; // from one page of an application to the next without a new handshake

export function opening(failures: number, now: number): Opening {
  return { state: 'opening', failures, until: now + OPENING_MS, lingers: NEVER };
}

export function opened({ failures, lingers }: Opening, now: number): Open {
  return { state: 'open', failures, lingers, heardAt: now, probe: NEVER, retryAfter: 0, joins: new Map() };
}

export function waiting(link: Opening | Open, { now, random }: Moment): Waiting {
  const earliest = now + (link.state === 'open' ? link.retryAfter : 0);
  const until = Math.max(earliest, now + backoff(link.failures, random));
  return { state: 'waiting', failures: link.failures + 1, until, earliest };
}

export function heard(link: Link, now: number): Link {
  return link.state === 'open' ? { ...link, heardAt: now, probe: NEVER } : link;
}

export function probed(link: Open, now: number): Open {
  return { ...link, probe: now + PROBE_MS };
}

/** `needed`: some document is in the socket, or wants in. */
export function lingering<L extends Opening | Open>(link: L, needed: boolean, now: number): L {
  if (needed) return link.lingers === NEVER ? link : { ...link, lingers: NEVER };
  return link.lingers === NEVER ? { ...link, lingers: now + LINGER_MS } : link;
}

/**
 * The key under which `name` is joined on this socket: the name itself, from the second time on with a number. No key is used twice,
 * so that what the server still says to a session that has ended is never taken for the next one's.
 */
export function joining(link: Open, name: string): { link: Open; key: string } {
  const earlier = link.joins.get(name) ?? 0;
  const key = earlier === 0 ? name : `${name}\0${earlier}`;
  return { link: { ...link, joins: new Map(link.joins).set(name, earlier + 1) }, key };
}

/** Nothing was heard for too long. */
export function isDead(link: Open, now: number): boolean {
  return now >= link.probe || now >= link.heardAt + SILENCE_MS;
}

/** When something is due, in milliseconds of the clock. */
export function linkDeadline(link: Link): number {
  switch (link.state) {
    case 'opening':
      return Math.min(link.until, link.lingers);
    case 'open':
      return Math.min(link.heardAt + SILENCE_MS, link.probe, link.lingers);
    case 'waiting':
      return link.until;
    case 'idle':
    case 'closed':
      return NEVER;
    default:
      return link satisfies never;
  }
}
