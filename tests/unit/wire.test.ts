import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../server/clock.ts';
import { LIMITS } from '../../server/limits.ts';
import { Turn } from '../../server/turn.ts';
import { clientFrame } from '../support/raw-socket.ts';
import { wiredSocket } from '../support/wired-socket.ts';

// One socket, of which the server takes and to which it answers no more in a turn than leaves the others theirs.

const [BINARY, PING, PONG] = [2, 9, 10] as const;
const frame = (opcode: number, ...payload: number[]) => clientFrame({ opcode, payload: Uint8Array.from(payload) });
const many = (frames: number, bytes = frame(BINARY, 9)) => Buffer.concat(Array.from({ length: frames }, () => bytes));

/** A socket whose every message is answered by one byte, as the server puts it together. */
async function wired(turn = new Turn({ ...systemClock, now: () => 0 })) {
  let read = 0;
  const opened = await wiredSocket(turn, (wire) => {
    read++;
    wire.write(Buffer.of(0x82, 0));
  });
  const { webSocket, wire } = opened;
  webSocket.on('ping', (payload) => {
    wire.pong(payload);
    read++;
    wire.took();
  });
  return { ...opened, read: () => read };
}

describe('[NET-20] frames that come in thousands', () => {
  it('are read to the thousandth; the rest has to wait for the others’ turn', async () => {
    const { say, read } = await wired();
    say(many(2.5 * LIMITS.framesPerTurn));
    expect(read()).toBe(LIMITS.framesPerTurn);
    while (read() < 2.5 * LIMITS.framesPerTurn) {
      const before = read();
      await setImmediate();
      expect(read() - before).toBeLessThanOrEqual(LIMITS.framesPerTurn + LIMITS.pieceBytes / frame(BINARY, 9).length);
    }
  });

  it('and do not begin where one read from the network begins: the same, and a piece more', async () => {
    const { say, read } = await wired();
    const all = many(10_000);
    say(all.subarray(0, 3));
    say(all.subarray(3, 65_536));
    expect(read()).toBeLessThanOrEqual(LIMITS.framesPerTurn + LIMITS.pieceBytes / frame(BINARY, 9).length);
  });

  it('of pings too', async () => {
    const { say, read } = await wired();
    say(many(10_000, frame(PING)));
    expect(read()).toBeLessThanOrEqual(LIMITS.framesPerTurn + LIMITS.pieceBytes / frame(PING).length);
    await setImmediate();
    await setImmediate();
    await setImmediate();
    expect(read()).toBeGreaterThan(LIMITS.framesPerTurn + LIMITS.pieceBytes / frame(PING).length);
  });

  it('one less, and nothing waits', async () => {
    const { say, read } = await wired();
    say(many(LIMITS.framesPerTurn - 1));
    expect(read()).toBe(LIMITS.framesPerTurn - 1);
  });

  it('are not read while the connection is paused for another reason, whichever ends first', async () => {
    const { wire, say, read } = await wired();
    say(many(LIMITS.framesPerTurn));
    wire.pause();
    say(many(1));
    await setImmediate();
    await setImmediate();
    expect(read()).toBe(LIMITS.framesPerTurn);
    wire.resume();
    await setImmediate();
    expect(read()).toBe(LIMITS.framesPerTurn + 1);
    say(many(LIMITS.framesPerTurn - 1));
    wire.pause();
    wire.resume(); // which does not end the rest
    say(many(1));
    expect(read()).toBe(2 * LIMITS.framesPerTurn);
    await setImmediate();
    await setImmediate();
    expect(read()).toBe(2 * LIMITS.framesPerTurn + 1);
  });
});

describe('[NET-21] answers to what comes in one turn', () => {
  it('are a write each to the sixteenth frame, and from there on one write for all', async () => {
    const { say, read, written } = await wired();
    say(many(500));
    expect(read()).toBe(500);
    expect(written).toHaveLength(LIMITS.framesPerWrite);
    await setImmediate();
    expect(written).toHaveLength(LIMITS.framesPerWrite + 1);
    expect(Buffer.concat(written)).toEqual(many(500, Buffer.of(0x82, 0)));
  });

  it('are not kept back from who says little', async () => {
    const { say, written } = await wired();
    for (let i = 1; i <= 3 * LIMITS.framesPerWrite; i++) {
      say(frame(BINARY, 9));
      expect(written).toHaveLength(i);
      await setImmediate();
    }
  });

  it('count as queued until then', async () => {
    const { wire, say } = await wired();
    say(many(LIMITS.framesPerWrite + 100));
    expect(wire.queued()).toBe(200);
    await setImmediate();
    expect(wire.queued()).toBe(0);
  });
});

describe('[NET-22] WebSocket pings', () => {
  it('are answered with what they carry', async () => {
    const { say, written } = await wired();
    for (const number of [1, 2]) {
      say(frame(PING, number));
      await setImmediate();
    }
    expect(Buffer.concat(written)).toEqual(Buffer.of(0x80 | PONG, 1, 1, 0x80 | PONG, 1, 2));
  });

  it('of which many come in one turn are answered once, the newest, and the connection goes on', async () => {
    const { webSocket, say, written } = await wired();
    say(Buffer.concat([many(200, frame(PING, 1)), frame(PING, 2)]));
    await setImmediate();
    expect(Buffer.concat(written)).toEqual(Buffer.of(0x80 | PONG, 1, 2));
    expect(webSocket.readyState).toBe(webSocket.OPEN);
  });

  it('are not answered by a connection that ends in the same turn', async () => {
    const { webSocket, say, written } = await wired();
    say(frame(PING, 1));
    webSocket.terminate();
    await setImmediate();
    expect(written).toHaveLength(0);
  });
});
