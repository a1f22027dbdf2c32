import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVER_ENTRY } from '../../scripts/children.mjs';
import { VERSION } from '../../server/version.ts';
import { inkroom as runInkroom } from '../support/command.ts';
import { ServerProcess } from '../support/server-process.ts';
import { administrate, TOKENS } from '../support/tokens.ts';

// The command line as a person meets it.

function inkroom(...args: string[]) {
  return inkroomWith({}, ...args);
}

function inkroomWith(env: Readonly<Record<string, string>>, ...args: string[]) {
  const options = { encoding: 'utf8', env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [SERVER_ENTRY, ...args], options);
  return { status, stdout, stderr };
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inkroom-commands-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('inkroom', () => {
  it('[OPS-12] lists its commands, and the options of one', () => {
    const overview = inkroom('help');
    expect(overview).toMatchObject({ status: 0, stderr: '' });
    expect(overview.stdout).toMatch(/^ {2}inkroom serve \[options\] +Runs the sync server/m);
    expect(overview.stdout).toMatch(/^ {2}inkroom doctor \[options\] /m);
    const one = inkroom('help', 'serve');
    expect(one.stdout).toMatch(/^ {2}--port N /m);
    expect(inkroom('serve', '--help')).toEqual(one);
  });

  it.each([[[]], [['constructor']]])('[OPS-12] %j is wrong usage, and it shows what there is', (args) => {
    const { status, stdout, stderr } = inkroom(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/inkroom serve/);
  });

  it('[OPS-2] a mistake is one sentence on standard error', () => {
    expect(inkroom('serve', '--port', 'x')).toEqual({
      status: 2,
      stdout: '',
      stderr: '--port is "x"; it takes a whole number from 0 to 65535.\n',
    });
  });
});

it.each(['version', '--version'])('[OPS-12] inkroom %s says which one it is', (word) => {
  expect(inkroom(word)).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
});

describe('a directory that holds no documents', () => {
  it.each(['backup', 'inspect', 'recover'])('[OPS-2] is not made into one by inkroom %s', (name) => {
    const data = join(folder, `no documents for ${name}`);
    mkdirSync(data);
    const args = { backup: ['--to', join(folder, 'none')], inspect: [], recover: ['notes'] }[name] ?? [];
    const { status, stdout, stderr } = inkroom(name, ...args, '--data', data);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^There are no documents in .*: --data DIR.*\n$/);
    expect(readdirSync(data)).toEqual([]);
    expect(readdirSync(folder)).not.toContain('none');
  });

  it('[OPS-2] a backup into a folder that is not there names it', () => {
    const { status, stderr } = inkroom('backup', '--to', join(folder, 'nowhere', 'backup'), '--data', folder);
    expect([status, stderr]).toEqual([2, `There is no directory ${join(folder, 'nowhere')}.\n`]);
  });
});

