import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { attach, hocuspocusSocket, inkroomClient, participate } from '../support/clients.ts';
import { ServerProcess } from '../support/server-process.ts';
import { smallDisk } from '../support/small-disk.ts';
import { until } from '../support/until.ts';

// A disk without room for one more edit, and real clients of every kind who go on writing.

/** An empty log, its write-ahead log at its longest, and a minute of what is typed here. */
const DISK_MIB = 16;
const DOCUMENT = 'written while the disk is full';
/** Characters of one edit, so that the disk is soon full. */
const EDIT = 4_000;

it('[LOG-26] a server that is killed on a full disk starts, serves what was acknowledged, and takes edits when there is room', async () => {
  const disk = smallDisk(DISK_MIB);
  const server = await ServerProcess.launch({ data: disk.data, ...(disk.entry && { entry: disk.entry }) });
  const client = inkroomClient(server);
  const own = client.open(DOCUMENT, { doc: new Y.Doc() });
  try {
    const text = own.doc.getText('text');
    await until('the document to be there', () => own.state.state === 'saved');
    text.insert(0, 'kept');
    await until('an edit to be saved', () => own.state.state === 'saved');
    disk.fill();
    await until('the disk to refuse an edit', async () => {
      text.insert(text.length, 'x'.repeat(EDIT));
      await delay(5);
      return own.state.state === 'refused';
    });
    const acknowledged = (await server.stored(DOCUMENT)).getText('text').length;
    expect(acknowledged).toBeGreaterThan(0);
    await server.restart();
    expect((await server.stored(DOCUMENT)).getText('text').length).toBe(acknowledged);
    expect((await (await fetch(`${server.url}/api/documents`)).json()).documents).toHaveLength(1);
    await until('edits to be refused again', () => own.state.state === 'refused' && own.role !== undefined);
    disk.free();
    await until('all to be saved', () => own.state.state === 'saved');
    await server.restart();
    expect((await server.stored(DOCUMENT)).getText('text').toString()).toBe(text.toString());
  } finally {
    client.close();
    await server.close();
    disk.close();
  }
});

it('[ROOM-11] edits are refused, everybody reads on and stays, and all is stored when there is room again', async () => {
  const disk = smallDisk(DISK_MIB);
  const server = await ServerProcess.launch({ data: disk.data, ...(disk.entry && { entry: disk.entry }) });
  console.info(`the disk is ${disk.kind}`);
  const opened = { hocuspocus: 0, inkroom: 0, 'y-websocket': 0 };
  const tapOf = (kind: keyof typeof opened) => ({
    opened: () => {
      opened[kind]++;
    },
  });
  const socket = hocuspocusSocket(server, tapOf('hocuspocus'));
  const stock = attach(socket, DOCUMENT, new Y.Doc());
  const client = inkroomClient(server, tapOf('inkroom'));
  const own = client.open(DOCUMENT, { doc: new Y.Doc() });
  const bare = participate('y-websocket', server, DOCUMENT, { tap: tapOf('y-websocket'), name: 'bare' });
  const docs = [stock.document, own.doc, bare.doc];
  const typeAll = (size: number) => {
    docs.forEach((doc, index) => {
      const text = doc.getText('text');
      text.insert(text.length, String(index).repeat(size));
    });
  };
  const texts = () => new Set(docs.map((doc) => doc.getText('text').toString()));
  const allSaved = () => stock.unsyncedChanges === 0 && own.state.state === 'saved';
  try {
    await until('everyone to be there', () => stock.synced && bare.synced() && own.state.state === 'saved');
    typeAll(10);
    await until('all to be saved and seen', () => allSaved() && texts().size === 1);

    disk.fill();
    await until('the disk to refuse an edit', async () => {
      typeAll(EDIT);
      await delay(5);
      return own.state.state === 'refused';
    });
    expect(own.state).toMatchObject({ code: 'storage-full' });
    const readiness = async () => (await (await fetch(`${server.url}/readyz`)).json()).status;
    expect(await readiness()).toBe('full');
    for (let i = 0; i < 50; i++) {
      typeAll(EDIT);
      await delay(5);
    }
    expect(own.state.state).toBe('refused');
    expect(stock.unsyncedChanges).toBeGreaterThan(50);
    expect(texts().size).toBe(3); // nobody is shown what is not stored

    const late = participate('hocuspocus', server, DOCUMENT);
    await until('somebody to come in and read', () => late.synced());
    const stored = await server.stored(DOCUMENT);
    expect(late.doc.getText('text').toString()).toBe(stored.getText('text').toString());
    expect(stored.getText('text').length).toBeGreaterThan(0);
    await until('presence to go on', () =>
      [...late.awareness.getStates().values()].some((state) => state.user?.name === 'bare'),
    );
    expect((await fetch(`${server.url}/api/documents`)).status).toBe(200);
    late.leave();

    disk.free();
    await until('the unsynced count of the stock client to become zero', () => stock.unsyncedChanges === 0);
    const held = Y.encodeStateAsUpdate(stock.document); // before the disk is looked at: others go on sending
    expect(Y.snapshotContainsUpdate(Y.snapshot(await server.stored(DOCUMENT)), held)).toBe(true);
    await until('all to be saved and seen', () => allSaved() && texts().size === 1);
    typeAll(10);
    await until('edits to be taken again', () => allSaved() && texts().size === 1);
    expect(await readiness()).toBe('ready');
    expect(opened).toEqual({ hocuspocus: 1, inkroom: 1, 'y-websocket': 1 });

    await server.restart();
    const found = await server.stored(DOCUMENT);
    expect(found.getText('text').toString()).toBe(own.doc.getText('text').toString());
    expect(server.log.map(({ msg }) => msg)).toContain('there is room on the disk again: edits are taken');
  } finally {
    bare.leave();
    stock.destroy();
    socket.destroy();
    client.close();
    await server.close();
    disk.close();
  }
});
