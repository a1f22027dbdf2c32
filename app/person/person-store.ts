'use client';

import { useSyncExternalStore } from 'react';
import { cleanName, colorOf, isRecord, type Person } from '../../lib/person/person.ts';

// Who writes in this browser: a name picked once, and an id that stays.
// Invariant: the colour is never stored; it follows from the id, here and on everyone else's screen.

const KEY = 'inkroom.person';

/** `unknown` on the server and before the browser was asked: neither a name nor a question is shown then. */
export type Self = { state: 'unknown' } | { state: 'unnamed' } | { state: 'named'; person: Person };

const UNKNOWN: Self = { state: 'unknown' };
const UNNAMED: Self = { state: 'unnamed' };

let known: Self = UNKNOWN;
/** What `known` was read from. */
let source: string | null | undefined;
/** Where storage is forbidden, the name lasts as long as the page. */
let kept: string | null = null;
const listeners = new Set<() => void>();

export function useSelf(): Self {
  return useSyncExternalStore(subscribe, read, () => UNKNOWN);
}

/** `name` must be clean and not empty. */
export function saveName(name: string): void {
  const current = read();
  const id = current.state === 'named' ? current.person.id : randomId();
  const text = JSON.stringify({ id, name });
  kept = text;
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // forbidden or full: `kept` has it
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener); // another tab
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

function read(): Self {
  const text = stored() ?? kept;
  if (text !== source) {
    source = text;
    known = parse(text);
  }
  return known;
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is forbidden
  }
}

function parse(text: string | null): Self {
  if (text === null) return UNNAMED;
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || typeof value.id !== 'string' || typeof value.name !== 'string') return UNNAMED;
    const name = cleanName(value.name);
    if (name === '' || value.id === '') return UNNAMED;
    return { state: 'named', person: { id: value.id, name, color: colorOf(value.id) } };
  } catch {
    return UNNAMED; // not ours, or damaged: the person is asked again
  }
}

/** 128 bits. Not crypto.randomUUID, which is missing on plain http. */
function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
