import { type STEP2, syncHeadBytes, UPDATE, writeSyncHead } from '../../lib/protocol/sync.ts';
import type { Dialect } from './dialect.ts';
import { headerBytes, writeHeader } from './outbox.ts';

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
      frames = framesOf(this.#updates, dialect);
      this.#frames.set(dialect.voice, frames);
    }
    return frames;
  }
}

type Kind = typeof STEP2 | typeof UPDATE;

/** All in one buffer of which each is a part. A Buffer: Node makes one of any other array, for each socket anew. */
function framesOf(updates: readonly Uint8Array[], { syncLead }: Dialect): VoiceFrames {
  let length = 0;
  for (const update of updates) length += startBytes(syncLead, update.length) + update.length;
  const all = Buffer.allocUnsafe(length);
  const each: Uint8Array[] = [];
  let end = 0;
  for (const update of updates) {
    const start = end;
    const body = writeStart(all, start, { syncLead, kind: UPDATE, length: update.length });
    all.set(update, body);
    end = body + update.length;
    each.push(updates.length === 1 ? all : all.subarray(start, end));
  }
  return { each, all };
}

/** A frame of the sync protocol around an update that lies in pieces, without copying them: its start first, then the pieces as they are. */
export function syncFrame({ syncLead }: Dialect, kind: Kind, pieces: readonly Uint8Array[]): Uint8Array[] {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const start = Buffer.allocUnsafe(startBytes(syncLead, length));
  writeStart(start, 0, { syncLead, kind, length });
  return [start, ...pieces];
}

/** Bytes of a frame that stand before `length` bytes of an update. */
function startBytes(syncLead: Uint8Array, length: number): number {
  const head = syncLead.length + syncHeadBytes(length);
  return headerBytes(head + length) + head;
}

/** Writes them, and returns where the update begins. */
function writeStart(
  target: Buffer,
  at: number,
  { syncLead, kind, length }: { syncLead: Uint8Array; kind: Kind; length: number },
): number {
  const lead = writeHeader(target, at, syncLead.length + syncHeadBytes(length) + length);
  target.set(syncLead, lead);
  return writeSyncHead(target, lead + syncLead.length, kind, length);
}
