import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { Peer, yWebsocketFrame } from '../support/peer.ts';
import { clientFrame, upgradeRequest } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// A thousand people lose their connections at the same moment, and come back at the same moment.

const PEOPLE = 1_000;
const MiB = 1024 * 1024;
const BINARY = 2;
/** Milliseconds of processor time of the main thread. It takes 700; the rest of the 5 s that they may wait (docs/PERFORMANCE.md) is for a slower machine, and for theirs. */
const MOST_CPU_MS = 2_500;
/** Milliseconds after which they are given up, on whatever machine. */
const PATIENCE_MS = 40_000;
/** Edits of the last seconds before the break: each of the thousand has read some of them. */
const LATE_EDITS = 50;

let server: ServerProcess;
const doc = new Y.Doc();
/** What somebody has who had read so many of the last edits. */
const vectors: Uint8Array[] = [];

beforeAll(async () => {
  server = await ServerProcess.launch();
  const author = await Peer.join({ sync: server.sync, document: 'crowded', voice: 'hocuspocus', forgetful: true });
  doc.on('update', (update: Uint8Array) => author.sendUpdate(update));
  doc.getText('text').insert(0, 'x'.repeat(2 * MiB));
  for (let i = 0; i < LATE_EDITS; i++) {
    vectors.push(Y.encodeStateVector(doc));
    doc.getText('text').insert(i, 'late');
  }
  await until('it to be on disk', () => author.acknowledged === LATE_EDITS + 1);
  await author.close();
});
afterAll(() => server.close());

/** Opens a socket, says what `stateVector` it has, and takes what comes until the step2 is there. */
class Returning {
  readonly #socket: Socket;
  /** What came and was not looked at yet; undefined once the step2 is there. */
  #unread: Buffer | undefined = Buffer.alloc(0);
  /** The message with the step2. */
  contents: Uint8Array | undefined;
  hasFailed = false;

  constructor(stateVector: Uint8Array) {
    this.#socket = connect(server.port, '127.0.0.1');
    this.#socket.write(upgradeRequest(server.port, '/sync/crowded'));
    this.#socket.write(clientFrame({ opcode: BINARY, payload: yWebsocketFrame({ type: 'step1', stateVector }) }));
    this.#socket.on('data', (data) => this.#read(data));
    const fail = () => {
      this.hasFailed ||= !this.isSynced;
    };
    this.#socket.on('error', fail);
    this.#socket.on('close', fail);
  }

  get isSynced(): boolean {
    return this.contents !== undefined;
  }

  #read(data: Buffer): void {
    if (!this.#unread) return;
    let all = Buffer.concat([this.#unread, data]);
    const head = all.indexOf('\r\n\r\n');
    if (all[0] === 'H'.charCodeAt(0) && head >= 0) all = all.subarray(head + 4);
    let at = 0;
    while (at + 10 <= all.length) {
      const short = all.readUInt8(at + 1);
      const body = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
      const length =
        short < 126 ? short : short === 126 ? all.readUInt16BE(at + 2) : Number(all.readBigUInt64BE(at + 2));
      if (body + length > all.length) break;
      if (all[body] === 0 && all[body + 1] === 1) {
        this.contents = all.subarray(body, body + length);
        this.#unread = undefined;
        return;
      }
      at = body + length;
    }
    this.#unread = all.subarray(at);
  }

  close(): void {
    this.#socket.destroy();
  }
}

it('[JOIN-7] a thousand who return at once, each having read some of the last fifty edits, are all brought up to date, and nobody is refused', async () => {
  const before = server.cpuMs();
  const crowd = Array.from({ length: PEOPLE }, (_, i) => new Returning(vectorOf(i)));
  await until('all to be there', () => crowd.every(({ isSynced, hasFailed }) => isSynced || hasFailed), PATIENCE_MS);
  expect(crowd.filter(({ hasFailed }) => hasFailed)).toEqual([]);
  // However busy the machine is: what it costs the one thread that all of them wait for, and how many differences were made: 1 to 7, for people in fifty states.
  expect(server.cpuMs() - before).toBeLessThan(MOST_CPU_MS);
  const answers = new Set(crowd.map(({ contents }) => Buffer.from(contents as Uint8Array).toString('base64')));
  expect(answers.size).toBeLessThan(LATE_EDITS / 2);
  for (const [i, one] of crowd.entries()) {
    expect(one.contents?.length).toBeLessThan(64 * 1024); // not the document
    const { structs } = Y.decodeUpdate((one.contents as Uint8Array).subarray(contentsAt(one.contents as Uint8Array)));
    const known = Y.decodeStateVector(vectorOf(i)).get(doc.clientID);
    expect(structs[0]?.id.clock).toBeLessThanOrEqual(known as number); // from what it has on, or before
    const last = structs.at(-1);
    expect((last?.id.clock ?? 0) + (last?.length ?? 0)).toBe(Y.getState(doc.store, doc.clientID));
  }
  for (const one of crowd) one.close();
}, 60_000);

/** What the i-th has who returns: those who have read most come first, so that no difference is right for all who follow. */
function vectorOf(i: number): Uint8Array {
  return vectors[LATE_EDITS - 1 - (i % LATE_EDITS)] as Uint8Array;
}

/** Where the update begins in a step2: after two bytes of type and its length. */
function contentsAt(message: Uint8Array): number {
  let at = 2;
  while ((message[at++] as number) >= 0x80);
  return at;
}
