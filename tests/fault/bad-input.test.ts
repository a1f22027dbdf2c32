import * as encoding from 'lib0/encoding';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR, encode } from '../../lib/protocol/bytes.ts';
import { REFUSALS } from '../../lib/protocol/errors.ts';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import type { ClientMessage } from '../../lib/protocol/messages.ts';
import * as yWebsocket from '../../lib/protocol/y-websocket.ts';
import { LIMITS } from '../../server/limits.ts';
import { KINDS, type Kind, participate } from '../support/clients.ts';
import { Peer, type Voice } from '../support/peer.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { clientFrame, type FrameOptions, RawSocket, upgradeRequest } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { Witnesses } from '../support/witness.ts';

// Whatever arrives: the one who sent it is refused with a code, two people in the same room and two in another go on writing, and the
// process lives, no bigger than before.

const ATTACKED = 'attacked';
const MiB = 1024 * 1024;
/** What a process may have grown by when all of this is over. */
const GROWTH = 32 * MiB;

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;

let server: ServerProcess;
let witnesses: Witnesses[];
let baseline: number;
/** Connections that are slow on purpose: opened first, looked at last. */
let slow: { headers: RawSocket; body: RawSocket; silent: RawSocket; tokenless: Peer };

beforeAll(async () => {
  server = await ServerProcess.launch();
  witnesses = [new Witnesses(server, ATTACKED), new Witnesses(server, 'neighbour')];
  for (const pair of witnesses) await pair.pulse();
  await warmUp();
  baseline = server.residentBytes();
  const headers = await RawSocket.connect(server.port);
  headers.write('GET /sync HTTP/1.1\r\n');
  const body = await RawSocket.connect(server.port);
  body.write(
    `POST /api/documents HTTP/1.1\r\nHost: localhost:${server.port}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  );
  const silent = await RawSocket.upgrade(server.port, '/sync');
  const tokenless = await open('hocuspocus', 'without a token');
  tokenless.send({ type: 'queryAwareness' });
  slow = { headers, body, silent, tokenless };
});
afterEach(async () => {
  expect(server.running).toBe(true);
  for (const pair of witnesses) await pair.pulse();
});
afterAll(async () => {
  for (const pair of witnesses) pair.leave();
  await server.close();
});

const open = (voice: Voice, document = ATTACKED) => Peer.open({ sync: server.sync, document, voice });
const join = (voice: Voice, document = ATTACKED) => Peer.join({ sync: server.sync, document, voice });

/** A process that has just started grows by what its engine compiles and keeps at hand, whoever talks to it. */
async function warmUp(): Promise<void> {
  for (let i = 0; i < 1_000; i++) await answerTo('hocuspocus', Uint8Array.of(i & 0xff));
  for (let i = 0; i < 3; i++) {
    const peer = await join('hocuspocus');
    peer.sendFrame(new Uint8Array(9 * MiB));
    await peer.untilEnded();
  }
}

/** Resolves when the server has read all that `peer` has sent, or has ended the connection: frames are taken in order. */
async function answered(peer: Peer): Promise<void> {
  const heard = peer.heard.length;
  peer.send({ type: 'step1', stateVector: EMPTY_STATE_VECTOR });
  await until('an answer', () => peer.ended ?? peer.heard.slice(heard).find(({ type }) => type === 'step2'));
}

/** How the server answers one who has joined and then sends this: a close code, or undefined when it goes on listening. */
async function answerTo(voice: Voice, frame: Uint8Array): Promise<number | undefined> {
  const peer = await join(voice);
  peer.sendFrame(frame);
  await answered(peer);
  const code = peer.ended?.code;
  await peer.close();
  return code;
}

/** What a real client says in a short session: every kind of message that it knows. */
async function framesOf(kind: Kind): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  const client = participate(kind, server, 'captured', {
    name: '王小明',
    tap: {
      outbound: (frame, pass) => {
        frames.push(frame.slice());
        pass();
      },
    },
  });
  await until(`${kind} to be synced`, () => client.synced());
  const text = client.doc.getText('text');
  text.insert(0, 'some wörds 🙂');
  text.delete(2, 3);
  client.doc.getMap('map').set('key', { deep: [1, 'two', null, true] });
  client.doc.getXmlFragment('content').insert(0, [new Y.XmlElement('paragraph')]);
  await until('all of it to be sent', () => frames.length > 6);
  client.leave();
  return frames;
}

/** Whether the dialect can read it at all. */
function decodes(kind: Kind, frame: Uint8Array): boolean {
  try {
    if (kind === 'y-websocket') yWebsocket.decodeClientFrame(frame);
    else hocuspocus.decodeClientFrame(frame);
    return true;
  } catch {
    return false; // what is wrong with it is the unit tests' business
  }
}

describe('frames', () => {
  it.each(KINDS)('[NET-2] every truncation of every frame of %s', async (kind) => {
    let refused = 0;
    for (const frame of await framesOf(kind)) {
      for (let length = 0; length < frame.length; length++) {
        const part = frame.subarray(0, length);
        const code = await answerTo(kind, part);
        if (decodes(kind, part)) {
          expect([undefined, 4400, 4404], `${Buffer.from(part).toString('hex')}`).toContain(code);
        } else {
          expect(code, `${Buffer.from(part).toString('hex')}`).toBe(4400);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it.each(KINDS)('[NET-2] flipped bits in the frames of %s', async (kind) => {
    const seed = seedOfRun();
    const random = new Random(seed);
    const frames = await framesOf(kind);
    const codes = new Map<number | undefined, number>();
    for (let i = 0; i < 300; i++) {
      const frame = random.pick(frames).slice();
      const bit = random.between(0, frame.length * 8 - 1);
      frame[bit >> 3] = (frame[bit >> 3] as number) ^ (1 << (bit & 7));
      const code = await answerTo(kind, frame);
      // It may make sense, be nonsense, name another document, or be too much of something; it is never a fault of the server's.
      expect([undefined, 4400, 4404, 1009], `SEED=${seed}: ${Buffer.from(frame).toString('hex')}`).toContain(code);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect(codes.get(4400)).toBeGreaterThan(50);
    const found = await join('y-websocket');
    expect(found.doc.store.pendingStructs).toBeNull();
    await found.close();
  });

  it.each(KINDS)('[NET-2] garbage instead of what %s says', async (kind) => {
    const seed = seedOfRun();
    const random = new Random(seed);
    for (let i = 0; i < 200; i++) {
      const frame = random.bytes(random.between(0, 300));
      const code = await answerTo(kind, frame);
      expect(decodes(kind, frame) ? [undefined, 4400, 4404] : [4400], `SEED=${seed}: ${i}`).toContain(code);
    }
  });

  it.each(KINDS)('[NET-1] a text frame of %s', async (kind) => {
    const peer = await join(kind);
    peer.sendFrame('hello');
    expect(await peer.untilEnded()).toBe(1003);
  });

  it.each(KINDS)('[NET-3] a frame of 9 MiB of %s', async (kind) => {
    const peer = await join(kind);
    peer.sendFrame(new Uint8Array(9 * MiB));
    expect(await peer.untilEnded()).toBe(1009);
  });
});

describe('WebSocket frames that RFC 6455 forbids', () => {
  const malformed: [string, FrameOptions, number][] = [
    ['a reserved opcode', { opcode: 3 }, 1002],
    ['a reserved control opcode', { opcode: 11 }, 1002],
    ['a reserved bit', { opcode: BINARY, reserved: 1 }, 1002],
    ['the bit of a compression that was not agreed on', { opcode: BINARY, reserved: 4 }, 1002],
    ['no mask', { opcode: BINARY, masked: false, payload: Uint8Array.of(3) }, 1002],
    ['a ping of 126 bytes', { opcode: PING, payload: new Uint8Array(126) }, 1002],
    ['a fragmented ping', { opcode: PING, fin: false }, 1002],
    ['a continuation of nothing', { opcode: CONTINUATION }, 1002],
    ['a length of 2^53', { opcode: BINARY, claims: 2 ** 53 }, 1009],
    ['a length of 2^32', { opcode: BINARY, claims: 2 ** 32 }, 1009],
    ['a close with one byte', { opcode: CLOSE, payload: Uint8Array.of(3) }, 1002],
    [
      'a close with a code that nobody may send',
      { opcode: CLOSE, payload: Uint8Array.of(1005 >>> 8, 1005 & 0xff) },
      1002,
    ],
    ['a close whose reason is not UTF-8', { opcode: CLOSE, payload: Uint8Array.of(3, 232, 0xff) }, 1007],
    ['text that is not UTF-8', { opcode: TEXT, payload: Uint8Array.of(0xc3) }, 1007],
  ];

  it.each(malformed)('[NET-4] %s', async (_, frame, code) => {
    for (const path of ['/sync', `/sync/${ATTACKED}`]) {
      const raw = await RawSocket.upgrade(server.port, path);
      raw.send(frame);
      expect(await raw.untilRefused()).toBe(code);
    }
  });

  it('[NET-4] a message in more fragments than anyone needs, and one in fragments of one byte that is fine', async () => {
    const endless = await RawSocket.upgrade(server.port, `/sync/${ATTACKED}`);
    endless.send({ opcode: BINARY, fin: false, payload: Uint8Array.of(0) });
    const fragment = clientFrame({ opcode: CONTINUATION, fin: false, payload: Uint8Array.of(0) });
    for (let i = 0; i < 20; i++) endless.write(Buffer.concat(Array.from({ length: 1_000 }, () => fragment)));
    expect(await endless.untilRefused()).toBe(1008);

    const document = 'in fragments';
    const patient = await RawSocket.upgrade(server.port, `/sync/${encodeURIComponent(document)}`);
    const doc = new Y.Doc();
    doc.getText('text').insert(0, 'byte by byte');
    const message = yWebsocket.encodeServerFrame({ type: 'update', update: Y.encodeStateAsUpdate(doc) }) as Uint8Array;
    for (const [at, byte] of message.entries()) {
      const [opcode, fin] = [at === 0 ? BINARY : CONTINUATION, at === message.length - 1];
      for (const single of clientFrame({ opcode, fin, payload: Uint8Array.of(byte) }))
        patient.write(Uint8Array.of(single));
    }
    const reader = await join('hocuspocus', document);
    await until('it to be read', () => reader.doc.getText('text').toString() === 'byte by byte');
    await Promise.all([patient.close(), reader.close()]);
  });

  it('[NET-4] connections that end in the middle of a frame, of a header, of a handshake, of a request', async () => {
    const half = clientFrame({ opcode: BINARY, payload: new Uint8Array(1_000), claims: 100_000 });
    const endings: ((raw: RawSocket) => unknown)[] = [(raw) => raw.reset(), (raw) => raw.close()];
    for (let i = 0; i < 20; i++) {
      for (const end of endings) {
        const inFrame = await RawSocket.upgrade(server.port, i % 2 ? '/sync' : `/sync/${ATTACKED}`);
        inFrame.write(half);
        const inHeader = await RawSocket.upgrade(server.port, '/sync');
        inHeader.write(half.subarray(0, 5));
        const inRequest = await RawSocket.connect(server.port);
        inRequest.write(upgradeRequest(server.port, '/sync').slice(0, 40));
        const inHandshake = await RawSocket.connect(server.port);
        inHandshake.write(upgradeRequest(server.port, `/sync/${ATTACKED}`));
        const all = [inFrame, inHeader, inRequest, inHandshake];
        for (const raw of all) end(raw);
        for (const raw of all) await raw.untilEnded();
      }
    }
  });

  it('[NET-4] requests that are no HTTP', async () => {
    for (const bytes of [
      '\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'GET / HTTP/9.9\r\n\r\n',
      'x'.repeat(20_000),
    ]) {
      const raw = await RawSocket.connect(server.port);
      raw.write(bytes);
      if (bytes.trim() === '') await raw.close();
      else await raw.untilEnded();
    }
  });
});

describe('updates', () => {
  /** An update that builds on what only its author has. */
  function gap(): Uint8Array {
    const doc = new Y.Doc();
    doc.getText('text').insert(0, 'kept at home');
    const before = Y.encodeStateVector(doc);
    doc.getText('text').insert(4, 'sent');
    return Y.encodeStateAsUpdate(doc, before);
  }

  const undecodable: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['bytes after the end', Uint8Array.of(0, 0, 0)],
    ['2^25-1 structs in 16 bytes', Uint8Array.of(1, 0xff, 0xff, 0xff, 0x0f, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['2^25-1 deleted ranges', Uint8Array.of(0, 1, 5, 0xff, 0xff, 0xff, 0x0f, 0, 1)],
    ['the second format', Y.convertUpdateFormatV1ToV2(gap())],
  ];

  it.each(KINDS.flatMap((kind) => undecodable.map(([name, update]) => [kind, name, update] as const)))(
    '[ROOM-4] %s: %s',
    async (kind, _, update) => {
      const peer = await join(kind);
      peer.sendUpdate(update);
      expect(await peer.untilEnded()).toBe(4400);
    },
  );

  it('[SES-6] y-websocket: a gap is asked for, and after three answers that leave it the connection ends with 4509', async () => {
    const peer = await join('y-websocket');
    for (let answers = 1; answers <= 3; answers++) {
      await until('the server to ask', () => countOf(peer, 'step1') === answers); // the first time in its greeting
      peer.send({ type: 'update', update: gap(), answer: true });
    }
    await until('the server to ask', () => countOf(peer, 'step1') === 4);
    peer.send({ type: 'update', update: gap(), answer: true });
    expect(await peer.untilEnded()).toBe(4509);
  });

  it('[SES-6] hocuspocus: as y-websocket', async () => {
    const peer = await join('hocuspocus');
    for (let asked = 1; asked <= 4; asked++) {
      await until('the server to ask', () => countOf(peer, 'step1') === asked);
      peer.send({ type: 'update', update: gap(), answer: true });
    }
    expect(await peer.untilEnded()).toBe(4509);
    expect(peer.acknowledged).toBe(0);
  });

  it('[SES-4] hocuspocus: an update with a gap is acknowledged as soon as an answer has filled it', async () => {
    const peer = await join('hocuspocus');
    const doc = new Y.Doc();
    doc.getText('text').insert(0, 'one;');
    const before = Y.encodeStateVector(doc);
    doc.getText('text').insert(4, 'two;');
    peer.sendUpdate(Y.encodeStateAsUpdate(doc, before)); // waits for the answer to the question in the server's greeting
    await answered(peer);
    expect(countOf(peer, 'syncStatus')).toBe(0);
    peer.send({ type: 'update', update: Y.encodeStateAsUpdate(doc), answer: true });
    await until('both to be acknowledged', () => peer.acknowledged === 2);
    await peer.close();
  });

  it('[SES-6] inkroom: it is told which update was refused, and why', async () => {
    const peer = await join('inkroom');
    for (let round = 1; round <= 3; round++) peer.sendUpdate(gap());
    await until('three refusals', () => countOf(peer, 'refused') === 3);
    const refusals = peer.heard.filter((message) => message.type === 'refused');
    expect(refusals.map(({ number, code }) => [number, code])).toEqual([1, 2, 3].map((number) => [number, 'gap']));
    peer.sendUpdate(gap());
    expect(await peer.untilEnded()).toBe(4509);
  });

  it.each(KINDS)(
    '[JOIN-4] %s: a state vector that does not decode, for a document of which differences are made',
    async (kind) => {
      const document = 'large';
      const author = await join('hocuspocus', document);
      const doc = new Y.Doc();
      doc.getText('text').insert(0, 'x'.repeat(100_000));
      author.sendUpdate(Y.encodeStateAsUpdate(doc));
      await author.until('syncStatus');
      for (const stateVector of [
        Uint8Array.of(),
        Uint8Array.of(5),
        Uint8Array.of(1, 0xff),
        new Uint8Array(20).fill(0xff),
      ]) {
        const peer = await open(kind, document);
        peer.greet();
        peer.send({ type: 'step1', stateVector });
        expect(await peer.untilEnded()).toBe(4400);
      }
      await author.close();
    },
  );

  function countOf(peer: Peer, type: string): number {
    return peer.heard.filter((message) => message.type === type).length;
  }
});

describe('presence, names and numbers', () => {
  const presence = (...entries: [client: number, clock: number, state: string][]): ClientMessage => ({
    type: 'awareness',
    update: encode((encoder) => {
      encoding.writeVarUint(encoder, entries.length);
      for (const [client, clock, state] of entries) {
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarString(encoder, state);
      }
    }),
  });

  it.each<[string, ClientMessage, number]>([
    ['a second entry that is not JSON', presence([1, 1, '{}'], [2, 1, '{']), 4400],
    ['many entries claimed', { type: 'awareness', update: Uint8Array.of(0xff, 0xff, 0xff, 0x0f) }, 4400],
    ['200 KB of brackets', presence([1, 1, '['.repeat(200_000)]), 1009],
  ])('[PRES-3] presence with %s', async (_, message, code) => {
    for (const kind of KINDS) {
      const peer = await join(kind);
      peer.send(message);
      expect(await peer.untilEnded()).toBe(code);
    }
  });

  it.each(['', '../../etc/passwd', 'a/../b', 'a\nb', 'x'.repeat(201)])('a document called %j', async (document) => {
    const peer = await open('hocuspocus', document);
    peer.greet();
    expect(await peer.untilEnded()).toBe(REFUSALS['bad-name'].closeCode);
  });

  it('a 257th document on one connection', async () => {
    const peer = await open('hocuspocus');
    for (let i = 0; i <= 256; i++) {
      peer.sendFrame(hocuspocus.encodeClientFrame(`many ${i}`, { type: 'auth', token: '', version: '4.8.0' }));
    }
    expect(await peer.untilEnded()).toBe(REFUSALS['too-many-documents'].closeCode);
  });

  it('[SES-1] more than 64 KiB before a token', async () => {
    const peer = await open('hocuspocus');
    for (let i = 0; i < 5; i++) peer.send({ type: 'update', update: new Uint8Array(16 * 1024), answer: false });
    expect(await peer.untilEnded()).toBe(1009);
  });
});

describe('in the end', () => {
  it('[SES-3] [NET-7] who never shows a token, or never says anything, is gone', async () => {
    expect(await slow.tokenless.untilEnded()).toBe(4508);
    expect(await slow.silent.untilRefused()).toBe(4508);
  });

  it('[NET-4] who takes his time over the headers is gone', async () => {
    await slow.headers.untilEnded(2 * LIMITS.headersMs);
    expect(slow.headers.text).toMatch(/^HTTP\/1.1 408 /);
  });

  it('[API-19] who takes his time over a body is gone', async () => {
    await slow.body.untilEnded(LIMITS.bodyMs + 5_000);
    expect(slow.body.text).toMatch(/^HTTP\/1.1 408 /);
  });

  it('the process is not bigger than before', async () => {
    // Garbage is collected when there is reason to, and an idle document thread ends after half a minute.
    const look = async () => {
      for (const pair of witnesses) await pair.pulse();
      const growth = server.residentBytes() - baseline;
      return growth < GROWTH && growth;
    };
    const growth = await until('the memory to be given back', look, 60_000);
    console.info(`${Math.round(growth / MiB)} MiB more than before`);
    expect(server.errors).toBe('');
    expect(server.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });
});
