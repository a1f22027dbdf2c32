import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Outflow } from '../../server/frames/outflow.ts';
import { LIMITS } from '../../server/limits.ts';
import { Line } from '../../server/line.ts';
import { Turns } from '../support/turns.ts';

// Documents that leave by sockets whose peers take what they are given when the test says so.

const MiB = 1024 * 1024;

/** People who share a line. */
function crowd() {
  const clock = new Turns();
  const line = new Line(clock);
  const person = () => {
    /** Bytes of each write that the socket was given, the last of them not taken yet. */
    const writes: Buffer[] = [];
    let taken: (() => void) | undefined;
    let ended = false;
    let drained = 0;
    const given = (bytes: Buffer, done: () => void) => {
      writes.push(bytes);
      taken = done;
    };
    const socket = new Duplex({
      read: () => undefined,
      write: (bytes, _encoding, done) => given(bytes, done),
      writev: (chunks, done) => given(Buffer.concat(chunks.map(({ chunk }) => chunk)), done),
      final: (done) => {
        ended = true;
        done();
      },
    });
    const outflow = new Outflow({ socket, line, onDrained: () => drained++ });
    const take = async () => {
      const done = taken;
      taken = undefined;
      done?.();
      await clock.rest();
    };
    return { socket, outflow, writes, take, ended: () => ended, drained: () => drained };
  };
  return { clock, person };
}

/** No slice of it is like another. */
const document = (megabytes: number) =>
  Buffer.alloc(megabytes * MiB, Buffer.from(Array.from({ length: 251 }, (_, i) => i)));
const sizes = (writes: readonly Buffer[]) => writes.map(({ length }) => length / MiB);

describe('[JOIN-11] a document that leaves', () => {
  it('is one write, when it is small', () => {
    const { outflow, writes, drained } = crowd().person();
    outflow.send([Buffer.of(1), Buffer.alloc(LIMITS.turnBytes - 2), Buffer.of(2)]);
    expect(sizes(writes)).toEqual([LIMITS.turnBytes / MiB]);
    expect(drained()).toBe(0);
  });

  it('goes in slices, each when the one before is taken, and arrives as it was', async () => {
    const { clock, person } = crowd();
    const { outflow, writes, take, drained } = person();
    const whole = document(3.5);
    outflow.send([whole.subarray(0, 10), whole.subarray(10, 2 * MiB), whole.subarray(2 * MiB)]);
    for (let i = 1; i <= 4; i++) {
      expect(writes).toHaveLength(i);
      expect(outflow.queued).toBe(3.5 * MiB - (i - 1) * MiB);
      expect(drained()).toBe(0);
      await clock.end();
      expect(writes).toHaveLength(i);
      await take();
      await clock.end();
    }
    expect(sizes(writes)).toEqual([1, 1, 1, 0.5]);
    expect(Buffer.concat(writes).equals(whole)).toBe(true);
    expect([outflow.queued, drained()]).toEqual([0, 1]);
  });

  it('stands in the line of all for each slice', async () => {
    const { clock, person } = crowd();
    const people = Array.from({ length: 3 }, person);
    for (const { outflow } of people) outflow.send([document(2)]);
    await clock.end();
    for (const { take } of people) await take();
    const counts: number[][] = [];
    for (let turn = 0; turn < 3; turn++) {
      counts.push(people.map(({ writes }) => writes.length));
      await clock.end();
    }
    expect(counts).toEqual([
      [2, 1, 1],
      [2, 2, 1],
      [2, 2, 2],
    ]);
  });

  it('is followed by what is written meanwhile, whoever writes it, and that by the rest', async () => {
    const { clock, person } = crowd();
    const { socket, outflow, writes, take } = person();
    outflow.send([document(2)]);
    socket.write(Buffer.of(1)); // as an edit, or a pong of `ws`
    let told = false;
    socket.write(Buffer.of(2), () => {
      told = true;
    });
    outflow.send([Buffer.of(3)]);
    expect(outflow.queued).toBe(2 * MiB + 3);
    for (let i = 0; i < 3; i++) {
      expect(told).toBe(false);
      await take();
      await clock.end();
    }
    expect(Buffer.concat(writes).subarray(2 * MiB)).toEqual(Buffer.of(1, 2, 3));
    expect(told).toBe(true);
    socket.write(Buffer.of(4));
    expect(writes.at(-1)).toEqual(Buffer.of(4));
  });

  it('tells that all is taken, also when the last slice is small', async () => {
    const { clock, person } = crowd();
    const { outflow, take, drained } = person();
    outflow.send([document(1), Buffer.of(1)]);
    for (let i = 0; i < 2; i++) {
      await take();
      await clock.end();
    }
    expect(drained()).toBe(1);
  });

  it('leaves whole when the connection is ended', async () => {
    const { clock, person } = crowd();
    const { socket, outflow, writes, take, ended } = person();
    const whole = document(4);
    outflow.send([whole]);
    socket.end(Buffer.of(9));
    for (let i = 0; i < 4; i++) {
      await take();
      await clock.end();
    }
    expect(Buffer.concat(writes).equals(Buffer.concat([whole, Buffer.of(9)]))).toBe(true);
    expect(ended()).toBe(true);
  });

  it('is forgotten when the socket is gone, with its place in the line', async () => {
    const { clock, person } = crowd();
    const { socket, outflow, writes, take } = person();
    outflow.send([document(4)]);
    socket.destroy();
    await take();
    for (let turn = 0; turn < 3; turn++) await clock.end();
    expect(outflow.queued).toBeLessThanOrEqual(MiB); // what the socket itself holds
    expect(writes).toHaveLength(1);
    expect(clock.tasks).toBe(0);
    outflow.send([document(4)]);
    expect(writes).toHaveLength(1);
  });
});
