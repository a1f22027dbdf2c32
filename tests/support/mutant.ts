import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// A server that does on purpose what ours must never do, to prove that a test would notice.
// Invariant: it is a copy of the build; nothing of the build itself is touched.

/** A log of which `append` is another, made of the durable one, `log`. */
const logWith = (append: string) => `
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqliteLog as openDurableLog } from './sqlite-durable.js';

export async function openSqliteLog(options) {
  const log = await openDurableLog(options);
  const append = ${append};
  return new Proxy(log, {
    get: (durable, name) => name === 'append' ? append : durable[name]?.bind(durable),
  });
}
`;

/** It says that an update is on disk before it is, and stores it afterwards. */
const EAGER = `async (...args) => {
  void log.append(...args);
  return 1;
}`;

/** It stores nothing, and says nothing, while the file exists that INKROOM_TEST_HOLD names. */
const HELD = `async (...args) => {
  while (existsSync(process.env.INKROOM_TEST_HOLD)) await delay(1);
  return log.append(...args);
}`;

export interface Mutant {
  readonly entry: string;
  remove(): void;
}

/** Acknowledges and shows an update before the append that holds it has resolved. */
export function eagerServer(): Mutant {
  return mutant(EAGER);
}

/** Its disk is as slow as a test wants it to be: no append begins while the file named by INKROOM_TEST_HOLD exists. */
export function heldServer(): Mutant {
  return mutant(HELD);
}

function mutant(append: string): Mutant {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'inkroom-mutant-'));
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const log = join(folder, 'dist/server/log');
  renameSync(join(log, 'sqlite.js'), join(log, 'sqlite-durable.js'));
  writeFileSync(join(log, 'sqlite.js'), logWith(append));
  return { entry: join(folder, 'dist/server/main.js'), remove: () => rmSync(folder, { recursive: true }) };
}
