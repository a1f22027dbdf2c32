import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { concat } from '../../lib/protocol/bytes.ts';
import type { Command } from '../../server/commands/command.ts';
import { command as inspecting } from '../../server/commands/inspect.ts';
import { command } from '../../server/commands/recover.ts';
import { compact, openDocument } from '../../server/documents/compact.ts';
import type { LogError } from '../../server/log/log.ts';
import { OfflineLog } from '../../server/log/offline.ts';
import { inkroomClient } from '../support/clients.ts';
import { Random } from '../support/random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// A real database, damaged in every kind of row and page, and what is brought back of it.

const FILE = 'inkroom.db';
const RECORDS = 30;
const AT = 1_700_000_000_000;
const PAGE_BYTES = 4096;

let folder: string;
/** What "typed" held after each of its records. */
const texts: string[] = [];
const typed = new Y.Doc();
let snapshot: Uint8Array;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inkroom-recover-'));
  const log = new OfflineLog({ directory: join(folder, 'whole'), careless: true });
  const random = new Random(1);
  const take = (doc: Y.Doc, edit: () => void) => {
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    edit();
    return updates;
  };
  for (let i = 1; i <= RECORDS; i++) {
    const text = typed.getText('text');
    const updates: Uint8Array[] = [];
    const note = (update: Uint8Array) => updates.push(update);
    typed.on('update', note);
    text.insert(text.length, `<record ${i}>`);
    text.insert(text.length, 'x'.repeat(700));
    typed.off('update', note);
    log.append('typed', updates, AT + i * 1_000);
    log.append('neighbour', take(new Y.Doc(), () => undefined).concat(updateOf(`neighbour ${i}`)), AT);
    texts.push(text.toString());
  }
  const merged = new Y.Doc();
  merged.getText('text').insert(0, Array.from({ length: 60_000 }, () => random.next().toString(36).slice(2)).join(''));
  log.append('merged', [Y.encodeStateAsUpdate(merged)], AT);
  const made = compact({ snapshot: new Uint8Array(), updates: [Y.encodeStateAsUpdate(merged)] });
  snapshot = made.update;
  log.replace('merged', made, 1);
  merged.getText('text').insert(0, '<after the snapshot>');
  log.append('merged', [Y.encodeStateAsUpdate(merged, made.stateVector)], AT + 1);
  log.append('unloadable', [updateOf('good'), updateOf('good too'), Uint8Array.of(1, 2, 3, 255)], AT);
  log.append('unloadable', [updateOf('late')], AT);
  log.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function updateOf(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

/** A copy of a data directory: a connection of this process holds its lock for as long as it likes. */
function copyOf(directory: string): string {
  const copy = mkdtempSync(join(folder, 'copy-'));
  copyFileSync(join(directory, FILE), join(copy, FILE));
  return copy;
}

function damaged(change: (bytes: Buffer) => void): string {
  const directory = copyOf(join(folder, 'whole'));
  const bytes = readFileSync(join(directory, FILE));
  change(bytes);
  writeFileSync(join(directory, FILE), bytes);
  return directory;
}

/** Flips a bit wherever `what` lies: also in pages that are free. */
function flipAt(bytes: Buffer, what: Uint8Array | string, by = 0): void {
  expect(bytes.indexOf(what)).toBeGreaterThan(0);
  for (let at = bytes.indexOf(what); at >= 0; at = bytes.indexOf(what, at + 1))
    bytes.writeUInt8(bytes.readUInt8(at + by) ^ 1, at + by);
}

function read(directory: string, document: string): string {
  const { snapshot: pieces, updates } = new OfflineLog({ directory: copyOf(directory) }).load(document);
  const doc = openDocument({ snapshot: concat(pieces), updates });
  return doc.getText('text').toString();
}

const recover = (directory: string, ...args: string[]) => run(command, [...args, '--data', directory]);
const inspect = (directory: string, ...args: string[]) => run(inspecting, [...args, '--data', directory]);

async function run({ run }: Command, args: readonly string[], env: Record<string, string> = {}) {
  let [out, errors] = ['', ''];
  const code = await run({
    args,
    env,
    print: (text) => {
      out += text;
    },
    complain: (text) => {
      errors += text;
    },
  });
  return { code, out, errors };
}

const givenUp = (directory: string) => {
  const file = readdirSync(directory).find((name) => name.startsWith('given-up'));
  if (file === undefined) return [];
  const lines = readFileSync(join(directory, file), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { what: string; bytes?: string });
};

const isDamaged = (directory: string, document: string) =>
  expect(() => read(directory, document)).toThrow(expect.objectContaining({ code: 'damaged' }) as LogError);

it('[RECOVER-1] a record whose bytes changed: kept is all before it, and all from it on is written down first', async () => {
  const directory = damaged((bytes) => flipAt(bytes, '<record 12>', 3));
  isDamaged(directory, 'typed');
  const planned = await recover(copyOf(directory), 'typed', '--dry-run');
  expect(planned).toMatchObject({ code: 0, out: expect.stringContaining('Kept: 11 records after the beginning.') });
  expect(planned.out).toContain(`of ${new Date(AT + 11_000).toISOString()}`);
  expect(planned.out).toContain('record 12: does not match its checksum');

  expect(await recover(directory, 'typed')).toMatchObject({ code: 0, errors: '' });
  expect(read(directory, 'typed')).toBe(texts[10]);
  expect(read(directory, 'neighbour')).toContain('neighbour 30');
  expect(givenUp(directory).map(({ what }) => what)).toEqual(
    Array.from({ length: RECORDS - 11 }, (_, i) => `record ${i + 12}`),
  );
  expect(Buffer.from(givenUp(directory)[1]?.bytes ?? '', 'base64').includes('<record 13>')).toBe(true);
});

it('[RECOVER-1] a dry run, and a document that is whole, change nothing', async () => {
  const directory = damaged((bytes) => flipAt(bytes, '<record 12>', 3));
  const copy = copyOf(directory);
  await recover(copy, 'typed', '--dry-run');
  isDamaged(copy, 'typed');
  expect(givenUp(copy)).toEqual([]);
  expect(await recover(directory, 'neighbour')).toMatchObject({ code: 0, out: 'Nothing of it is damaged.\n' });
  expect(givenUp(directory)).toEqual([]);
});

it('[RECOVER-1] a record that is missing', async () => {
  const directory = copyOf(join(folder, 'whole'));
  const database = new Database(join(directory, FILE));
  database.exec(`delete from record where sequence = 7 and document = (select id from document where name = 'typed')`);
  database.close();
  const copy = copyOf(directory);
  isDamaged(copy, 'typed');
  expect(await recover(copy, 'typed')).toMatchObject({ code: 0 });
  expect(read(copy, 'typed')).toBe(texts[5]);
});

it('[RECOVER-2] a page that SQLite cannot read: its documents alone are damaged, and each is taken back', async () => {
  const directory = damaged((bytes) => {
    const page = Math.floor(bytes.indexOf('<record 20>') / PAGE_BYTES) * PAGE_BYTES;
    bytes.fill(0xff, page, page + PAGE_BYTES);
  });
  isDamaged(directory, 'typed');
  expect(read(directory, 'merged')).toContain('<after the snapshot>');
  const { code, out } = await recover(directory, 'typed');
  expect([code, out]).toEqual([0, expect.stringMatching(/Kept: 1[0-9] records/)]);
  const text = read(directory, 'typed');
  expect(texts).toContain(text);
  expect(text.length).toBeGreaterThan(10 * 700);
});

it.each([
  ['a piece of the snapshot', () => snapshot.subarray(5_000, 5_040)],
  ['the row of the snapshot', () => Y.encodeStateVectorFromUpdate(snapshot)],
])('[RECOVER-3] %s: nothing can be kept, and that is what it says', async (_what, bytesOf) => {
  const directory = damaged((bytes) => flipAt(bytes, bytesOf(), 2));
  isDamaged(directory, 'merged');
  const { code, out } = await recover(directory, 'merged');
  expect(code).toBe(0);
  expect(out).toContain('Kept: nothing.');
  expect(read(directory, 'merged')).toBe('');
  expect(givenUp(directory).length).toBeGreaterThan(0);
  expect(read(directory, 'typed')).toBe(texts[RECORDS - 1]);
});

it('[RECOVER-4] an update that matches its checksum and cannot be applied is named, and what stands before it in its record is kept', async () => {
  const directory = copyOf(join(folder, 'whole'));
  const { code, out } = await recover(directory, 'unloadable');
  expect(code).toBe(0);
  expect(out).toContain('Update 3 after the snapshot cannot be applied');
  expect(out).toContain('the first 2 updates of record 1');
  expect([read(directory, 'unloadable')].map((text) => text.includes('good') && !text.includes('late'))).toEqual([
    true,
  ]);
  expect(givenUp(directory).map(({ what }) => what)).toEqual(['record 1', 'record 2']);
});

it('[RECOVER-5] a client that still has what was given up brings it back', async () => {
  const directory = damaged((bytes) => flipAt(bytes, '<record 12>', 3));
  await recover(directory, 'typed');
  const server = await ServerProcess.launch({ data: copyOf(directory) });
  const client = inkroomClient(server);
  try {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(typed));
    const provider = client.open('typed', { doc });
    await until('it to be saved', () => provider.state.state === 'saved');
    expect((await server.stored('typed')).getText('text').toString()).toBe(texts[RECORDS - 1]);
    expect(await recover(server.data, 'typed')).toMatchObject({ code: 1, errors: expect.stringContaining('in use') });
  } finally {
    client.close();
    await server.close();
  }
  expect(existsSync(join(directory, FILE))).toBe(true);
});

