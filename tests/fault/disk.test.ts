import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { brokenDisk } from '../support/broken-disk.ts';
import { inkroomClient, KINDS } from '../support/clients.ts';
import { Ledger } from '../support/ledger.ts';
import { Peer } from '../support/peer.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Typist } from '../support/typist.ts';
import { until } from '../support/until.ts';

// A disk on which writing fails. After that nothing more may be promised: SQLite would take the next commit as if nothing had happened.

/** KiB: an empty log fits, and half a minute of typing. */
const FILE_KIB = 400;
const DOCUMENT = 'typed until it fails';

it('[ROOM-6] when a write fails the server says so and ends, and all that was acknowledged or shown is there when it is back', async () => {
  const server = await ServerProcess.launch();
  const random = new Random(seedOfRun());
  const ledger = new Ledger(() => undefined);
  try {
    await server.stop();
    await server.start({ fileKiB: FILE_KIB });
    const typists = await Promise.all(
      KINDS.map((voice) =>
        Typist.join({ sync: server.sync, document: DOCUMENT, voice, tap: ledger.tap(voice, DOCUMENT) }, random),
      ),
    );
    while (server.running) {
      for (const typist of typists) typist.type(2, 500);
      await delay(1);
    }
    expect(await server.untilEnded()).toBe(1);
    const codes = await Promise.all(typists.map(({ peer }) => peer.untilEnded()));
    expect(codes).toEqual([4503, 4503, 1012]);
    expect(typists[2]?.peer.heard).toContainEqual(
      expect.objectContaining({ type: 'refused', number: 0, code: 'storage-failed' }),
    );
    expect(server.log.map(({ msg }) => msg)).toContain('the log accepts nothing any more');
    expect(ledger.acknowledged).toBeGreaterThan(10);
    expect(ledger.shown).toBeGreaterThan(10);

    await server.start();
    const fresh = await Peer.join({ sync: server.sync, document: DOCUMENT, voice: 'y-websocket' });
    expect(ledger.missing(DOCUMENT, ledger.owed(DOCUMENT), fresh.doc)).toBeUndefined();
    await fresh.close();
  } finally {
    await server.close();
  }
});

it('[LOG-20] when an fsync fails nothing more is acknowledged, and the server ends with a message', async () => {
  const disk = brokenDisk();
  const server = await ServerProcess.launch({ env: disk.env, ...(disk.entry && { entry: disk.entry }) });
  console.info(`what fails are ${disk.kind}`);
  const random = new Random(seedOfRun());
  const ledger = new Ledger(() => undefined);
  try {
    const typists = await Promise.all(
      KINDS.map((voice) =>
        Typist.join({ sync: server.sync, document: DOCUMENT, voice, tap: ledger.tap(voice, DOCUMENT) }, random),
      ),
    );
    const typeAll = () => {
      for (const typist of typists) typist.type(2, 50);
    };
    await until('edits to be acknowledged', async () => {
      typeAll();
      await delay(1);
      return ledger.acknowledged > 100;
    });
    const told = typists.filter(({ peer }) => peer.voice !== 'y-websocket');
    await until('all of them', () => told.every((typist) => typist.settled)); // from here on one more would be one too many
    disk.breakDown();
    const { acknowledged } = ledger;
    typeAll();
    expect(await server.untilEnded()).toBe(1);
    await Promise.all(typists.map(({ peer }) => peer.untilEnded()));
    expect(ledger.acknowledged).toBe(acknowledged);
    const line = server.log.find(({ msg }) => msg === 'the log accepts nothing any more');
    expect(JSON.stringify(line)).toContain('The log failed');

    disk.mend();
    await server.start();
    const fresh = await Peer.join({ sync: server.sync, document: DOCUMENT, voice: 'y-websocket' });
    expect(ledger.missing(DOCUMENT, ledger.owed(DOCUMENT), fresh.doc)).toBeUndefined();
    await fresh.close();
  } finally {
    await server.close();
    disk.close();
  }
});

it('[LOG-19] a quota that is used up is a full disk: edits wait, and are stored when there is more', async () => {
  const disk = brokenDisk();
  const server = await ServerProcess.launch({ env: disk.env, ...(disk.entry && { entry: disk.entry }) });
  console.info(`what fails are ${disk.kind}`);
  const client = inkroomClient(server);
  const own = client.open(DOCUMENT, { doc: new Y.Doc() });
  const text = own.doc.getText('text');
  try {
    text.insert(0, 'kept');
    await until('an edit to be saved', () => own.state.state === 'saved');
    disk.exhaust();
    text.insert(4, ' and waiting');
    await until('an edit to be refused', () => own.state.state === 'refused');
    expect(own.state).toMatchObject({ code: 'storage-full' });
    expect((await server.stored(DOCUMENT)).getText('text').toString()).toBe('kept');
    disk.giveMore();
    await until('all to be saved', () => own.state.state === 'saved');
    await server.restart();
    expect((await server.stored(DOCUMENT)).getText('text').toString()).toBe('kept and waiting');
    expect(readdirSync(server.data)).not.toContain('inkroom.quota');
  } finally {
    client.close();
    await server.close();
    disk.close();
  }
});
