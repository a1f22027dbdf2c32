import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { notOurs, withoutDocuments } from '../../server/commands/directory.ts';
import { FILE_NAME } from '../../server/log/schema.ts';

// What a command says of a data directory before it opens anything there.

vi.mock('node:fs', async (original) => {
  const actual = await original<typeof import('node:fs')>();
  return { ...actual, accessSync: vi.fn(actual.accessSync) };
});

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'inkroom-directory-'));
});
afterEach(() => {
  vi.mocked(accessSync).mockReset();
  rmSync(directory, { recursive: true });
});

/** As for a user who may read everything there, and write to nothing at `path`. */
function readOnly(path: string): void {
  vi.mocked(accessSync).mockImplementation((asked, mode = 0) => {
    if (asked === path && (mode & constants.W_OK) !== 0)
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
  });
}

describe('a data directory of another user', () => {
  it.each(['', FILE_NAME, `${FILE_NAME}-wal`])('[STOP-1] is said to be that, not a broken disk: "%s"', (name) => {
    const path = join(directory, name);
    readOnly(path);
    expect(notOurs(directory)).toBe(
      `This user may not write to ${path}. Be the user that the server runs as, or give it to that one: chown -R inkroom ${directory}.`,
    );
    expect(withoutDocuments(directory)).toBe(notOurs(directory));
  });
});

describe('a data directory of this user', () => {
  it('[STOP-1] may be empty, or not be there yet, for a server', () => {
    expect(notOurs(directory)).toBeUndefined();
    expect(notOurs(join(directory, 'later'))).toBeUndefined();
  });

  it('[OPS-2] needs documents for who reads them', () => {
    expect(withoutDocuments(join(directory, 'later'))).toMatch(/^There is no directory /);
    expect(withoutDocuments(directory)).toMatch(/^There are no documents in /);
    writeFileSync(join(directory, FILE_NAME), '');
    expect(withoutDocuments(directory)).toBeUndefined();
  });
});
