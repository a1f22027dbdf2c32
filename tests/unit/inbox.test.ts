import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { systemClock } from '../../server/clock.ts';
import { readAhead } from '../../server/frames/inbox.ts';
import { LargeFrame } from '../../server/frames/large-frame.ts';
import { LIMITS } from '../../server/limits.ts';
import { Line } from '../../server/line.ts';
import { socketWire } from '../../server/sockets/socket-wire.ts';
import { Turn } from '../../server/turn.ts';
import { Random } from '../support/random.ts';

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] as const;

/** A frame as a client writes it. `first`: bits beside the opcode of its first byte. */
function frameOf(random: Random, opcode: number, payload: Uint8Array, { first = 0x80, masked = true } = {}): Buffer {
  const { length } = payload;
  const size = length < 126 ? [length] : length < 65_536 ? [126, length >>> 8, length & 255] : undefined;
  const long = Buffer.alloc(9, 127);
  long.writeBigUInt64BE(BigInt(length), 1);
  const head = Buffer.from(size ?? long);
  head[0] = (head[0] as number) | (masked ? 0x80 : 0);
  const mask = masked ? random.bytes(4) : new Uint8Array(0);
  const body = masked ? payload.map((byte, i) => byte ^ (mask[i & 3] as number)) : payload;
  return Buffer.concat([Uint8Array.of(first | opcode), head, mask, body]);
}

/** What a server hears of `chunks`: of `ws` alone, or with the small frames read before it. */
async function heard(chunks: readonly Buffer[], ahead: boolean): Promise<{ events: unknown[]; taken: number }> {
  const events: unknown[] = [];
  let taken = 0;
  const socket = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
  const webSocket = serverSide(socket);
  for (const name of ['message', 'ping', 'pong'])
    webSocket.on(name, (data: unknown, more: unknown) => events.push([name, textOf(data), more]));
  webSocket.on('error', (error: { code?: string }) => events.push(['error', error.code]));
  if (ahead) {
    const take = (message: Buffer) => {
      taken++;
      events.push(['message', textOf(message), true]);
    };
    expect(readAhead({ webSocket, socket, take, later: atOnce, rest: never })).toBe(true);
  }
  await setImmediate(); // it begins to read
  for (const chunk of chunks) {
    if (chunk.length > 0) socket.push(Buffer.from(chunk)); // its own: frames are unmasked in place
    if (chunk.length % 2 === 1) await setImmediate();
  }
  await setImmediate();
  events.push(webSocket.readyState === ws.WebSocket.OPEN ? 'open' : 'closing');
  webSocket.terminate();
  return { events, taken };
}

/** For who is not to wait. */
const atOnce = (goOn: () => void) => goOn();
const never = () => undefined;

/** As the handshake of `ws` makes it, which its types do not know. */
function serverSide(socket: Duplex): ws.WebSocket {
  const options = { maxPayload: LIMITS.frameBytes, allowSynchronousEvents: true };
  const make = ws.WebSocket as unknown as new (
    ...values: unknown[]
  ) => ws.WebSocket & {
    setSocket(...values: unknown[]): void;
  };
  const webSocket = new make(null, undefined, options);
  webSocket.setSocket(socket, Buffer.alloc(0), options);
  return webSocket;
}

const textOf = (data: unknown) => (Buffer.isBuffer(data) ? data.toString('hex') : data);

