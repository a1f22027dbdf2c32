import { crc32 } from 'node:zlib';

// What records look like as bytes: on their way to the log thread, on disk, and back.
// Invariant: nothing is copied but into the one buffer that a batch travels in.
//
//   record:  { varUint length, update }*
//   batch:   { varUint length, name in UTF-8, varUint length, record }*

/** The updates that one batch holds for one document, oldest first. */
export interface Draft {
  readonly document: string;
  readonly updates: readonly Uint8Array[];
}

/** A draft as the log thread reads it: `record` is a view into the batch. */
export interface DraftRecord {
  readonly document: string;
  readonly record: Uint8Array;
}

/** Writes a batch into `room`, or into a buffer of its own where it does not fit. Returns what it wrote. */
export function encodeBatch(drafts: readonly Draft[], room?: Buffer): Buffer {
  let total = 0;
  const sizes: number[] = []; // of name and record of each draft
  for (const { document, updates } of drafts) {
    const name = Buffer.byteLength(document);
    const record = recordSize(updates);
    sizes.push(name, record);
    total += varUintSize(name) + name + varUintSize(record) + record;
  }
  const fits = room !== undefined && total <= room.length;
  const batch = fits ? room.subarray(0, total) : Buffer.allocUnsafeSlow(total); // not from the pool: its buffer is given away
  let at = 0;
  let next = 0;
  for (const { document, updates } of drafts) {
    at = writeVarUint(batch, at, sizes[next++] as number);
    at += batch.write(document, at);
    at = writeVarUint(batch, at, sizes[next++] as number);
    at = writeRecord(batch, at, updates);
  }
  return batch;
}

export function decodeBatch(batch: Buffer): DraftRecord[] {
  const drafts: DraftRecord[] = [];
  const cursor = { at: 0 };
  while (cursor.at < batch.length) {
    const nameLength = readVarUint(batch, cursor);
    const document = batch.toString('utf8', cursor.at, cursor.at + nameLength);
    cursor.at += nameLength;
    const length = readVarUint(batch, cursor);
    drafts.push({ document, record: batch.subarray(cursor.at, cursor.at + length) });
    cursor.at += length;
  }
  return drafts;
}

/** In a buffer of its own. */
export function encodeRecord(updates: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(recordSize(updates));
  writeRecord(record, 0, updates);
  return record;
}

/** Adds the updates of one or more records, as views, to `updates`. The bytes are trusted: their checksum was verified. */
export function decodeRecords(records: Uint8Array, updates: Uint8Array[]): void {
  const cursor = { at: 0 };
  while (cursor.at < records.length) {
    const length = readVarUint(records, cursor);
    updates.push(records.subarray(cursor.at, cursor.at + length));
    cursor.at += length;
  }
}

const headBytes = new Uint8Array(32);
const head = new DataView(headBytes.buffer);

/**
 * CRC-32 of a stored row: of up to four numbers that say whose and which it is, so that bytes in the wrong place are found
 * out too, and of its bytes.
 */
export function checksum(bytes: Uint8Array, first: number, second: number, third = 0, fourth = 0): number {
  head.setFloat64(0, first, true);
  head.setFloat64(8, second, true);
  head.setFloat64(16, third, true);
  head.setFloat64(24, fourth, true);
  return crc32(bytes, crc32(headBytes));
}

function recordSize(updates: readonly Uint8Array[]): number {
  let size = 0;
  for (const update of updates) size += varUintSize(update.length) + update.length;
  return size;
}

function writeRecord(target: Uint8Array, at: number, updates: readonly Uint8Array[]): number {
  let next = at;
  for (const update of updates) {
    next = writeVarUint(target, next, update.length);
    target.set(update, next);
    next += update.length;
  }
  return next;
}

function varUintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

function writeVarUint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let next = at;
  while (rest >= 0x80) {
    target[next++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[next++] = rest;
  return next;
}

function readVarUint(source: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = source[cursor.at++];
    if (byte === undefined) throw new RangeError('record ends inside a length');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
}