describe('a server that a command is to ask', () => {
  const KEY = { INKROOM_ADMIN_KEY: 'the-key-of-this-test' };
  let server: ServerProcess;
  /** Nobody listens there: it was given to somebody who has left. */
  let closedPort: number;
  beforeAll(async () => {
    server = await ServerProcess.launch({ env: KEY });
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    closedPort = (listener.address() as AddressInfo).port;
    listener.close();
  });
  afterAll(() => server.close());

  it.each([
    ['backup', 'There is no backup: '],
    ['inspect', ''],
  ])('[INSPECT-1] [BACKUP-5] inkroom %s says so when it is not where it is looked for', (name, begins) => {
    const to = name === 'backup' ? ['--to', join(folder, 'not there')] : [];
    const elsewhere = `http://127.0.0.1:${closedPort}`;
    const { status, stderr } = inkroomWith(KEY, name, ...to, '--data', server.data, '--url', elsewhere);
    const says = `${begins}${elsewhere} does not answer (ECONNREFUSED). Say where the server is: --url URL.\n`;
    expect([status, stderr]).toEqual([1, says]);
  });

  it('[BACKUP-7] is asked though there are documents in the directory, open or not', async () => {
    const other = await ServerProcess.launch();
    const headers = { 'Content-Type': 'application/json' };
    const made = await fetch(`${other.url}/api/documents`, { method: 'POST', headers, body: '{}' });
    expect(made.status).toBe(201);
    const asks = (name: string, ...args: string[]) =>
      inkroomWith(KEY, name, ...args, '--data', other.data, '--url', server.url);
    try {
      for (const state of ['open', 'closed']) {
        expect(JSON.parse(asks('inspect', '--json').stdout)).toMatchObject({ documents: 0 });
        const { stdout } = asks('backup', '--to', join(folder, `of the other, ${state}`));
        expect(stdout).toContain('holds 0 documents');
        if (state === 'open') await other.stop();
      }
      const { stdout } = inkroomWith({ ...KEY, INKROOM_URL: server.url }, 'inspect', '--data', other.data, '--json');
      expect(JSON.parse(stdout)).toMatchObject({ documents: 0 });
      expect(JSON.parse(inkroom('inspect', '--data', other.data, '--json').stdout)).toMatchObject({ documents: 1 });
    } finally {
      await other.close();
    }
  });

  it.each(['/notes', '/notes/'])('[BACKUP-7] is asked below the path %s, where a proxy has put it', async (path) => {
    const asked: (string | undefined)[] = [];
    const proxy = createHttpServer((request, response) => {
      asked.push(request.url);
      response.writeHead(418).end('no server');
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${path}`;
    const { code, errors } = await runInkroom(['inspect', '--url', url], KEY); // beside this process, which answers
    proxy.close();
    expect([code, errors]).toEqual([1, expect.stringMatching(/ answered 418: no server\n$/)]);
    expect(asked).toEqual(['/notes/api/admin/stored']);
  });

  it('[BACKUP-7] has no query in its address', () => {
    const { status, stderr } = inkroomWith(KEY, 'inspect', '--url', `${server.url}/?key=x`);
    expect([status, stderr]).toEqual([2, expect.stringContaining('has a query or a fragment')]);
  });

  it('[INSPECT-1] is asked with the wrong key', () => {
    const wrong = { INKROOM_ADMIN_KEY: 'another-key-of-this-test' };
    const { status, stderr } = inkroomWith(wrong, 'inspect', '--data', server.data, '--url', server.url);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^http:.* answered 401: .*\n$/);
  });

  it('[INSPECT-1] is asked from where its directory is not', () => {
    const args = ['--data', join(folder, 'of another machine'), '--url', server.url, '--json'];
    expect(JSON.parse(inkroomWith(KEY, 'inspect', ...args).stdout)).toMatchObject({ documents: 0 });
  });

  it('[INSPECT-1] is told the document before the options, or after them', () => {
    const where = ['--data', server.data, '--url', server.url];
    for (const args of [
      ['notes', ...where, '--json'],
      [...where, '--json', 'notes'],
    ])
      expect(inkroomWith(KEY, 'inspect', ...args).stderr).toBe('There is no document "notes".\n');
  });
});

it('[OPS-14] what a server or a restore writes, the user that it runs as can read, and nobody else', async () => {
  const data = join(folder, 'open to all');
  mkdirSync(data, { mode: 0o755 });
  const server = await ServerProcess.launch({ data, env: TOKENS });
  const restored = join(folder, 'restored');
  mkdirSync(restored, { mode: 0o755 });
  const modes = (within: string) =>
    Object.fromEntries(
      readdirSync(within, { recursive: true, encoding: 'utf8' })
        .map((name) => [name, (statSync(join(within, name)).mode & 0o777).toString(8)] as const)
        .filter(([name, mode]) => mode !== (statSync(join(within, name)).isDirectory() ? '700' : '600')),
    );
  try {
    expect((await administrate(server.url, '/grants', { user: 'eve', role: null })).status).toBe(200);
    expect(readdirSync(data)).toEqual(
      expect.arrayContaining(['grants.json', 'inkroom.db', 'inkroom.db-wal', 'uploads']),
    );
    expect(modes(data)).toEqual({});
    const backup = join(folder, 'private');
    expect(inkroomWith(TOKENS, 'backup', '--to', backup, '--url', server.url).status).toBe(0);
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(inkroom('restore', '--from', backup, '--data', restored).status).toBe(0);
    expect(readdirSync(restored)).toEqual(['inkroom.db']);
    expect(modes(restored)).toEqual({});
  } finally {
    await server.close();
  }
});

describe('a start that fails', () => {
  it.each([
    [['--host', '203.0.113.9'], /^203\.0\.113\.9 is no address of this machine\. .*--host.*\n$/],
    [['--host', 'nowhere.invalid'], /^nowhere\.invalid has no address\. .*--host.*\n$/],
    [
      ['--metrics-port', '0', '--metrics-host', '203.0.113.9'],
      /^203\.0\.113\.9 is no address of this machine\. .*--metrics-host.*\n$/,
    ],
  ])('[STOP-1] with %j is one sentence', (args, says) => {
    const data = join(folder, 'never served');
    const { status, stderr } = inkroomWith(TOKENS, 'serve', '--port', '0', '--data', data, ...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(says);
  });
});
