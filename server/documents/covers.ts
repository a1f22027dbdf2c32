import { Reader } from '../../lib/protocol/reader.ts';

// State vectors compared, without Yjs: the main thread asks, and it opens no document.

/** Whether a holder of `known` has every struct that a holder of `needed` has. Both are state vectors; throws ProtocolError. */
export function covers(known: Uint8Array, needed: Uint8Array): boolean {
  const clocks = clocksOf(known);
  for (const [client, clock] of clocksOf(needed)) {
    if ((clocks.get(client) ?? 0) < clock) return false;
  }
  return true;
}

function clocksOf(stateVector: Uint8Array): Map<number, number> {
  const reader = new Reader(stateVector, 'malformed-update');
  const clocks = new Map<number, number>();
  for (let left = reader.varUint(); left > 0; left--) clocks.set(reader.varUint(), reader.varUint());
  return clocks;
}
