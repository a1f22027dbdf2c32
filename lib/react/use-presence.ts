'use client';

import { useMemo, useSyncExternalStore } from 'react';
import type { Awareness } from 'y-protocols/awareness';
import { type Person, readPerson } from '../person/person.ts';
import type { SharedDocument } from './open-documents.ts';

// Who is here.
// Invariant: a person with several tabs is one participant, and the list changes only when people do, not when carets move.

export interface Participant {
  readonly person: Person;
  /** Presence ids of this person's connections, one per tab. */
  readonly clients: readonly number[];
  readonly self: boolean;
  /** Nothing has been heard from them for a while, in any of their tabs: `idle` in their presence. */
  readonly idle: boolean;
}

type Store = ReturnType<typeof participantsStore>;

const NOBODY: readonly Participant[] = [];
/** Without a provider nobody comes and nobody goes. */
const EMPTY: Store = { read: () => NOBODY, subscribe: () => () => undefined };

/** Everyone who has told a name, oneself first, then in the order of their ids, which does not change while they are here. */
export function usePresence(provider: SharedDocument | undefined): readonly Participant[] {
  const awareness = provider?.awareness;
  const { subscribe, read } = useMemo(() => (awareness ? participantsStore(awareness) : EMPTY), [awareness]);
  return useSyncExternalStore(subscribe, read, EMPTY.read);
}

export function participantsStore(awareness: Awareness) {
  let shown = participants(awareness);
  let stale = false;
  const read = () => {
    if (stale) {
      stale = false;
      const now = participants(awareness);
      if (!same(shown, now)) shown = now;
    }
    return shown;
  };
  const subscribe = (changed: () => void) => {
    const listener = () => {
      stale = true;
      const before = shown;
      if (read() !== before) changed();
    };
    listener();
    awareness.on('change', listener);
    return () => awareness.off('change', listener);
  };
  return { read, subscribe };
}

function participants(awareness: Awareness): readonly Participant[] {
  const byId = new Map<string, { person: Person; clients: number[]; self: boolean; idle: boolean }>();
  for (const [client, state] of awareness.getStates()) {
    const person = readPerson(state, client);
    if (!person) continue;
    const self = client === awareness.clientID;
    const idle = state.idle === true;
    const known = byId.get(person.id);
    if (known) {
      known.clients.push(client);
      known.idle &&= idle;
      // Of several tabs, one's own is the one to believe.
      if (self) Object.assign(known, { person, self });
    } else {
      byId.set(person.id, { person, clients: [client], self, idle });
    }
  }
  return [...byId.values()].sort((a, b) => Number(b.self) - Number(a.self) || (a.person.id < b.person.id ? -1 : 1));
}

function same(a: readonly Participant[], b: readonly Participant[]): boolean {
  return a.length === b.length && a.every((one, at) => sameParticipant(one, b[at]));
}

function sameParticipant(a: Participant, b: Participant | undefined): boolean {
  return (
    a.person.id === b?.person.id &&
    a.person.name === b.person.name &&
    a.person.color === b.person.color &&
    a.self === b.self &&
    a.idle === b.idle &&
    a.clients.length === b.clients.length &&
    a.clients.every((client, at) => client === b.clients[at])
  );
}
