import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { LIMITS } from '../../server/limits.ts';
import { brokenDisk } from '../support/broken-disk.ts';
import { inkroomClient, KINDS } from '../support/clients.ts';
import { Ledger } from '../support/ledger.ts';
import { heldServer } from '../support/mutant.ts';
import { Peer, type Voice } from '../support/peer.ts';
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

describe.concurrent('[OPS-15] a stop while the disk hangs', () => {
  it('ends in time: nothing more is acknowledged, the log names what was not stored, and the end is no clean one', async () => {
    const disk = brokenDisk();
    const args = ['--metrics-port', '0'];
    const server = await ServerProcess.launch({ args, env: disk.env, ...(disk.entry && { entry: disk.entry }) });
    console.info(`what hangs are ${disk.kind}`);
    const random = new Random(seedOfRun());
    const ledger = new Ledger(() => undefined);
    try {
      const enter = (voice: Voice, document: string) =>
        Typist.join({ sync: server.sync, document, voice, tap: ledger.tap(voice, document) }, random);
      const writers = await Promise.all(KINDS.map((voice) => enter(voice, DOCUMENT)));
      const stored = await enter('inkroom', 'stored before');
      stored.type(2, 50);
      await until('its edits to be acknowledged', () => stored.settled);
      const read = await framesRead(server);
      disk.hang();
      for (const writer of writers) writer.type(2, 50);
      await until('their edits to be read', async () => (await framesRead(server)) === read + 2 * writers.length);
      const { acknowledged } = ledger;
      const since = performance.now();
      server.signal('SIGTERM');
      await until('the end', () => !server.running, 4 * LIMITS.drainMs); // a process that hangs never does; of bounds: tests/unit/patience.test.ts
      expect(performance.now() - since).toBeGreaterThan(LIMITS.drainMs);
      expect(await server.ending()).toBe('signal SIGKILL');
      const codes = await Promise.all([...writers, stored].map(({ peer }) => peer.untilEnded()));
      expect(codes).toEqual([1012, 1012, 1012, 1012]);
      expect(ledger.acknowledged).toBe(acknowledged);
      await until('its last line', () => server.count('the log did not close in time') === 1);
      expect(server.log.filter(({ level }) => level === 50)).toMatchObject([
        { msg: 'edits were accepted and not stored in time', document: DOCUMENT, updates: 2 * writers.length },
        { msg: 'the disk took too long: what was not acknowledged may not be stored', ms: LIMITS.drainMs },
        { msg: 'the log did not close in time' },
      ]);

      disk.goOn();
      await server.start();
      for (const document of ledger.documents) {
        const fresh = await Peer.join({ sync: server.sync, document, voice: 'y-websocket' });
        expect(ledger.missing(document, ledger.owed(document), fresh.doc)).toBeUndefined();
        await fresh.close();
      }
    } finally {
      await server.close();
      disk.close();
    }
  });

  it('ends with 1 when all that it lacked was time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inkroom-held-'));
    const hold = join(folder, 'hold');
    const { entry, remove } = heldServer();
    const args = ['--metrics-port', '0'];
    const server = await ServerProcess.launch({ entry, args, env: { INKROOM_TEST_HOLD: hold } });
    try {
      const peer = await Peer.join({ sync: server.sync, document: DOCUMENT, voice: 'inkroom' });
      const read = await framesRead(server);
      writeFileSync(hold, '');
      peer.sendUpdate(Y.encodeStateAsUpdate(textOf('late')));
      await until('the edit to be read', async () => (await framesRead(server)) > read);
      server.signal('SIGTERM');
      await until('the end', () => !server.running, 4 * LIMITS.drainMs);
      expect(await server.ending()).toBe('exit code 1');
      expect(await peer.untilEnded()).toBe(1012);
      expect(peer.acknowledged).toBe(0);
      await until('the document to be named', () => server.count('edits were accepted and not stored in time') === 1);
    } finally {
      await server.close();
      remove();
      rmSync(folder, { recursive: true });
    }
  });

  it('ends at once when it is asked for again', async () => {
    const disk = brokenDisk();
    const server = await ServerProcess.launch({ env: disk.env, ...(disk.entry && { entry: disk.entry }) });
    try {
      const peer = await Peer.join({ sync: server.sync, document: DOCUMENT, voice: 'inkroom' });
      disk.hang();
      server.signal('SIGTERM');
      const code = await peer.untilEnded(); // nothing was accepted: it waits for the log alone
      expect(code).toBe(1012);
      const since = performance.now();
      await until('what follows to be another request', () => performance.now() - since > 1_000);
      server.signal('SIGTERM');
      await until('the end', () => !server.running);
      expect(await server.ending()).toBe('signal SIGKILL');
      expect(server.count('the log did not close in time')).toBe(0); // it did not wait for that
    } finally {
      await server.close();
      disk.close();
    }
  });
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

function textOf(words: string): Y.Doc {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, words);
  return doc;
}

async function framesRead({ metrics }: ServerProcess): Promise<number> {
  const text = await (await fetch(metrics)).text();
  return Number(/^inkroom_frames_received_total (\d+)/m.exec(text)?.[1]);
}
