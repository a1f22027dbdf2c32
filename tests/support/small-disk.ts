import { execFileSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// A disk that can be filled and emptied: a tmpfs of a few MiB where this user may mount one. Elsewhere the server's log is
// wrapped, and says that the disk is full as long as a file is there; the test says which of the two it was.
// Invariant: nothing stays mounted and no file stays behind after `close`.

export interface SmallDisk {
  readonly kind: 'a tmpfs' | 'a log that pretends';
  readonly data: string;
  /** The server to start on it; undefined for the built one. */
  readonly entry: string | undefined;
  /** Leaves no room, by a file that is not the server's. */
  fill(): void;
  /** Takes that file away. */
  free(): void;
  close(): void;
}

export function smallDisk(mebibytes: number): SmallDisk {
  const root = mkdtempSync(join(tmpdir(), 'inkroom-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'inkroom-test', root], { stdio: 'pipe' });
  } catch (error) {
    console.warn(`No tmpfs could be mounted, so the log pretends: ${(error as Error).message}`);
    return pretending(root);
  }
  const ballast = join(root, 'ballast');
  const data = join(root, 'data');
  mkdirSync(data);
  return {
    kind: 'a tmpfs',
    data,
    entry: undefined,
    fill: () => fillUp(ballast),
    free: () => rmSync(ballast),
    close() {
      execFileSync('umount', ['--lazy', root]);
      rmSync(root, { recursive: true });
    },
  };
}

function fillUp(path: string): void {
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096);
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

const PRETENDING = `
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LogError } from './log.js';
import { openSqliteLog as openDurableLog } from './sqlite-durable.js';
export async function openSqliteLog(options) {
  const log = await openDurableLog(options);
  const ifRoom = (method) => async (...args) => {
    if (existsSync(join(options.directory, '..', 'full'))) throw new LogError('full', 'There is no room left on the disk.');
    return log[method](...args);
  };
  return new Proxy(log, {
    get(target, key) {
      if (key === 'append' || key === 'probe' || key === 'replace') return ifRoom(key);
      const value = target[key];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
`;

function pretending(root: string): SmallDisk {
  const source = fileURLToPath(new URL('../..', import.meta.url));
  cpSync(join(source, 'dist'), join(root, 'dist'), { recursive: true });
  cpSync(join(source, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(source, 'node_modules'), join(root, 'node_modules'), 'junction');
  const log = join(root, 'dist/server/log');
  renameSync(join(log, 'sqlite.js'), join(log, 'sqlite-durable.js'));
  writeFileSync(join(log, 'sqlite.js'), PRETENDING);
  const full = join(root, 'full');
  return {
    kind: 'a log that pretends',
    data: join(root, 'data'),
    entry: join(root, 'dist/server/main.js'),
    fill: () => writeFileSync(full, ''),
    free: () => rmSync(full),
    close: () => rmSync(root, { recursive: true }),
  };
}
