import type Database from 'libsql';
import { checksum } from './record.ts';
import { damaged, nameOf } from './sqlite-errors.ts';

// Snapshots, cut into pieces, so that reading or writing a big one never holds up a commit for long.
// Invariant: a snapshot that a document points to is complete; it is never changed, only deleted.

/** Bytes of one piece: written and synced in some 2 ms, read in 0.5 ms. */
export const PIECE_BYTES = 256 * 1024;
/** More pieces than any snapshot has (256 GiB). */
const PIECES = 2 ** 20;

export interface SnapshotHead {
  readonly pieces: number;
  readonly stateVector: Uint8Array;
  readonly deletions: Uint8Array;
}

/** Every writing method runs inside the caller's transaction. */
export class SnapshotTable {
  readonly #insert;
  readonly #complete;
  readonly #read;
  readonly #delete;
  readonly #insertPiece;
  readonly #insertBlank;
  readonly #readPiece;
  readonly #deletePieces;

  constructor(database: Database.Database) {
    this.#insert = database.prepare(`insert into snapshot values (null, 0, 0, x'', x'') returning id`).raw();
    this.#complete = database.prepare(
      'update snapshot set pieces = ?, checksum = ?, state_vector = ?, deletions = ? where id = ?',
    );
    this.#read = database.prepare('select pieces, checksum, state_vector, deletions from snapshot where id = ?').raw();
    this.#delete = database.prepare('delete from snapshot where id = ?');
    this.#insertPiece = database.prepare('insert into piece values (?, ?, ?)');
    this.#insertBlank = database.prepare('insert into piece values (?, 0, zeroblob(?))');
    this.#readPiece = database.prepare('select checksum, bytes from piece where id = ?').raw();
    this.#deletePieces = database.prepare(
      'delete from piece where id in (select id from piece where id >= ?1 and id < ?2 limit ?3)',
    );
  }

  /** Returns the id of a new snapshot without pieces. */
  create(): number {
    const [id] = this.#insert.get([]) as [number];
    return id;
  }

  writePiece(snapshot: number, number: number, bytes: Uint8Array): void {
    this.#insertPiece.run([snapshot * PIECES + number, checksum(bytes, snapshot, number), bytes]);
  }

  /** A first piece of zeros: takes room, and is never read. */
  writeBlank(snapshot: number, bytes: number): void {
    this.#insertBlank.run([snapshot * PIECES, bytes]);
  }

  /** Makes the snapshot whole. `document` and `merged` are not stored here, but the checksum knows them. */
  complete(snapshot: number, head: SnapshotHead, document: number, merged: number): void {
    const { pieces, stateVector, deletions } = head;
    this.#complete.run([pieces, headChecksum(head, document, merged), stateVector, deletions, snapshot]);
  }

  /** Throws LogError `damaged`. */
  read(owner: { id: number; name: string; snapshot: number; merged: number }): SnapshotHead {
    const row = this.#read.get([owner.snapshot]) as [number, number, Uint8Array, Uint8Array] | undefined;
    if (!row) throw damaged(nameOf(owner.name));
    const [pieces, sum, stateVector, deletions] = row;
    const head = { pieces, stateVector, deletions };
    if (sum !== headChecksum(head, owner.id, owner.merged)) throw damaged(nameOf(owner.name));
    return head;
  }

  /** In a buffer of its own. Throws LogError `damaged`. */
  readPiece(owner: { name: string; snapshot: number }, number: number): Uint8Array {
    const row = this.#readPiece.get([owner.snapshot * PIECES + number]) as [number, Uint8Array] | undefined;
    if (!row || row[0] !== checksum(row[1], owner.snapshot, number)) throw damaged(nameOf(owner.name));
    return row[1];
  }

  /** Deletes up to `most` pieces, then the snapshot. Returns whether anything is left. */
  deleteSome(snapshot: number, most: number): boolean {
    const first = snapshot * PIECES;
    const { changes } = this.#deletePieces.run([first, first + PIECES, most]);
    if (changes === most) return true;
    this.#delete.run([snapshot]);
    return false;
  }
}

function headChecksum({ pieces, stateVector, deletions }: SnapshotHead, document: number, merged: number): number {
  return checksum(deletions, document, merged, pieces, checksum(stateVector, document, merged));
}
