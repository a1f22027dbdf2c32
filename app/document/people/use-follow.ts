'use client';

import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { follow, followed } from '../../../lib/editor/followed.ts';
import type { Person } from '../../../lib/person/person.ts';
import { type Participant, type SharedDocument, usePresence } from '../../../lib/react/index.ts';

export interface Following {
  /** Who is followed. */
  readonly person: Person | undefined;
  readonly start: (participant: Participant) => void;
  readonly stop: () => void;
}

/** Marks what may be clicked without that ending the following: the button that ends it, and the one that began it. */
export const KEEPS_FOLLOWING = 'data-keeps-following';

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'CapsLock', 'Tab']);

/** Following lasts until one scrolls, clicks, types or presses Escape, or the other one leaves. */
export function useFollow(provider: SharedDocument): Following {
  const { awareness } = provider;
  const participants = usePresence(provider);
  const subscribe = useCallback(
    (changed: () => void) => {
      awareness.on('change', changed);
      return () => awareness.off('change', changed);
    },
    [awareness],
  );
  const client = useSyncExternalStore(
    subscribe,
    () => followed(awareness.getLocalState()),
    () => undefined,
  );
  const person =
    client === undefined ? undefined : participants.find(({ clients }) => clients.includes(client))?.person;
  const stop = useCallback(() => follow(awareness, undefined), [awareness]);
  const start = useCallback(
    ({ clients }: Participant) => {
      // Of several tabs the one that has a caret.
      const writing = clients.find((one) => awareness.getStates().get(one)?.cursor != null) ?? clients[0];
      const same = followed(awareness.getLocalState());
      follow(awareness, same !== undefined && clients.includes(same) ? undefined : writing);
    },
    [awareness],
  );

  const gone = client !== undefined && person === undefined;
  useEffect(() => {
    if (gone) stop();
  }, [gone, stop]);

  useEffect(() => {
    if (client === undefined) return;
    const acted = (event: Event) => {
      const { target } = event;
      if (target instanceof Element && target.closest(`[${KEEPS_FOLLOWING}]`)) return;
      stop();
    };
    const pressed = (event: KeyboardEvent) => {
      if (event.key === 'Escape') stop();
      else if (!MODIFIERS.has(event.key)) acted(event);
    };
    const options = { capture: true, passive: true };
    for (const type of ['wheel', 'touchmove', 'pointerdown']) window.addEventListener(type, acted, options);
    window.addEventListener('keydown', pressed, options);
    return () => {
      for (const type of ['wheel', 'touchmove', 'pointerdown']) window.removeEventListener(type, acted, options);
      window.removeEventListener('keydown', pressed, options);
    };
  }, [client, stop]);

  useEffect(() => stop, [stop]);

  return { person, start, stop };
}
