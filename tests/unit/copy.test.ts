import * as encoding from 'lib0/encoding';
import { expect, it } from 'vitest';
import { EMPTY_STATE_VECTOR, EMPTY_UPDATE, encode } from '../../lib/protocol/bytes.ts';
import { Coverage } from '../../lib/protocol/coverage.ts';
import { PROTOCOL_LIMITS } from '../../lib/protocol/limits.ts';
import { LIMITS } from '../../server/limits.ts';
import { SharedCopy } from '../../server/rooms/copy.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { inProcessDocuments } from '../support/world-documents.ts';

// The bytes that joins share, while people join without a pause.

const DOCUMENT = 'shared';

/** A copy whose log counts how often it is read; `commit` appends as a room does. Updates are only bytes here. */
function shared() {
  const log = new MemoryLog();
  const reads: string[] = [];
  const counted = Object.assign(Object.create(log) as MemoryLog, {
    load: (document: string) => {
      reads.push(document);
      return log.load(document);
    },
  });
  const clock = new FakeClock();
  const copy = new SharedCopy({ document: DOCUMENT, log: counted, documents: inProcessDocuments, clock });
  const commit = async (update: Uint8Array) => {
    await log.append(DOCUMENT, [update]);
    copy.committed([update]);
  };
  return { copy, commit, reads, clock, join: () => copy.take(EMPTY_STATE_VECTOR, new Coverage()) };
}

const edit = (mark: number, bytes: number) => new Uint8Array(bytes).fill(mark);
const marks = (updates: readonly Uint8Array[]) => [...new Set(updates.map((update) => update[0]))];

it('[JOIN-8] a copy that has grown too old is read anew though somebody always holds it, and nobody misses anything', async () => {
  const { copy, commit, reads, join } = shared();
  await commit(edit(1, 10));
  let held = await join();
  for (let mark = 2; mark < 12; mark++) {
    await commit(edit(mark, LIMITS.tailBytes / 4));
    const next = await join(); // before the last is sent
    const all = Array.from({ length: mark }, (_, i) => i + 1);
    expect(marks(next.updates())).toEqual(all);
    expect(marks(held.updates())).toEqual(all);
    held.release();
    held = next;
  }
  expect(reads.length).toBe(3); // once at first, and then after every five quarters of the bound
  held.release();
  copy.close();
});

it('[JOIN-8] an outdated copy is forgotten when the last has been sent it, and the newest is kept for those who come', async () => {
  const { copy, commit, reads, clock, join } = shared();
  await commit(edit(1, 10));
  const held = await join();
  copy.outdate();
  const next = await join();
  expect(reads).toHaveLength(2);
  held.release();
  next.release();
  (await join()).release();
  expect(reads).toHaveLength(2);
  expect(clock.timers).toBe(1);
  copy.close();
  expect(clock.timers).toBe(0);
});

it('[JOIN-12] a state vector that names far more clients than anybody has is refused, and one of a large document is not', async () => {
  const { copy, commit } = shared();
  await commit(edit(1, LIMITS.diffBytes));
  const naming = (clients: number) =>
    encode((encoder) => {
      encoding.writeVarUint(encoder, clients);
      for (let client = 1; client <= clients; client++) {
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, 1);
      }
    });
  const take = async (clients: number, coverage: Coverage) => (await copy.take(naming(clients), coverage)).release();
  await take(PROTOCOL_LIMITS.vectorClients, new Coverage());
  await expect(take(PROTOCOL_LIMITS.vectorClients + 1, new Coverage())).rejects.toMatchObject({ code: 'too-large' });
  const crowded = Coverage.from(naming(PROTOCOL_LIMITS.vectorClients), EMPTY_UPDATE);
  expect(crowded.knownTo(naming(2 * PROTOCOL_LIMITS.vectorClients)).size).toBe(PROTOCOL_LIMITS.vectorClients);
  expect(() => crowded.knownTo(naming(2 * PROTOCOL_LIMITS.vectorClients + 1))).toThrow('200001 clients');
  copy.close();
});
