import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../server/grants/auth.ts';
import { Grants } from '../../server/grants/grants.ts';
import { LIMITS } from '../../server/limits.ts';

let directory: string;
let now = 0;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'inkroom-grants-'));
  now = 1_000_000_000_000;
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Tokens are their holder's name and the second in which they were issued: `ada@1000000000`. */
function open(): Grants {
  const read = (token: string) => {
    const [user = '', issuedAt] = token.split('@');
    const entries = [{ documents: ['*'], role: 'edit' as const }];
    return Promise.resolve({ user, name: undefined, issuedAt: Number(issuedAt), until: 0, entries });
  };
  return new Grants({ directory, read, now: () => now });
}

const roleOf = async (grants: Grants, token: string, document = 'notes') =>
  (await grants.authorize({ token, document })).role;
const withdrawn = expect.objectContaining({ code: 'forbidden' });

describe('a change of grants', () => {
  it('[GRANT-9] counts for tokens from before it, not for newer ones, and after a restart too', async () => {
    const grants = open();
    await grants.remember({ user: 'ada', documents: ['notes'], role: null });
    for (const each of [grants, open()]) {
      await expect(roleOf(each, 'ada@1000000000')).rejects.toEqual(withdrawn);
      await expect(roleOf(each, 'ada@1000000005')).rejects.toEqual(withdrawn); // by a clock that may be ahead
      expect(await roleOf(each, 'ada@1000000006')).toBe('edit');
      expect(await roleOf(each, 'ada@999999999', 'other')).toBe('edit');
      expect(await roleOf(each, 'bob@999999999')).toBe('edit');
    }
  });

  it.each<[string, Change, string | undefined]>([
    ['of everybody in a document', { documents: ['notes'], role: 'view' }, 'view'],
    ['of a user in all documents', { user: 'ada', role: 'comment' }, 'comment'],
    ['of documents that begin alike', { documents: ['no*'], role: 'view' }, 'view'],
    ['of others', { user: 'bob', documents: ['no*'], role: 'view' }, 'edit'],
  ])('[GRANT-9] %s', async (_, change, role) => {
    const grants = open();
    await grants.remember(change);
    expect(await roleOf(grants, 'ada@999999999')).toBe(role);
  });

  it('[GRANT-9] takes the place of an earlier one about the same', async () => {
    const grants = open();
    await grants.remember({ user: 'ada', role: null });
    await grants.remember({ user: 'ada', role: 'view' });
    expect(await roleOf(grants, 'ada@999999999')).toBe('view');
    expect(JSON.parse(readFileSync(join(directory, 'grants.json'), 'utf8'))).toHaveLength(1);
  });

  it('[GRANT-9] that is narrower and later counts for what it is about', async () => {
    const grants = open();
    await grants.remember({ user: 'ada', role: null });
    await grants.remember({ user: 'ada', documents: ['notes'], role: 'view' });
    expect(await roleOf(grants, 'ada@999999999')).toBe('view');
    await expect(roleOf(grants, 'ada@999999999', 'other')).rejects.toEqual(withdrawn);
  });

  it('[GRANT-9] is forgotten when the last token from before it has run out', async () => {
    const grants = open();
    await grants.remember({ user: 'ada', role: null });
    now += LIMITS.tokenAgeMs + 10_000;
    await grants.remember({ user: 'bob', role: null });
    expect(JSON.parse(readFileSync(join(directory, 'grants.json'), 'utf8'))).toMatchObject([{ user: 'bob' }]);
  });

  it('[GRANT-9] is refused when too many are remembered, and then nothing has changed', async () => {
    const many = Array.from({ length: LIMITS.grantChanges }, (_, i) => ({ user: `${i}`, role: null, at: now }));
    writeFileSync(join(directory, 'grants.json'), JSON.stringify(many));
    const grants = open();
    await expect(grants.remember({ user: 'ada', role: null })).rejects.toThrow(RangeError);
    expect(await roleOf(grants, 'ada@999999999')).toBe('edit');
  });

  it('[GRANT-9] counts when it is on disk, and of several that come at once none is lost', async () => {
    const grants = open();
    const asked = ['ada', 'bob', 'cid'].map((user) => grants.remember({ user, role: null }));
    expect(await roleOf(grants, 'ada@999999999')).toBe('edit'); // not yet remembered
    await Promise.all(asked);
    for (const each of [grants, open()])
      for (const user of ['ada', 'bob', 'cid'])
        await expect(roleOf(each, `${user}@999999999`)).rejects.toEqual(withdrawn);
  });

  it('[GRANT-9] that cannot be stored is refused, and the next one is remembered', async () => {
    const grants = open();
    mkdirSync(join(directory, 'grants.json.new'));
    await expect(grants.remember({ user: 'ada', role: null })).rejects.toThrow();
    expect(await roleOf(grants, 'ada@999999999')).toBe('edit');
    rmSync(join(directory, 'grants.json.new'), { recursive: true });
    await grants.remember({ user: 'bob', role: null });
    await expect(roleOf(grants, 'bob@999999999')).rejects.toEqual(withdrawn);
  });

  it('[GRANT-9] that cannot be read keeps the server from starting: it would let in who was shut out', () => {
    for (const text of ['', '[{', '{}', '[{"user":"ada"}]', '[{"user":7,"role":null,"at":1}]']) {
      writeFileSync(join(directory, 'grants.json'), text);
      expect(open).toThrow('Put back a copy of it');
    }
  });
});
