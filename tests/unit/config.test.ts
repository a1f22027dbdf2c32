import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPTIONS, serveConfig } from '../../server/config.ts';
import { readOptions, SWITCH, text, usageOf } from '../../server/options.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inkroom-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The path of a new file with this content. */
function file(content: unknown, name = 'inkroom.json'): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function complaint(args: readonly string[], env: Record<string, string> = {}) {
  try {
    serveConfig(args, env);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigError' });
    return (error as Error).message;
  }
  return 'nothing';
}

const SECRET = 's3cret-of-many-letters';

describe('the configuration', () => {
  it('[OPS-1] has defaults; a flag wins over the environment, and that over the file', () => {
    expect(serveConfig([], {})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      data: './data',
      page: undefined,
      logLevel: 'info',
    });
    const INKROOM_CONFIG = file({ port: 1, data: 'filed', logLevel: 'warn' });
    const env = { INKROOM_CONFIG, PORT: '2', INKROOM_DATA: 'surrounding' };
    expect(serveConfig(['--port', '3'], env)).toMatchObject({ port: 3, data: 'surrounding', logLevel: 'warn' });
    const other = file({ logLevel: 'error' }, 'other.json');
    expect(serveConfig([`--config=${other}`], env)).toMatchObject({ port: 2, logLevel: 'error' });
  });

  it('[OPS-1] an empty variable is one that is not set', () => {
    expect(serveConfig([], { PORT: '', INKROOM_CONFIG: '', INKROOM_ADMIN_KEY: '' })).toEqual(serveConfig([], {}));
  });

  it.each([
    [['--port', 'many'], '--port is "many"; it takes a whole number from 0 to 65535.'],
    [['--port', '70000'], '--port is "70000"; it takes a whole number from 0 to 65535.'],
    [['--port', '1e3'], '--port is "1e3"; it takes a whole number from 0 to 65535.'],
    [['--port'], '--port needs a value.'],
    [['--host', '0.0.0.0'], /No tokens/],
    [['--host', '192.0.2.1'], /No tokens/],
    [['--log-level', 'loud'], '--log-level is "loud"; it takes one of debug, info, warn, error, silent.'],
    [['--page', 'nowhere'], '--page is "nowhere"; it takes a URL that begins with http://.'],
    [['--colour', 'red'], 'There is no option --colour. --help lists those that there are.'],
    [['--logLevel', 'info'], 'There is no option --logLevel. --help lists those that there are.'],
    [['now'], '"now" is one argument too many. --help shows what there may be.'],
  ])('[OPS-2] says what is wrong with %j', (args, message) => {
    expect(complaint(args)).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
  });

  it('[OPS-2] says what is wrong with the environment and the file', () => {
    expect(complaint([], { PORT: 'x' })).toBe(
      'The environment variable PORT is "x"; it takes a whole number from 0 to 65535.',
    );
    const wrongKey = file({ port: 1, colour: 'red' });
    expect(complaint(['--config', wrongKey])).toMatch(
      /has the key "colour", which is none of host, port, .*adminKeyFile/,
    );
    expect(complaint(['--config', file({ port: [1] })])).toMatch(
      /^"port" in .* must be a text, a number, or true or false\.$/,
    );
    expect(complaint(['--config', file({ port: 'x' })])).toMatch(/^"port" in .* is "x"; it takes a whole number/);
    expect(complaint(['--config', file('[]')])).toMatch(/must hold one JSON object/);
    expect(complaint(['--config', file('{')])).toMatch(/is not JSON/);
    expect(complaint(['--config', join(folder, 'none')])).toMatch(/cannot be read: there is no such file\.$/);
  });

  it('[OPS-3] a secret comes from the environment, the file, or a file of its own, and never from the command line', () => {
    const key = file(`${SECRET}\n`, 'key');
    for (const given of [
      serveConfig(['--admin-key-file', key], {}),
      serveConfig([], { INKROOM_ADMIN_KEY: SECRET }),
      serveConfig([], { INKROOM_ADMIN_KEY_FILE: key }),
      serveConfig(['--config', file({ adminKey: SECRET })], {}),
      serveConfig(['--config', file({ adminKeyFile: key })], {}),
      serveConfig(['--admin-key-file', key], { INKROOM_ADMIN_KEY: 'another' }),
    ]) {
      expect(given.adminKey).toBe(SECRET);
    }
    const refused = complaint(['--admin-key', SECRET]);
    expect(refused).toMatch(/give --admin-key-file/);
    expect(refused).not.toContain(SECRET);
    expect(complaint(['--admin-key-file', join(folder, 'none')])).toMatch(/cannot be read: there is no such file/);
    expect(complaint(['--admin-key-file', file('\n', 'empty')])).toMatch(/is empty\. Write the secret into it\.$/);
  });

  it('[GRANT-1] a key for tokens opens the server to other machines; two keys, or rules without one, are a mistake', () => {
    const secret = { INKROOM_TOKEN_SECRET: SECRET };
    expect(serveConfig(['--host', '0.0.0.0'], secret).host).toBe('0.0.0.0');
    const attempt =
      (...args: string[]) =>
      () =>
        serveConfig(args, secret);
    expect(attempt('--token-jwks', 'https://app.example/keys')).toThrow('Only one of tokenSecret, tokenJwks');
    expect(complaint(['--token-audience', 'ink'])).toMatch(/no key to check them with/);
    expect(complaint(['--allow-origin', 'https://app.example/path'])).toMatch(/it takes origins such as/);
    expect(serveConfig(['--allow-origin', 'https://a.example, http://b.example:81'], {}).allowOrigin).toEqual([
      'https://a.example',
      'http://b.example:81',
    ]);
  });

  it('[OPS-2] a command takes its own options and operands, and passes over what the file says to others', () => {
    const table = { data: OPTIONS.data, to: { kind: text('DIR'), text: 'Where to.' } } as const;
    const given = { env: {}, known: OPTIONS, operands: ['NAME'] };
    const config = file({ port: 1, data: 'filed' });
    expect(readOptions(table, { ...given, args: ['notes', '--config', config, '--to', 'x'] })).toEqual({
      data: 'filed',
      to: 'x',
      operands: ['notes'],
    });
    expect(() => readOptions(table, { ...given, args: [] })).toThrow('NAME is missing. --help shows how it is given.');
  });

  it('[OPS-2] a switch needs no value', () => {
    const table = { replace: { kind: SWITCH, initial: 'false', text: 'Put aside what is there.' } } as const;
    const read = (...args: string[]) => readOptions(table, { args, env: {} }).replace;
    expect([read(), read('--replace'), read('--replace=true')]).toEqual([false, true, true]);
    expect(() => read('--replace=perhaps')).toThrow('--replace is "perhaps"; it takes true or false.');
    expect(usageOf(table)).toMatch(/^ {2}--replace +Put aside what is there\.$/m);
  });

  it('[OPS-2] the usage has every option, and a secret only as a file', () => {
    const usage = usageOf(OPTIONS);
    expect(usage).toMatch(/^ {2}--port N +The port .* \[PORT; default 3000\]$/m);
    expect(usage).toMatch(/^ {2}--admin-key-file FILE .* \[INKROOM_ADMIN_KEY or INKROOM_ADMIN_KEY_FILE\]$/m);
    expect(usage).toMatch(/^ {2}--config FILE .* \[INKROOM_CONFIG\]$/m);
    expect(usage).not.toMatch(/--admin-key /);
  });
});
