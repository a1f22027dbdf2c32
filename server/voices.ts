import { concat } from '../lib/protocol/bytes.ts';
import { type STEP2, UPDATE } from '../lib/protocol/sync.ts';
import type { Dialect } from './dialect.ts';
import { frameAround } from './outbox.ts';

// The updates of a batch as frames: written once for each voice in which somebody hears them, not once for each who hears.
// Invariant: a frame is never written to after it was made: it is shared.

/** Each update as a frame, and all of them as one buffer. */
export interface VoiceFrames {
  readonly each: readonly Uint8Array[];
  readonly all: Uint8Array;
}

export class Voices {
  readonly #updates: readonly Uint8Array[];
  readonly #frames = new Map<string, VoiceFrames>();

  constructor(updates: readonly Uint8Array[]) {
    this.#updates = updates;
  }

  of(dialect: Dialect): VoiceFrames {
    let frames = this.#frames.get(dialect.voice);
    if (!frames) {
      const each = this.#updates.map((update) => concat(syncFrame(dialect, UPDATE, [update])));
      frames = { each, all: each.length === 1 ? (each[0] as Uint8Array) : concat(each) };
      this.#frames.set(dialect.voice, frames);
    }
    return frames;
  }
}

/** A frame of the sync protocol around an update that lies in pieces. */
export function syncFrame(
  dialect: Dialect,
  kind: typeof STEP2 | typeof UPDATE,
  pieces: readonly Uint8Array[],
): Uint8Array[] {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return frameAround(dialect.syncHead(kind, length), pieces, length);
}
