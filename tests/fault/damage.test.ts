import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import { FILE_NAME } from '../../server/log/schema.ts';
import { attach, hocuspocusSocket, inkroomClient, KINDS, participate } from '../support/clients.ts';
import { Peer } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// A document whose stored bytes have changed: it is said to be damaged, never shown blank, and the others do not notice.

/** Stands in the damaged document, and in no other. */
const MARK = 'the words that get damaged';
const WHOLE = 'whole';
const DAMAGED = 'damaged';

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.launch();
  await write(WHOLE, 'untouched');
  await write(DAMAGED, MARK);
  await server.stop();
  expect(flipBitAt(MARK)).toBeGreaterThan(0);
  await server.start();
});
afterAll(() => server.close());

async function write(document: string, words: string): Promise<void> {
  const peer = await Peer.join({ sync: server.sync, document, voice: 'hocuspocus' });
  const doc = new Y.Doc();
  doc.getText('text').insert(0, words);
  peer.sendUpdate(Y.encodeStateAsUpdate(doc));
  await peer.until('syncStatus');
  await peer.close();
}

/** Flips one bit wherever `text` lies on the disk. SQLite itself does not notice. Returns how often it did. */
function flipBitAt(text: string): number {
  let flipped = 0;
  for (const file of readdirSync(server.data).filter((name) => name.startsWith(FILE_NAME))) {
    const path = join(server.data, file);
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
      bytes.writeUInt8(bytes.readUInt8(at + 4) ^ 1, at + 4);
      flipped++;
    }
    writeFileSync(path, bytes);
  }
  return flipped;
}

it.each(KINDS)('[JOIN-5] %s is refused, and shown nothing', async (kind) => {
  const peer = await Peer.open({ sync: server.sync, document: DAMAGED, voice: kind });
  peer.greet();
  peer.send({ type: 'step1', stateVector: EMPTY_STATE_VECTOR });
  const isRefusal = (type: string) => type === 'denied' || type === 'refused';
  await until('a refusal', () => peer.ended ?? peer.heard.find(({ type }) => isRefusal(type)));
  if (kind === 'y-websocket') expect(peer.ended?.code).toBe(4500);
  if (kind === 'hocuspocus') expect(peer.heard).toEqual([{ type: 'denied', reason: 'document-unavailable' }]);
  if (kind === 'inkroom')
    expect(peer.heard).toEqual([
      {
        type: 'refused',
        number: 0,
        code: 'document-unavailable',
        reason: expect.stringContaining('could not be loaded'),
      },
    ]);
  await peer.close();
});

it('[JOIN-5] the real clients never say that it is synced, and what they write is not taken for all of it', async () => {
  const before = refusals();
  const people = KINDS.map((kind) => participate(kind, server, DAMAGED));
  for (const { doc, kind } of people) doc.getText('text').insert(0, `${kind} begins anew`);
  await until('everyone to be refused, and some to try again', () => refusals() >= before + 2 * KINDS.length);
  for (const { doc, kind, synced } of people) {
    expect(synced()).toBe(false);
    expect(doc.getText('text').toString()).toBe(`${kind} begins anew`);
  }
  for (const person of people) person.leave();
  expect((await fetch(`${server.url}/api/documents/${DAMAGED}/state`)).status).toBe(503);

  function refusals(): number {
    return server.log.filter(({ document, level }) => document === DAMAGED && Number(level) >= 50).length;
  }
});

it('[JOIN-5] the other documents of one connection go on', async () => {
  const socket = hocuspocusSocket(server);
  const [damaged, whole] = [DAMAGED, WHOLE].map((name) => attach(socket, name, new Y.Doc()));
  await until('the whole one to be there', () => whole?.document.getText('text').toString() === 'untouched');
  expect(damaged?.synced).toBe(false);
  damaged?.destroy();
  whole?.destroy();
  socket.destroy();

  const client = inkroomClient(server);
  const [refused, open] = [DAMAGED, WHOLE].map((name) => client.open(name, { doc: new Y.Doc() }));
  await open?.whenSynced();
  expect(open?.doc.getText('text').toString()).toBe('untouched');
  await until('the damaged one to be refused', () => refused?.state.state === 'refused');
  expect(refused?.state).toMatchObject({ code: 'document-unavailable' });
  expect(refused?.hasContent).toBe(false);
  client.close();
});

it('[API-5] its state is 503, the list says that it is damaged, and the server stays ready', async () => {
  const state = await fetch(`${server.url}/api/documents/${DAMAGED}/state`);
  expect(state.status).toBe(503);
  expect(await state.json()).toEqual({ error: { code: 'document-unavailable', message: expect.any(String) } });
  const { documents } = await (await fetch(`${server.url}/api/documents`)).json();
  const byName = new Map(documents.map((document: { name: string }) => [document.name, document]));
  expect(byName.get(DAMAGED)).toMatchObject({ damaged: true, title: '' });
  expect(byName.get(WHOLE)).not.toHaveProperty('damaged');
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect((await server.stored(WHOLE)).getText('text').toString()).toBe('untouched');
});

it('[JOIN-5] the operator is told which document it is, and nothing of what is in it', async () => {
  const told = server.log.filter(({ document }) => document === DAMAGED);
  expect(told.length).toBeGreaterThan(0);
  expect(JSON.stringify(server.log)).not.toContain(MARK.slice(6));
});
