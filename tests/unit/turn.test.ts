import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../server/clock.ts';
import { LIMITS } from '../../server/limits.ts';
import { Turn } from '../../server/turn.ts';
import { clientFrame } from '../support/raw-socket.ts';
import { wiredSocket } from '../support/wired-socket.ts';

// Many who speak in one turn of the event loop, and what each of them says takes long. Time passes only when something is read.

const FRAME = clientFrame({ opcode: 2, payload: Uint8Array.of(9) });
/** Milliseconds that reading a frame takes: four fit into a turn, and the next one is beyond. */
const SLOW_MS = LIMITS.turnMs / 4;

/** So many connections, of which each frame takes `SLOW_MS`. `read`: whose frames were read, in order. */
async function crowd(size: number) {
  let now = 0;
  const turn = new Turn({ ...systemClock, now: () => now });
  const read: number[] = [];
  const people = await Promise.all(
    Array.from({ length: size }, async (_, i) => {
      const { wire, say } = await wiredSocket(turn, () => {
        now += SLOW_MS;
        read.push(i);
      });
      return { say: (frames: number) => say(Buffer.concat(Array(frames).fill(FRAME))), wire };
    }),
  );
  /** What is read until the turn ends. */
  const endTurn = async () => {
    const before = read.length;
    await setImmediate();
    return read.slice(before);
  };
  return { people, read, endTurn };
}

describe('[NET-27] in a turn that has taken long', () => {
  it('each is read to the end of one frame, and those who come early to where it became long', async () => {
    const { people, read } = await crowd(4);
    for (const { say } of people) say(20);
    expect(read).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 3]); // the first frame begins the turn
  });

  it('who rests goes on in the order of coming, as far as there is time, and somebody in each turn', async () => {
    const { people, read, endTurn } = await crowd(4);
    for (const { say } of people) say(8);
    expect(await endTurn()).toEqual([]); // sockets that are ready are read before
    const turns: number[][] = [];
    while (read.length < 32) turns.push(await endTurn());
    expect(read.filter((who) => who === 3)).toHaveLength(8);
    expect(turns.every((who) => who.length > 0)).toBe(true);
    expect([...new Set(turns.flat())]).toEqual([0, 1, 2, 3]);
  });

  it('nobody who says little waits, before and after', async () => {
    const { people, read, endTurn } = await crowd(2);
    people[0]?.say(1);
    people[1]?.say(3);
    expect(read).toEqual([0, 1, 1, 1]);
    await endTurn();
    people[0]?.say(4);
    expect(read).toHaveLength(8);
  });

  it('who is paused for another reason goes on when both have ended', async () => {
    const { people, read, endTurn } = await crowd(1);
    people[0]?.say(8);
    const before = read.length;
    people[0]?.wire.pause();
    for (let turn = 0; turn < 3; turn++) await endTurn();
    expect(read).toHaveLength(before);
    people[0]?.wire.resume();
    for (let turn = 0; turn < 3; turn++) await endTurn();
    expect(read).toHaveLength(8);
  });
});