/** As the network may deliver them: each alone, some together, or cut anywhere. */
function chunksOf(random: Random, frames: readonly Buffer[]): Buffer[] {
  const chunks: Buffer[] = [];
  let rest = Buffer.alloc(0);
  for (const frame of frames) {
    rest = Buffer.concat([rest, frame]);
    const way = random.next();
    if (way < 0.3) continue;
    const end = way < 0.8 ? rest.length : random.between(1, rest.length);
    chunks.push(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  return [...chunks, rest];
}

/** Mostly what people type; also all else that a client may say, right or wrong. */
function conversation(random: Random): Buffer[] {
  const frames: Buffer[] = [];
  const small = () => random.bytes(random.between(0, 300));
  for (let left = 30; left > 0; left--) {
    const kind = random.between(0, 40);
    if (kind === 0) frames.push(frameOf(random, random.pick([PING, PONG]), random.bytes(random.between(0, 125))));
    else if (kind === 1) frames.push(frameOf(random, TEXT, new TextEncoder().encode('hello')));
    else if (kind === 2) frames.push(frameOf(random, BINARY, random.bytes(random.pick([65_535, 65_536, 70_000]))));
    else if (kind === 3) {
      frames.push(frameOf(random, BINARY, small(), { first: 0 }), frameOf(random, CONTINUATION, small(), { first: 0 }));
      if (random.next() < 0.5) frames.push(frameOf(random, PING, small().subarray(0, 100)));
      if (random.next() < 0.8) frames.push(frameOf(random, CONTINUATION, small()));
    } else if (kind === 4 && random.next() < 0.2) frames.push(frameOf(random, CLOSE, Uint8Array.of(3, 232)));
    else if (kind === 5 && random.next() < 0.2) frames.push(frameOf(random, BINARY, small(), { masked: false }));
    else if (kind === 6 && random.next() < 0.2) frames.push(frameOf(random, random.between(3, 7), small()));
    else if (kind === 7 && random.next() < 0.2) frames.push(frameOf(random, BINARY, small(), { first: 0x90 }));
    else frames.push(frameOf(random, BINARY, small()));
  }
  return frames;
}

describe('what is read before ws', () => {
  it('is heard as ws would have read it, whatever is said and however it is cut', async () => {
    let taken = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const random = new Random(seed);
      const chunks = chunksOf(random, conversation(random));
      const ours = await heard(chunks, true);
      expect({ seed, events: ours.events }).toEqual({ seed, events: (await heard(chunks, false)).events });
      taken += ours.taken;
    }
    expect(taken).toBeGreaterThan(500);
  });

  it('is each frame that comes whole, also several of them', async () => {
    const random = new Random(1);
    const [a, b] = [frameOf(random, BINARY, random.bytes(10)), frameOf(random, BINARY, random.bytes(200))];
    expect((await heard([a, b, Buffer.concat([a, b])], true)).taken).toBe(4);
  });

  it('is nothing while ws holds the first byte of a frame', async () => {
    const frame = Buffer.from([0x82, 0x82, 0x81, 0, 0, 0, 0x81, 7]); // its second byte looks like the start of another
    const { events, taken } = await heard([frame.subarray(0, 1), frame.subarray(1)], true);
    expect(events).toEqual([['message', '0007', true], 'open']);
    expect(taken).toBe(0);
  });

  it('is nothing after a mistake', async () => {
    const random = new Random(1);
    const { taken } = await heard([Buffer.from([0x92, 0]), frameOf(random, BINARY, random.bytes(10))], true);
    expect(taken).toBe(0);
  });

  it('is nothing while the socket is paused: it comes in its turn when it reads on', async () => {
    const random = new Random(1);
    const socket = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
    const webSocket = serverSide(socket);
    const events: unknown[] = [];
    webSocket.on('message', (data) => events.push(textOf(data)));
    const take = (message: Buffer) => {
      events.push(textOf(message));
      if (message[0] === 1) webSocket.pause();
    };
    readAhead({ webSocket, socket, take, later: atOnce, rest: never });
    await setImmediate();
    for (const number of [1, 2, 3]) socket.push(frameOf(random, BINARY, Uint8Array.of(number)));
    await setImmediate();
    expect(events).toEqual(['01']);
    webSocket.resume();
    socket.push(frameOf(random, BINARY, Uint8Array.of(4)));
    await setImmediate();
    expect(events).toEqual(['01', '02', '03', '04']);
  });

  describe('[NET-23] is a large frame, put together as it comes', () => {
    /** A socket, what was heard on it so far, and what `ws` was given of it. */
    async function opened(take: (message: Buffer, webSocket: ws.WebSocket) => void = () => undefined) {
      const socket = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
      const webSocket = serverSide(socket);
      const heard: Buffer[] = [];
      let given = 0;
      const rests: (() => void)[] = [];
      const hear = (message: Buffer) => {
        heard.push(message);
        take(message, webSocket);
      };
      readAhead({ webSocket, socket, take: hear, later: (goOn) => rests.push(goOn), rest: never });
      socket.on('data', (bytes: Buffer) => {
        given += bytes.length;
      });
      await setImmediate();
      return { socket, webSocket, heard, rests, given: () => given };
    }
    const large = (random: Random, length: number) => {
      const payload = random.bytes(length);
      return { payload: Buffer.from(payload), frame: frameOf(random, BINARY, payload) };
    };

    it.each([65_536, 65_537, 100_003, 1_000_000])(
      'of %i bytes, however it is cut, and what follows it',
      async (length) => {
        const random = new Random(length);
        const { socket, heard, given } = await opened();
        const { payload, frame } = large(random, length);
        const first = Buffer.concat([frame, frameOf(random, BINARY, Uint8Array.of(7)), frame.subarray(0, 20)]);
        const cut = (bytes: Buffer, bodyEnd: number) => {
          let at = 0;
          for (let end = 20; end < bodyEnd; end += random.between(1, 65_536)) {
            socket.push(Buffer.from(bytes.subarray(at, end)));
            at = end;
          }
          socket.push(Buffer.from(bytes.subarray(at)));
        };
        cut(first, frame.length); // the headers behind it come with its end: else they are for `ws`
        cut(frame.subarray(20), frame.length - 20);
        await setImmediate();
        expect(heard.map((message) => message.length)).toEqual([length, 1, length]);
        expect(heard[0]?.equals(payload) && heard[2]?.equals(payload)).toBe(true);
        expect(given()).toBe(0);
      },
    );

    it('also while the socket is paused: it has its place in memory; what follows waits', async () => {
      const random = new Random(1);
      const { socket, webSocket, heard } = await opened();
      const { payload, frame } = large(random, 70_000);
      socket.push(Buffer.from(frame.subarray(0, 100)));
      webSocket.pause();
      socket.push(Buffer.concat([frame.subarray(100), frameOf(random, BINARY, Uint8Array.of(7))]));
      await setImmediate();
      expect(heard).toEqual([payload]);
      const messages: Buffer[] = [];
      webSocket.on('message', (message: Buffer) => messages.push(message));
      webSocket.resume();
      await setImmediate();
      expect(messages).toEqual([Buffer.of(7)]);
    });

    it('and is nobody’s when the connection ends meanwhile', async () => {
      const random = new Random(1);
      const { socket, webSocket, heard, given } = await opened();
      const { frame } = large(random, 70_000);
      const mistakes: unknown[] = [];
      webSocket.on('error', (error) => mistakes.push(error));
      socket.push(Buffer.from(frame.subarray(0, 100)));
      webSocket.close(4400);
      const goodbye = frameOf(random, CLOSE, Uint8Array.of(17, 48));
      socket.push(Buffer.concat([frame.subarray(100), goodbye]));
      await setImmediate();
      expect(heard).toEqual([]);
      expect(mistakes).toEqual([]);
      expect(given()).toBe(goodbye.length);
    });

    it('and ends its connection in more pieces than anybody’s network makes', async () => {
      const { socket, heard } = await opened();
      const { frame } = large(new Random(1), 70_000);
      for (let at = 0; at < 14 + LIMITS.pieces && !socket.destroyed; at++) {
        socket.push(Buffer.from(at === 0 ? frame.subarray(0, 15) : frame.subarray(14 + at, 15 + at)));
        expect(socket.destroyed).toBe(at >= LIMITS.pieces);
      }
      expect(socket.destroyed).toBe(true);
      expect(heard).toEqual([]);
    });

    it('[NET-20] of which 256 KiB are read, and no more before the others had their turn', async () => {
      let reads = 0;
      const random = new Random(1);
      const { socket, heard, rests } = await opened();
      socket._read = () => reads++;
      const { payload, frame } = large(random, 600_000);
      const turns: number[] = [];
      let read = 0;
      for (let at = 0; at < frame.length; at += 65_536) {
        const chunk = Buffer.from(frame.subarray(at, at + 65_536));
        read += chunk.length;
        if (socket.push(chunk)) continue; // else whoever pushes stops to read
        turns.push(read);
        expect(rests).toHaveLength(turns.length);
        rests.at(-1)?.();
        expect(reads).toBe(turns.length);
      }
      expect(turns).toEqual([LIMITS.largeBytesPerTurn, 2 * LIMITS.largeBytesPerTurn]);
      expect(heard.map((message) => message.equals(payload))).toEqual([true]);
    });

    it('[NET-20] and no more than that of what comes after a mistake, which nobody reads', async () => {
      const socket = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
      const webSocket = serverSide(socket);
      webSocket.on('error', () => undefined);
      let rests = 0;
      readAhead({ webSocket, socket, take: () => expect.unreachable(), later: () => rests++, rest: never });
      await setImmediate();
      socket.push(Buffer.from([0x92, 0]));
      await setImmediate();
      const reads = Array.from({ length: 8 }, () => socket.push(Buffer.alloc(65_536)));
      expect(reads).toEqual([true, true, true, false, true, true, true, false]);
      expect(rests).toBe(2);
      expect(socket.readableLength).toBe(0);
    });

    it('[NET-20] and of fragments, which ws reads, no more than that either', async () => {
      const random = new Random(1);
      const socket = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
      const webSocket = serverSide(socket);
      const heard: Buffer[] = [];
      webSocket.on('message', (message: Buffer) => heard.push(message));
      const turn = new Turn({ ...systemClock, now: () => 0 });
      const wire = socketWire({
        webSocket,
        socket,
        turn,
        line: new Line(systemClock),
        onClosing: never,
        onDrained: never,
      });
      readAhead({ webSocket, socket, take: never, later: (goOn) => turn.rest(goOn), rest: () => wire.rest() });
      await setImmediate();
      const payload = random.bytes(600_000);
      const parts = [payload.subarray(0, 200_000), payload.subarray(200_000, 400_000), payload.subarray(400_000)];
      const bytes = Buffer.concat([
        frameOf(random, BINARY, parts[0] as Uint8Array, { first: 0 }),
        frameOf(random, CONTINUATION, parts[1] as Uint8Array, { first: 0 }),
        frameOf(random, CONTINUATION, parts[2] as Uint8Array),
      ]);
      const reads: number[] = [];
      let at = 0;
      while (at < bytes.length) {
        let read = 0;
        for (let more = true; more && at < bytes.length; at += 65_536) {
          more = socket.push(Buffer.from(bytes.subarray(at, at + 65_536)));
          read += 65_536;
        }
        reads.push(read);
        await setImmediate();
        await setImmediate();
      }
      expect(Math.max(...reads)).toBeLessThanOrEqual(LIMITS.largeBytesPerTurn + 2 * 65_536); // and what its stream holds
      expect(heard.map((message) => message.equals(Buffer.from(payload)))).toEqual([true]);
    });

    it('and takes no memory for what it only claims', () => {
      const before = process.memoryUsage().arrayBuffers;
      const frame = new LargeFrame(LIMITS.frameBytes, Uint8Array.of(1, 2, 3, 4));
      const piece = Buffer.alloc(LIMITS.frameBytes / 8 - 1);
      frame.add(piece, 0);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * piece.length);
      frame.add(Buffer.alloc(1), 0);
      expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(LIMITS.frameBytes);
    });
  });

  it('[NET-6] is a sign of life, every part of it: a large frame may take longer than anybody may be silent', async () => {
    const random = new Random(1);
    const socket = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
    let signs = 0;
    readAhead({
      webSocket: serverSide(socket),
      socket,
      take: () => undefined,
      heard: () => signs++,
      later: atOnce,
      rest: never,
    });
    await setImmediate();
    const large = frameOf(random, BINARY, random.bytes(70_000));
    const fragment = frameOf(random, BINARY, random.bytes(70_000), { first: 0 }); // as browsers send what is large
    for (const chunk of [large, fragment].flatMap((frame) => [
      frame.subarray(0, 100),
      frame.subarray(100, 200),
      frame.subarray(200),
    ]))
      socket.push(Buffer.from(chunk));
    expect(signs).toBe(6);
  });

  it('is nothing where ws is not as it is known', () => {
    const unknown = [{}, { _receiver: {} }] as unknown as ws.WebSocket[];
    for (const webSocket of unknown) {
      expect(readAhead({ webSocket, socket: new Duplex(), take: () => undefined, later: atOnce, rest: never })).toBe(
        false,
      );
    }
  });
});
