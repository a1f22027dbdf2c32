import { expect, it } from 'vitest';
import { EMPTY_STATE_VECTOR, EMPTY_UPDATE } from '../../lib/protocol/bytes.ts';
import { LIMITS } from '../../server/limits.ts';
import type { Snapshot } from '../../server/log/log.ts';
import { silentLogger } from '../../server/logger.ts';
import { Metrics } from '../../server/metrics.ts';
import { Space } from '../../server/rooms/space.ts';
import { Tail } from '../../server/rooms/tail.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { inProcessDocuments } from '../support/world-documents.ts';

const SNAPSHOT: Snapshot = { update: EMPTY_UPDATE, stateVector: EMPTY_STATE_VECTOR, deletions: EMPTY_UPDATE };

/** A tail whose merges end as the test says. */
function setUp() {
  const clock = new FakeClock();
  const metrics = new Metrics();
  const log = new MemoryLog();
  let merge: () => Snapshot = () => SNAPSHOT;
  const documents = { ...inProcessDocuments, compact: async () => merge() };
  const stored = { snapshot: [], stateVector: EMPTY_STATE_VECTOR, deletions: EMPTY_UPDATE, updates: [], sequence: 0 };
  const nothing = () => undefined;
  const space = new Space({ log, clock, onFull: nothing, onRoom: nothing, onLost: nothing });
  const options = {
    document: 'notes',
    log,
    space,
    documents,
    clock,
    logger: silentLogger,
    metrics,
    onMerged: nothing,
  };
  const tail = new Tail(options, stored);
  return {
    tail,
    metrics,
    breakMerges: () => {
      merge = () => {
        throw new Error('out of memory');
      };
    },
    slowMerges: (milliseconds: number) => {
      merge = () => {
        clock.advance(milliseconds);
        return SNAPSHOT;
      };
    },
    mendMerges: () => {
      merge = () => SNAPSHOT;
    },
    grow: async (bytes: number) => {
      tail.grew([new Uint8Array(bytes)]);
      await clock.settle();
    },
    pass: (milliseconds: number) => clock.advance(milliseconds),
  };
}

it('[OPS-5] a log is overdue from the moment a merge was due until one succeeds, and not while it is short', async () => {
  const { tail, metrics, grow, pass, breakMerges, mendMerges } = setUp();
  await grow(LIMITS.tailBytes - 1);
  pass(60_000);
  expect([tail.bytes, tail.overdueMs]).toEqual([LIMITS.tailBytes - 1, 0]);

  breakMerges();
  await grow(1);
  pass(1_000);
  await grow(1);
  expect([tail.bytes, tail.overdueMs]).toEqual([LIMITS.tailBytes + 1, 1_000]);
  expect(metrics.mergesFailed).toBe(1);

  mendMerges();
  pass(LIMITS.mergeRetryMs);
  await grow(1);
  expect([tail.bytes, tail.overdueMs]).toEqual([0, 0]);
  expect(metrics.mergeSeconds.counts.reduce((sum, count) => sum + count)).toBe(1);
});

it('[ROOM-10] a merge is followed by a rest of fifty times what it took, to the millisecond', async () => {
  const { tail, grow, pass, slowMerges } = setUp();
  slowMerges(100);
  await grow(LIMITS.tailBytes);
  expect(tail.bytes).toBe(0);
  pass(100 * LIMITS.mergeRest - 1);
  await grow(LIMITS.tailBytes);
  expect(tail.bytes).toBe(LIMITS.tailBytes);
  pass(1);
  await grow(1);
  expect(tail.bytes).toBe(0);
});
