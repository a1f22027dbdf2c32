import { constants } from 'node:fs';
import { access, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { doubtful, type Finding, good, type Report, wrong } from './finding.ts';

// The directory that documents are kept in: whether it is there, on what, how full, and how long a commit takes.

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

/** statfs(2) magic numbers of what must not hold a log. */
const NETWORKS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
]);
const MEMORIES = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
]);
const OVERLAY = 0x794c7630;
const FUSE = 0x65735546;

/** Bytes that a merge, the write-ahead log and a backup may need at once. */
const LITTLE_BYTES = 2 * GiB;
const TOO_LITTLE_BYTES = 200 * MiB;
/** Commits that are timed, of so many bytes each: a batch of keystrokes. */
const COMMITS = 20;
const COMMIT_BYTES = 4096;
/** Milliseconds of a commit: below, people share it unnoticed; above, they see others' letters late. */
const SLOW_MS = 25;
const TOO_SLOW_MS = 250;

export async function checkStorage(directory: string, report: Report): Promise<void> {
  const place = await existing(directory);
  if (place !== directory) {
    report(good(`${directory} is not there yet; the first start makes it.`));
  }
  try {
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    report(
      wrong(
        `This user may not write to ${place}.`,
        `Give it to the user that the server runs as: chown -R inkroom ${place}.`,
      ),
    );
    return;
  }
  const { type, bavail, bsize } = await statfs(place);
  report(kindFinding(type >>> 0, place));
  report(roomFinding(bavail * bsize, place));
  const folder = await mkdtemp(join(place, '.doctor-'));
  try {
    report(commitFinding(await commitTimes(join(folder, 'commits'))));
  } catch (error) {
    report(
      wrong(
        `Nothing can be written to ${place}: ${error instanceof Error ? error.message : error}.`,
        'Look for room, quotas, and errors in the log of the kernel (dmesg).',
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The directory, or the nearest above it that is there. */
async function existing(directory: string): Promise<string> {
  try {
    await access(directory, constants.F_OK);
    return directory;
  } catch {
    const above = dirname(directory);
    return above === directory ? directory : existing(above);
  }
}

export function kindFinding(type: number, place: string): Finding {
  const network = NETWORKS.get(type);
  if (network) {
    return wrong(
      `${place} is on ${network}.`,
      'Locks and fsync of network filesystems cannot be trusted with a database: use a disk of this machine.',
    );
  }
  const memory = MEMORIES.get(type);
  if (memory)
    return wrong(`${place} is in memory (${memory}).`, 'Everything is gone when the machine restarts: use a disk.');
  if (type === OVERLAY) {
    return doubtful(`${place} is in the layer of a container.`, 'It is gone with the container: mount a volume there.');
  }
  if (type === FUSE)
    return doubtful(`${place} is on a FUSE filesystem.`, 'Make sure that its fsync reaches a disk, or use another.');
  return good(`${place} is on a filesystem of this machine, and may be written to.`);
}

export function roomFinding(bytes: number, place: string): Finding {
  const room = bytes >= GiB ? `${(bytes / GiB).toFixed(1)} GiB` : `${Math.round(bytes / MiB)} MiB`;
  const text = `${room} are free at ${place}.`;
  if (bytes < TOO_LITTLE_BYTES) return wrong(text, 'Make room: edits are refused when there is none.');
  if (bytes < LITTLE_BYTES) return doubtful(text, 'Make room before it is needed.');
  return good(text);
}

export function commitFinding(times: readonly number[]): Finding {
  const sorted = [...times].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const text = `A commit takes ${median.toFixed(1)} ms (median of ${sorted.length}; the longest ${(sorted.at(-1) ?? 0).toFixed(1)} ms).`;
  if (median > TOO_SLOW_MS)
    return wrong(
      text,
      'Nothing is shown to others before it is on disk, so everybody waits for this one: use another disk.',
    );
  if (median > SLOW_MS) return doubtful(text, 'Use an SSD, or find out what else keeps this disk busy.');
  return good(text);
}

async function commitTimes(path: string): Promise<number[]> {
  const file = await open(path, 'w');
  try {
    const bytes = Buffer.alloc(COMMIT_BYTES, 1);
    const times: number[] = [];
    for (let i = 0; i < COMMITS; i++) {
      const started = performance.now();
      await file.write(bytes);
      await file.datasync();
      times.push(performance.now() - started);
    }
    return times;
  } finally {
    await file.close();
  }
}