it('[INSPECT-1] a document is described without its content, from a directory and by a running server alike', async () => {
  const directory = copyOf(join(folder, 'whole'));
  const { code, out } = await inspect(copyOf(directory), 'merged', '--json');
  expect(code).toBe(0);
  const report = JSON.parse(out);
  expect(report).toMatchObject({
    name: 'merged',
    title: '',
    sequence: 2,
    snapshotBytes: snapshot.length,
    updatesSinceSnapshot: 1,
    checksum: 'good',
    deletedRanges: 0,
    changed: new Date(AT + 1).toISOString(),
  });
  expect(report.types).toMatchObject([{ name: 'text', kind: 'sequence' }]);
  expect(report.clients).toHaveLength(1);
  expect((await inspect(copyOf(directory), 'typed')).out).not.toContain('<record');
  const server = await ServerProcess.launch({ data: directory, env: { INKROOM_ADMIN_KEY: 'the-key-of-this-test' } });
  try {
    const live = (...args: string[]) =>
      run(inspecting, [...args, '--data', directory, '--url', server.url], {
        INKROOM_ADMIN_KEY: 'the-key-of-this-test',
      });
    expect(JSON.parse((await live('merged', '--json')).out)).toEqual(report);
    expect(await live('no such document')).toMatchObject({ code: 1, errors: expect.stringContaining('no such') });
    expect(JSON.parse((await live('--json')).out)).toMatchObject({ documents: 4, damaged: 0 });
  } finally {
    await server.close();
  }
});

it('[INSPECT-2] what is damaged, or cannot be opened, is said to be', async () => {
  const directory = damaged((bytes) => flipAt(bytes, '<record 12>', 3));
  expect(await inspect(copyOf(directory), 'typed')).toMatchObject({ code: 1, out: expect.stringContaining('damaged') });
  const { code, out } = await inspect(copyOf(directory), 'unloadable', '--json');
  expect([code, JSON.parse(out)]).toEqual([
    1,
    expect.objectContaining({ checksum: 'good', problem: expect.any(String) }),
  ]);
  expect(JSON.parse((await inspect(copyOf(directory), '--json')).out)).toMatchObject({ documents: 4, damaged: 1 });
});
