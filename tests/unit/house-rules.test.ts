import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// Who may import whom, proved on a small house that breaks every rule: a rule that cannot fail guards nothing.
// Each file below is linted with the real biome.json; `!` marks the lines that must be refused, the others must pass.
// What they must not import does not exist, so that no line is refused for a cycle instead.

const HOUSE: Record<string, string> = {
  'lib/protocol/frame.ts': `
    import * as encoding from 'lib0/encoding';
    import * as Y from 'yjs';
    import { sibling } from './sibling.ts';
!   import { readFileSync } from 'node:fs';
!   import { Awareness } from 'y-protocols/awareness';
!   import { provider } from '../client/forbidden.ts';
!   import type { limits } from '../../server/limits.ts';
    export const used = [encoding, Y, sibling, readFileSync, Awareness, provider] as unknown as typeof limits;
`,
  'lib/client/provider.ts': `
    import { Awareness } from 'y-protocols/awareness';
    import * as Y from 'yjs';
    import { frame } from '../protocol/frame.ts';
!   import { useState } from 'react';
!   import { menu } from '../editor/menu.ts';
!   import { room } from '../../server/forbidden.ts';
    export const used = [Awareness, Y, frame, useState, menu, room];
`,
  'lib/editor/extensions.ts': `
    import { Extension } from '@tiptap/core';
    import { provider } from '../client/provider.ts';
!   import { headers } from 'next/headers';
!   import { join } from 'node:path';
!   import { room } from '../../server/forbidden.ts';
!   import { page } from '../../app/forbidden.tsx';
    export const used = [Extension, provider, headers, join, room, page];
`,
  'lib/convert/html.ts': `
    import * as Y from 'yjs';
    import { sibling } from './sibling.ts';
!   import { Extension } from '@tiptap/core';
!   import { Excalidraw } from '@excalidraw/excalidraw';
!   import { menu } from '../editor/menu.ts';
!   import { room } from '../../server/forbidden.ts';
    export const used = [Y, sibling, Extension, Excalidraw, menu, room];
`,
  'lib/whiteboard/binding.ts': `
    import * as Y from 'yjs';
    import { person } from '../person/person.ts';
!   import { Excalidraw } from '@excalidraw/excalidraw';
!   import { Extension } from '@tiptap/core';
!   import { useState } from 'react';
!   import { menu } from '../editor/menu.ts';
!   import { room } from '../../server/forbidden.ts';
!   import { page } from '../../app/forbidden.tsx';
    export const used = [Y, person, Excalidraw, Extension, useState, menu, room, page];
`,
  'app/page.tsx': `
    import Link from 'next/link';
    import { provider } from '../lib/client/provider.ts';
!   import { room } from '../server/forbidden.ts';
!   import { product } from '../tests/support/product.ts';
    export const used = [Link, provider, room, product];
`,
  'server/limits.ts': `
    import { performance } from 'node:perf_hooks';
    import { REFUSALS } from '../lib/protocol/errors.ts';
!   import { clock } from './clock.ts';
!   import { sqlite } from './log/sqlite.ts';
!   import * as Y from 'yjs';
    export const used = [performance, REFUSALS, clock, sqlite, Y];
`,
  'server/rooms/room.ts': `
    import type { Log } from './log/log.ts';
    import { REFUSALS } from '../lib/protocol/errors.ts';
!   import { openSqliteLog } from './log/sqlite.ts';
!   import Database from 'libsql';
!   import * as Y from 'yjs';
!   import { provider } from '../lib/client/forbidden.ts';
!   import { useState } from 'react';
!   import { test } from 'vitest';
!   import { page } from '../app/forbidden.tsx';
    export const used = [test, REFUSALS, openSqliteLog, Database, Y, provider, useState, page] as unknown as Log;
`,
  'server/server.ts': `
    import { openSqliteLog } from './log/sqlite.ts';
!   import { provider } from '../lib/client/forbidden.ts';
    export const used = [openSqliteLog, provider];
`,
  'server/log/sqlite.ts': `
    import Database from 'libsql';
!   import * as Y from 'yjs';
    export const used = [Database, Y];
`,
  'server/documents/document-thread.ts': `
    import * as Y from 'yjs';
!   import Database from 'libsql';
    export const used = [Database, Y];
`,
  'server/http/documents.ts': `
    import { markdown } from '../../lib/convert/markdown.ts';
!   import { provider } from '../../lib/client/forbidden.ts';
    export const used = [markdown, provider];
`,
  'server/cycle-a.ts': `
!   import type { b } from './cycle-b.ts';
    export type A = typeof b;
`,
  'server/cycle-b.ts': `
!   import type { A } from './cycle-a.ts';
    export const b = 1 as unknown as A;
`,
  'server/promises.ts': `
    async function save(): Promise<void> {
      await Promise.resolve();
    }
    type State = { kind: 'live' } | { kind: 'closed' };
    export function use(state: State): number {
!     save();
      void save();
!     switch (state.kind) {
        case 'live':
          return 1;
      }
      try {
        JSON.parse('{}');
!     } catch {}
!     console.log('logged past the logger');
!     return state as any;
    }
`,
  'tests/unit/some.test.ts': `
    import { test } from 'vitest';
!   test.skip('left out', () => undefined);
!   test.only('alone', () => undefined);
`,
};

const root = resolve(import.meta.dirname, '../..');
let house = '';
let refused: Map<string, Set<number>>;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'inkroom-house-'));
  for (const file of ['biome.json', '.gitignore', 'package.json']) cpSync(join(root, file), join(house, file));
  symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'), 'junction');
  for (const [file, text] of Object.entries(HOUSE)) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), text.replaceAll(/^!/gm, ' '));
  }
  refused = lint();
});

afterAll(() => rmSync(house, { recursive: true }));

/** The lines that Biome refuses, by file, counted from 1. */
function lint(): Map<string, Set<number>> {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=github', '--max-diagnostics=none', '--error-on-warnings', '.'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: house, encoding: 'utf8' });
  const found = new Map<string, Set<number>>(Object.keys(HOUSE).map((file) => [file, new Set()]));
  for (const [, file = '', line] of stdout.matchAll(/^::\w+ title=lint\/.*?,file=(.*?),line=(\d+)/gm)) {
    const name = file.replace(`${house}/`, '').replaceAll('\\', '/');
    found.get(name)?.add(Number(line));
  }
  if ([...found.values()].every((lines) => lines.size === 0))
    throw new Error(`Biome found nothing:\n${stdout}${stderr}`);
  return found;
}

describe('[HOUSE-2] an import or a statement that the rules forbid is refused, and its neighbours are not', () => {
  test.each(Object.keys(HOUSE))('%s', (file) => {
    const lines = (HOUSE[file] ?? '').split('\n');
    const marked = lines.flatMap((line, index) => (line.startsWith('!') ? [index + 1] : []));
    const found = [...(refused.get(file) ?? [])].sort((a, b) => a - b);
    const show = (numbers: number[]) =>
      numbers.map((number) => `${number}: ${(lines[number - 1] ?? '').slice(1).trim()}`);
    expect(show(found)).toEqual(show(marked));
  });
});

test('[HOUSE-3] the houses of the rules are the houses that are there', () => {
  const { overrides } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as {
    overrides: { includes: string[]; linter: { rules: { style?: { noRestrictedImports?: unknown } } } }[];
  };
  const ofImports = overrides.filter(({ linter }) => linter.rules.style?.noRestrictedImports);
  const covered = new Set(ofImports.flatMap(({ includes }) => includes).map((glob) => glob.split('/')[0]));
  expect([...covered].sort()).toEqual(['app', 'lib', 'server']);
});
