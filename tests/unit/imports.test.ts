import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../scripts/tools.mjs';

// What a thread loads at its start, by following the imports of its first file. Types are no imports, and `await import` is one for later.

const IMPORT = /^(?:import|export) (?!type )(?:[^'";]*? from )?'([^']+)';/gm;
const ONLY_TYPES = /^(?:import|export) \{(?:\s*type [^,}]+,?)+\s*\} from/;

/** Which file imports each package that `entry` loads, and the files on the way. */
function loadedBy(entry: string): Map<string, string> {
  const packages = new Map<string, string>();
  const seen = new Set<string>();
  const walk = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [statement, name = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      if (ONLY_TYPES.test(statement)) continue;
      if (!name.startsWith('.')) packages.set(name, relative(ROOT, file));
      else if (existsSync(join(dirname(file), name))) walk(join(dirname(file), name));
    }
  };
  walk(join(ROOT, entry));
  return packages;
}

it('[DOC-16] neither the main thread nor the log thread loads Yjs, and a document thread does', () => {
  const main = loadedBy('server/server.ts');
  expect(main.get('ws')).toBe('server/sockets/upgrade.ts'); // it does follow imports
  expect(main.get('yjs')).toBeUndefined();
  const log = loadedBy('server/log/sqlite-thread.ts');
  expect(log.get('libsql')).toBe('server/log/schema.ts');
  expect(log.get('yjs')).toBeUndefined();
  expect(loadedBy('server/documents/document-thread.ts').has('yjs')).toBe(true);
});

/** What each folder on a frame's way may import of the others; what lies beside the folders, all may. */
const FLOW: Record<string, readonly string[]> = {
  sockets: ['session', 'rooms', 'frames', 'grants'],
  session: ['rooms', 'frames', 'grants'],
  rooms: ['frames', 'documents', 'log'],
  frames: [],
  grants: [],
  log: [],
};

it('[HOUSE-11] the folders on the way of a frame import each other in its order, and not back', () => {
  const found = Object.keys(FLOW).map((folder) => {
    const sources = readdirSync(join(ROOT, 'server', folder)).map((file) =>
      readFileSync(join(ROOT, 'server', folder, file), 'utf8'),
    );
    const others = sources.flatMap((source) => [...source.matchAll(/from '\.\.\/([a-z]+)\//g)].map(([, name]) => name));
    return [folder, [...new Set(others)].sort()];
  });
  expect(found).toEqual(Object.entries(FLOW).map(([folder, others]) => [folder, [...others].sort()]));
});
