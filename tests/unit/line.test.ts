import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../server/limits.ts';
import { Line } from '../../server/line.ts';
import { silentLogger } from '../../server/logger.ts';
import { Rooms } from '../../server/rooms/rooms.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { Turns } from '../support/turns.ts';
import { inProcessDocuments } from '../support/world-documents.ts';

// The line in which those wait who are to be sent a document.

/** People who come into one line: `sent` says who was sent something, in order. */
function people() {
  const turns = new Turns();
  const line = new Line(turns);
  const sent: string[] = [];
  const come = async (name: string, bytes: number) => {
    const turn = line.turn(bytes);
    if (turn) await turn;
    sent.push(name);
  };
  return { turns, sent, come };
}

const SMALL = LIMITS.turnBytes / 4;

describe('[JOIN-9] those who are to be sent a document', () => {
  it('wait for nobody when nobody is there', async () => {
    const { sent, come } = people();
    void come('ada', 20 * LIMITS.turnBytes);
    expect(sent).toEqual(['ada']);
  });

  it('are sent large ones one a turn, in the order of coming', async () => {
    const { turns, sent, come } = people();
    for (const name of ['ada', 'bob', 'cy']) void come(name, 2 * LIMITS.turnBytes);
    expect(sent).toEqual(['ada']);
    await turns.end();
    expect(sent).toEqual(['ada', 'bob']);
    await turns.end();
    expect(sent).toEqual(['ada', 'bob', 'cy']);
  });

  it('are sent small ones together, as many as fit', async () => {
    const { turns, sent, come } = people();
    for (let i = 0; i < 10; i++) void come(`${i}`, SMALL);
    const counts = [sent.length];
    for (let turn = 0; turn < 3; turn++) {
      await turns.end();
      counts.push(sent.length);
    }
    expect(counts).toEqual([4, 8, 10, 10]);
    expect(sent).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`));
  });

  it('do not overtake, however little it is', async () => {
    const { turns, sent, come } = people();
    void come('ada', LIMITS.turnBytes);
    void come('bob', LIMITS.turnBytes);
    await turns.end(); // bob's turn, which he has used up
    void come('cy', LIMITS.turnBytes);
    void come('dot', 1);
    expect(sent).toEqual(['ada', 'bob']);
    await turns.end();
    expect(sent).toEqual(['ada', 'bob', 'cy']);
    await turns.end();
    expect(sent).toEqual(['ada', 'bob', 'cy', 'dot']);
  });

  it('leave nothing to do behind when the last has gone', async () => {
    const { turns, come } = people();
    void come('ada', 1);
    void come('bob', LIMITS.turnBytes);
    void come('cy', 1);
    for (let turn = 0; turn < 4; turn++) await turns.end();
    expect(turns.tasks).toBe(0);
  });
});

it('[JOIN-9] those who wait for a document to be opened are let in a few a turn, in the order of coming', async () => {
  const clock = new Turns();
  const onStorageLost = () => expect.unreachable();
  const rooms = new Rooms({
    log: new MemoryLog(),
    documents: inProcessDocuments,
    clock,
    logger: silentLogger,
    onStorageLost,
  });
  const few = LIMITS.turnBytes / LIMITS.entryBytes;
  const entered: number[] = [];
  for (let i = 0; i < 3 * few; i++) void rooms.enter('shared').room.then(() => entered.push(i));
  const counts: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    await clock.rest();
    counts.push(entered.length);
    await clock.end();
  }
  expect(counts).toEqual([few, 2 * few, 3 * few]);
  expect(entered).toEqual(Array.from({ length: 3 * few }, (_, i) => i));
  await rooms.close();
});
