import { expect, test } from 'vitest';
import { checksum, decodeBatch, decodeRecords, encodeBatch, encodeRecord } from '../../server/log/record.ts';
import { Slot } from '../../server/log/slot.ts';
import { Random, seedOfRun } from '../support/random.ts';

// Records as bytes, and how a batch is handed over (LOG rules).

const random = new Random(seedOfRun());
const drafts = [
  { document: '', updates: [new Uint8Array(0)] },
  { document: 'a\0繁體中文😀', updates: [random.bytes(1), random.bytes(127), random.bytes(128)] },
  { document: 'long', updates: [random.bytes(16_384), random.bytes(40_000)] },
];

const written = drafts.map(({ document, updates }) => ({ document, updates: updates.map(hex) }));

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function decode(batch: Buffer) {
  return decodeBatch(batch).map(({ document, record }) => {
    const updates: Uint8Array[] = [];
    decodeRecords(record, updates);
    return { document, updates: updates.map(hex) };
  });
}

test('[LOG-5] a batch is read as it was written, in the slot or beside it', () => {
  const slot = new Slot();
  const within = encodeBatch(drafts, slot.room);
  expect(within.buffer === slot.memory).toBe(true);
  expect(decode(within)).toEqual(written);
  const beside = encodeBatch([...drafts, { document: 'more', updates: [random.bytes(40_000)] }], slot.room);
  expect(beside.buffer === slot.memory).toBe(false);
  expect(decode(beside).slice(0, 3)).toEqual(written);
});

test('[LOG-5] records one after the other are read as one', () => {
  const records = Buffer.concat(drafts.map(({ updates }) => encodeRecord(updates)));
  const updates: Uint8Array[] = [];
  decodeRecords(records, updates);
  expect(updates.map(hex)).toEqual(written.flatMap((draft) => draft.updates));
  expect(() => decodeRecords(new Uint8Array([0x80]), [])).toThrow(RangeError);
});

test('[LOG-12] a checksum knows the bytes, and whose and which they are', () => {
  const bytes = random.bytes(100);
  const changed = bytes.slice();
  changed[50] = (changed[50] ?? 0) ^ 1;
  const sums = [
    checksum(bytes, 1, 2, 3, 4),
    checksum(changed, 1, 2, 3, 4),
    checksum(bytes, 2, 1, 3, 4),
    checksum(bytes, 1, 2, 4, 3),
    checksum(bytes, 1, 2),
  ];
  expect(new Set(sums).size).toBe(sums.length);
  expect(checksum(bytes.slice(), 1, 2, 3, 4)).toBe(sums[0]);
});

test('[LOG-4] the slot hands a batch over once, and the bell is not missed', () => {
  const here = new Slot();
  const there = new Slot(here.memory);
  const rings = there.rings;
  expect(there.take()).toBeUndefined();
  const batch = encodeBatch(drafts, here.room);
  here.fill(batch.length);
  there.sleep(rings); // would wait for ever had the bell not rung since
  expect(decode(there.take() ?? Buffer.alloc(0))).toEqual(written);
  expect(there.take()).toBeUndefined();
});
