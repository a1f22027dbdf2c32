import type Database from 'libsql';
import type { Entry } from './document-table.ts';
import { checksum } from './record.ts';
import type { SnapshotHead, SnapshotTable } from './snapshot-table.ts';

// What can still be read of a document that is damaged, row by row, past what cannot.
// Invariant: it only reads. What it gives out as good matched its checksum, and follows without a hole on what came before.

export interface FoundRecord {
  readonly id: number;
  readonly sequence: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A row that is not part of the good prefix, and why. */
export interface Given {
  readonly what: string;
  readonly why: string;
  readonly bytes: Uint8Array | undefined;
}

export interface Salvaged {
  /** Undefined where there is none, or it is damaged. */
  readonly snapshot: (SnapshotHead & { readonly bytes: readonly Uint8Array[] }) | undefined;
  /** Sequence number up to which the snapshot has taken in the records; 0 without one. */
  readonly merged: number;
  /** After the snapshot, oldest first, without a hole. */
  readonly records: readonly FoundRecord[];
  readonly given: readonly Given[];
  /** Ids of the records that are not among `records`, nor in the snapshot. */
  readonly strays: readonly number[];
}

type Row = [number, number, number, number, number, Uint8Array];
/** Rows read at once; where one of them lies on a bad page, they are read one by one. */
const STRETCH = 1_000;

export function salvage(database: Database.Database, snapshots: SnapshotTable, entry: Entry): Salvaged {
  const given: Given[] = [];
  const strays: number[] = [];
  const snapshot = entry.snapshot === 0 ? undefined : readSnapshot(snapshots, entry, given);
  // Without its snapshot a document can begin only where its first record is, if that has not been tidied away yet.
  const merged = snapshot ? entry.merged : 0;
  const found = new Map<number, FoundRecord & { previous: number }>();
  for (const row of rowsOf(database, entry, given)) {
    const [id, sequence, previous, at, sum, bytes] = row;
    if (sequence <= merged) continue; // in the snapshot, and not tidied away yet
    const right = sum === checksum(bytes, entry.id, sequence, previous, at);
    if (right) found.set(sequence, { id, sequence, previous, at, bytes });
    else {
      strays.push(id);
      given.push({ what: `record ${sequence}`, why: 'does not match its checksum', bytes });
    }
  }
  const records: FoundRecord[] = [];
  let next = merged + 1;
  for (let record = found.get(next); record; record = found.get(next)) {
    const before = records.at(-1);
    if (before && record.previous !== before.id) break;
    records.push(record);
    found.delete(next++);
  }
  for (const { id, sequence, bytes } of [...found.values()].sort((a, b) => a.sequence - b.sequence)) {
    strays.push(id);
    given.push({ what: `record ${sequence}`, why: `comes after record ${next}, which is missing or damaged`, bytes });
  }
  const lost = entry.sequence - merged - records.length;
  if (lost > 0 && !given.some(({ what }) => what === `record ${next}`))
    given.push({ what: `record ${next}`, why: 'cannot be found', bytes: undefined });
  return { snapshot, merged, records, given, strays };
}

function readSnapshot(snapshots: SnapshotTable, entry: Entry, given: Given[]): Salvaged['snapshot'] {
  const bytes: Uint8Array[] = [];
  let head: SnapshotHead;
  try {
    head = snapshots.read(entry);
  } catch (error) {
    given.push({ what: 'the snapshot', why: reason(error), bytes: undefined });
    return undefined;
  }
  let whole = true;
  for (let number = 0; number < head.pieces; number++) {
    try {
      bytes.push(snapshots.readPiece(entry, number));
    } catch (error) {
      whole = false;
      given.push({ what: `piece ${number} of the snapshot`, why: reason(error), bytes: undefined });
    }
  }
  if (whole) return { ...head, bytes };
  bytes.forEach((piece, number) => {
    given.push({
      what: `a piece of the snapshot, the good one ${number}`,
      why: 'another piece is damaged',
      bytes: piece,
    });
  });
  return undefined;
}

/** All records of a document, whatever their chain says. */
function* rowsOf(database: Database.Database, { id, head }: Entry, given: Given[]): Generator<Row> {
  const select = database
    .prepare(
      'select id, sequence, previous, at, checksum, updates from record where id >= ?1 and id < ?2 and document = ?3 order by id',
    )
    .raw();
  for (let from = 1; from <= head; from += STRETCH) {
    let rows: Row[];
    try {
      rows = select.all([from, Math.min(from + STRETCH, head + 1), id]) as Row[];
    } catch {
      rows = [];
      for (let at = from; at < from + STRETCH && at <= head; at++) {
        try {
          rows.push(...(select.all([at, at + 1, id]) as Row[]));
        } catch (error) {
          given.push({ what: `row ${at}`, why: `${reason(error)} It may be another document’s.`, bytes: undefined });
        }
      }
    }
    yield* rows;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
