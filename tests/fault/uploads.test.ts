import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { uploadAddress, uploadAt } from '../../lib/protocol/upload.ts';
import { UploadFiles, uploadPath } from '../../server/uploads/files.ts';
import { inkroom } from '../support/command.ts';
import { Peer } from '../support/peer.ts';
import { hashOf, png } from '../support/pictures.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { smallDisk } from '../support/small-disk.ts';

// Uploads where the disk has no room, where files are lost, and in copies of the whole.

const KEY = { INKROOM_ADMIN_KEY: 'the-key-of-this-test' };

/** A document that shows `pictures`, each of them sent. */
async function shown(server: ServerProcess, document: string, pictures: readonly Buffer[]): Promise<void> {
  const peer = await Peer.join({ sync: server.sync, document, voice: 'hocuspocus' });
  const doc = new Y.Doc();
  doc.getXmlFragment('content').insert(0, [
    new Y.XmlElement('paragraph'),
    ...pictures.map((picture) => {
      const image = new Y.XmlElement('image');
      image.setAttribute('src', uploadAddress(hashOf(picture)));
      return image;
    }),
  ]);
  peer.sendUpdate(Y.encodeStateAsUpdate(doc));
  await peer.until('syncStatus');
  await peer.close();
  for (const picture of pictures) expect((await send(server, document, picture)).status).toBe(201);
}

function send(server: ServerProcess, document: string, picture: Buffer): Promise<Response> {
  const path = `/api/uploads?document=${encodeURIComponent(document)}`;
  return fetch(`${server.url}${path}`, { method: 'POST', body: new Uint8Array(picture) });
}

/** A picture of so many bytes: what follows its end is passed over by who shows it. */
const large = (bytes: number) => Buffer.concat([png(), randomBytes(bytes)]);

it('[UPLOAD-14] a disk without room refuses pictures while there is room for text; nothing is left of them, and later ones are taken', async () => {
  const disk = smallDisk(96);
  const server = await ServerProcess.launch({ data: disk.data, ...(disk.entry && { entry: disk.entry }) });
  try {
    await shown(server, 'plans', []);
    if (disk.kind !== 'a tmpfs') return; // the log pretends, and the files of uploads are not the log's
    const taken: string[] = [];
    let answer = await send(server, 'plans', large(5_000_000));
    for (; answer.status === 201; answer = await send(server, 'plans', large(5_000_000)))
      taken.push((await answer.json()).address);
    expect(answer.status).toBe(507);
    expect(await answer.json()).toMatchObject({ error: { code: 'storage-full' } });
    expect(taken.length).toBeGreaterThan(2);
    expect(readdirSync(join(disk.data, 'uploads', 'incoming'))).toEqual([]);
    expect((await (await fetch(`${server.url}/readyz`)).json()).status).toBe('ready'); // people write on
    for (const address of taken) expect((await fetch(server.url + address)).status).toBe(200);

    disk.fill();
    expect((await send(server, 'plans', png())).status).toBe(507);
    disk.free();
    for (const address of taken.slice(0, 2)) rmSync(uploadPath(disk.data, uploadAt(address) ?? '')); // somebody makes room
    expect((await send(server, 'plans', png())).status).toBe(201);
  } finally {
    await server.close();
    disk.close();
  }
});

it('[UPLOAD-14] a disk that is full in the middle of a file leaves nothing of it', async () => {
  const disk = smallDisk(8);
  try {
    if (disk.kind !== 'a tmpfs') return;
    const files = new UploadFiles({ directory: disk.data, spareBytes: -1_000_000_000 });
    await files.start(async () => false);
    async function* pieces() {
      for (let i = 0; i < 20; i++) yield i === 0 ? large(999_000).subarray(0, 1_000_000) : Buffer.alloc(1_000_000);
    }
    await expect(files.receive(pieces(), 20_000_000)).rejects.toMatchObject({ code: 'storage-full' });
    expect(readdirSync(join(disk.data, 'uploads', 'incoming'))).toEqual([]);
  } finally {
    disk.close();
  }
});

