import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import * as yWebsocket from '../../lib/protocol/y-websocket.ts';
import { Peer } from '../support/peer.ts';
import { clientFrame, RawSocket } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { Witnesses } from '../support/witness.ts';

// Somebody who stops reading: falls behind alone, and cannot make the server keep for him more than one document and a bound.

const MiB = 1024 * 1024;
const BINARY = 2;
const DOCUMENT = 'of three megabytes';
const DOCUMENT_BYTES = 3 * MiB;
const QUESTIONS = 300;
/** A vector of somebody who knows nothing of the document, and is not empty: the answer is made for him alone. */
const STRANGER = Uint8Array.of(1, 77, 1);
/** The bound of 16 MiB, the document twice, what the kernel takes, a document thread. Answering every question takes 900 MiB. */
const GROWTH = 160 * MiB;

let server: ServerProcess;
let witnesses: Witnesses;

beforeAll(async () => {
  server = await ServerProcess.launch();
  witnesses = new Witnesses(server, 'neighbour');
  const author = await Peer.join({ sync: server.sync, document: DOCUMENT, voice: 'hocuspocus', forgetful: true });
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'x'.repeat(DOCUMENT_BYTES));
  author.sendUpdate(Y.encodeStateAsUpdate(doc));
  await author.until('syncStatus');
  await author.close();
  await witnesses.pulse();
});
afterEach(async () => {
  expect(server.running).toBe(true);
  await witnesses.pulse();
});
afterAll(async () => {
  witnesses.leave();
  await server.close();
});

const question = (stateVector: Uint8Array) =>
  clientFrame({
    opcode: BINARY,
    payload: yWebsocket.encodeServerFrame({ type: 'step1', stateVector }) as Uint8Array,
  });

it.each([
  ['everything', EMPTY_STATE_VECTOR],
  ['what he lacks', STRANGER],
])('[NET-9] who asks for %s again and again, and does not read it, is closed', async (_, stateVector) => {
  const before = server.residentBytes();
  const refusals = server.count('slow-reader');
  const raw = await RawSocket.upgrade(server.port, `/sync/${encodeURIComponent(DOCUMENT)}`);
  raw.pause();
  let most = 0;
  for (let i = 0; i < QUESTIONS; i++) {
    raw.write(question(stateVector));
    await witnesses.pulse(); // the server has had time to answer, too
    most = Math.max(most, server.residentBytes() - before);
  }
  await until('him to be refused', () => server.count('slow-reader') > refusals);
  expect(most).toBeLessThan(GROWTH);
  raw.reset();
});

it('[NET-9] who joins and then stops reading, while others write, is closed, and the others are not held up', async () => {
  const document = 'written while he sleeps';
  const refusals = server.count('slow-reader');
  const raw = await RawSocket.upgrade(server.port, `/sync/${encodeURIComponent(document)}`);
  raw.write(question(EMPTY_STATE_VECTOR));
  await until('him to be joined', () => raw.text.length > 0);
  raw.pause();
  const author = await Peer.join({ sync: server.sync, document, voice: 'hocuspocus' });
  const reader = await Peer.join({ sync: server.sync, document, voice: 'inkroom' });
  const doc = new Y.Doc();
  doc.on('update', (update: Uint8Array) => author.sendUpdate(update));
  // The bound is 16 MiB, and the kernel takes some more on both sides.
  for (let i = 1; i <= 20 && server.count('slow-reader') === refusals; i++) {
    doc.getText('text').insert(0, 'x'.repeat(2 * MiB));
    await until('it to be read', () => reader.doc.getText('text').length === i * 2 * MiB);
    await witnesses.pulse();
  }
  await until('him to be refused', () => server.count('slow-reader') > refusals);
  raw.reset();
  await Promise.all([author.close(), reader.close()]);
});
