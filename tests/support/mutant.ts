import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// A server that does on purpose what ours must never do, to prove that a test would notice.
// Invariant: it is a copy of the build; nothing of the build itself is touched.

/** A log that says that an update is on disk before it is, and stores it afterwards. */
const EAGER = `
import { openSqliteLog as openDurableLog } from './sqlite-durable.js';

export async function openSqliteLog(options) {
  const log = await openDurableLog(options);
  const eager = {
    append: async (...args) => {
      void log.append(...args);
      return 1;
    },
  };
  for (const name of ['load', 'replace', 'delete', 'info', 'list', 'scan', 'probe', 'close']) eager[name] = (...args) => log[name](...args);
  return eager;
}
`;

export interface Mutant {
  readonly entry: string;
  remove(): void;
}

/** Acknowledges and shows an update before the append that holds it has resolved. */
export function eagerServer(): Mutant {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'inkroom-mutant-'));
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const log = join(folder, 'dist/server/log');
  renameSync(join(log, 'sqlite.js'), join(log, 'sqlite-durable.js'));
  writeFileSync(join(log, 'sqlite.js'), EAGER);
  return { entry: join(folder, 'dist/server/main.js'), remove: () => rmSync(folder, { recursive: true }) };
}