it('[UPLOAD-4] who takes his time over a picture is refused, and nothing is left of it', async () => {
  const server = await ServerProcess.launch();
  try {
    await shown(server, 'plans', []);
    const socket = await RawSocket.connect(server.port);
    const head = `POST /api/uploads?document=plans HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Length: 1000\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), png().subarray(0, 20)]));
    await socket.untilEnded(20_000);
    expect(socket.text).toMatch(/^HTTP\/1.1 408 /);
    expect(socket.text).toContain('"too-slow"');
    expect(readdirSync(join(server.data, 'uploads', 'incoming'))).toEqual([]);
  } finally {
    await server.close();
  }
});

it('[BACKUP-6] a backup holds the uploads that documents use, and a restored server gives them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inkroom-uploads-'));
  const server = await ServerProcess.launch({ env: KEY });
  const pictures = [png({ width: 4, height: 4 }, 1), large(700_000), png({ width: 4, height: 4 }, 3)] as const;
  const [kept, big, unshown] = pictures;
  try {
    await shown(server, 'plans', [kept, big]);
    await shown(server, 'others', [kept]);
    expect((await send(server, 'others', unshown)).status).toBe(201); // nothing mentions it yet
    const live = join(folder, 'live.backup');
    let source = ['--url', server.url];
    expect(await inkroom(['backup', '--to', live, ...source], KEY)).toMatchObject({
      code: 0,
      errors: '',
      out: expect.stringContaining('2 documents and 3 uploads'),
    });
    const inspect = async (...args: string[]) =>
      JSON.parse((await inkroom(['inspect', ...args, '--json', ...source], KEY)).out);
    const bytes = kept.length + big.length;
    expect(await inspect('plans')).toMatchObject({ uploads: 2, uploadBytes: bytes });
    expect(await inspect()).toMatchObject({ uploads: 3, uploadBytes: bytes + unshown.length });
    await server.stop();
    source = ['--data', server.data];
    expect(await inspect('plans')).toMatchObject({ uploads: 2, uploadBytes: bytes });
    expect(await inspect()).toMatchObject({ uploads: 3, uploadBytes: bytes + unshown.length });
    const offline = join(folder, 'offline.backup');
    await inkroom(['backup', '--to', offline, ...source]);
    expect(hashOf(readFileSync(offline))).toBe(hashOf(readFileSync(live)));

    const data = join(folder, 'restored');
    const ran = await inkroom(['restore', '--from', live, '--data', data]);
    expect(ran).toMatchObject({ code: 0, errors: '', out: expect.stringContaining('2 documents and 3 uploads') });
    const restored = await ServerProcess.launch({ data, env: KEY });
    for (const picture of pictures) {
      const given = await fetch(`${restored.url}${uploadAddress(hashOf(picture))}`);
      expect(given.headers.get('content-type')).toBe('image/png');
      expect(hashOf(new Uint8Array(await given.arrayBuffer()))).toBe(hashOf(picture));
    }
    await restored.close();

    // Once more over it: what is there is put aside, with its uploads.
    expect(await inkroom(['restore', '--from', live, '--data', data, '--replace'])).toMatchObject({ code: 0 });
    expect(readdirSync(data).filter((name) => /^uploads\.before-restore/.test(name))).toHaveLength(1);
    expect(existsSync(join(data, 'uploads', 'incoming'))).toBe(false);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});

it('[BACKUP-6] uploads whose files are lost or damaged are named by who shows them; the rest is in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inkroom-uploads-'));
  const server = await ServerProcess.launch();
  const pictures = [1, 2, 3].map((shade) => png({ width: 4, height: 4 }, shade));
  try {
    for (const [at, picture] of pictures.entries()) await shown(server, `document ${at}`, [picture]);
    await server.stop();
    const data = join(folder, 'data');
    cpSync(server.data, data, { recursive: true });
    const pathOf = (picture: Buffer | undefined) => uploadPath(data, hashOf(picture ?? Buffer.alloc(0)));
    rmSync(pathOf(pictures[0]));
    writeFileSync(pathOf(pictures[1]), 'something else');
    const to = join(folder, 'backup');
    const ran = await inkroom(['backup', '--to', to, '--data', data]);
    expect(ran.code).toBe(1);
    expect(ran.errors).toMatch(/2 uploads are lost or damaged.*"document 0"|"document 1"/);
    expect(ran.errors).not.toContain('"document 2"');
    const again = await inkroom(['restore', '--from', to, '--data', join(folder, 'restored')]);
    expect(again.out).toContain('3 documents and 1 uploads');
    expect(again.errors).toContain('document 0');
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
