import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { SERVER_ENTRY } from '../../scripts/children.mjs';

// The command line as a person meets it.

function inkroom(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SERVER_ENTRY, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

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
