import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import { Peer } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { Witnesses } from '../support/witness.ts';

// Somebody who stops reading: falls behind alone, cannot make the server keep for him more than one document and a bound, and has
// everything when he reads again.

const MiB = 1024 * 1024;
const DOCUMENT = 'of three megabytes';
const QUESTIONS = 300;
/** A vector of somebody who knows nothing of the document, and is not empty: the answer is made for him alone. */
const STRANGER = Uint8Array.of(1, 77, 1);
/** The bound of 8 MiB, the document twice, what the kernel takes, a document thread. Answering every question takes 900 MiB. */
const GROWTH = 160 * MiB;
/** Each leaves the one before it to be collected: 300 MB are written, and the document stays at two. */
const BLOB = 2 * MiB;
const BLOBS = 150;
/** Connections that write them: one alone is read 40 MiB at once, and 4 MiB a second after that. */
const AUTHORS = 10;
/**
 * Writing them takes 100 to 230 MiB, whoever reads: updates on their way, a merge, what is yet to be collected. What was kept for
 * somebody would be 200 MiB more from the hundredth on, and stay: so it is what is held in the middle of that time that counts.
 */
const WRITING_GROWTH = 300 * MiB;
/**
 * As in deploy/inkroom.service: else glibc keeps what is freed in an arena for each thread, and the process has up to 310 MiB more
 * than before, and in a longer run 390, of which it holds half (mallopt(3), M_ARENA_MAX).
 */
const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' };

let server: ServerProcess;
let witnesses: Witnesses;

beforeAll(async () => {
  server = await ServerProcess.launch({ env: FEW_ARENAS });
  witnesses = new Witnesses(server, 'neighbour');
  const author = await Peer.join({ sync: server.sync, document: DOCUMENT, voice: 'hocuspocus', forgetful: true });
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'x'.repeat(3 * MiB));
  author.sendUpdate(Y.encodeStateAsUpdate(doc));
  await author.until('syncStatus');
  await author.close();
  await witnesses.pulse();
});
afterEach(async () => {
  expect(server.running).toBe(true);
  expect(server.count('slow-reader')).toBe(0);
  await witnesses.pulse();
});
afterAll(async () => {
  witnesses.leave();
  await server.close();
});

it.each([
  ['everything', EMPTY_STATE_VECTOR],
  ['what he lacks', STRANGER],
])(
  '[SLOW-5] who asks for %s again and again, and does not read it, is answered when he does',
  async (_, stateVector) => {
    const before = server.residentBytes();
    const slow = await Peer.open({ sync: server.sync, document: DOCUMENT, voice: 'y-websocket' });
    slow.pause();
    let most = 0;
    for (let i = 0; i < QUESTIONS; i++) {
      slow.send({ type: 'step1', stateVector });
      if (i % 10 === 0) await witnesses.pulse(); // the server has had time to answer, too
      most = Math.max(most, server.residentBytes() - before);
    }
    expect(most).toBeLessThan(GROWTH);
    slow.resume();
    await slow.until('step2');
    expect(slow.doc.getText('text').length).toBe(3 * MiB);
    await slow.close();
  },
);

it('[SLOW-2] who does not read while 300 MB are written costs a bound of memory, and has the whole document when he reads again', async () => {
  const document = 'written while he sleeps';
  const authors = await Promise.all(
    Array.from({ length: AUTHORS }, () => Peer.open({ sync: server.sync, document, voice: 'hocuspocus' })),
  );
  for (const author of authors) author.greet(); // and asks for nothing: it only writes
  const slow = await Peer.join({ sync: server.sync, document, voice: 'inkroom' });
  const before = server.residentBytes();
  slow.pause();
  const doc = new Y.Doc();
  let turn = 0;
  doc.on('update', (update: Uint8Array) => authors[turn++ % AUTHORS]?.sendUpdate(update));
  const acknowledged = () => authors.reduce((sum, author) => sum + author.acknowledged, 0);
  const held: number[] = [];
  for (let i = 1; i <= BLOBS; i++) {
    doc.getMap('blobs').set('one', new Uint8Array(BLOB).fill(i));
    await until('it to be on disk', () => acknowledged() >= i);
    held.push(server.residentBytes() - before);
  }
  const late = held.slice(-BLOBS / 3).sort((a, b) => a - b);
  expect(late[late.length / 2]).toBeLessThan(WRITING_GROWTH);
  await witnesses.pulse();
  slow.resume();
  const isWhole = () => (slow.doc.getMap('blobs').get('one') as Uint8Array | undefined)?.[0] === BLOBS;
  await until('him to have the newest', isWhole, 30_000);
  doc.getMap('blobs').set('two', 2);
  await until('him to be a reader again', () => slow.doc.getMap('blobs').get('two') === 2);
  await Promise.all([...authors, slow].map((peer) => peer.close()));
});
