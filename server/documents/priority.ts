import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

// The rank of a thread among those that want a processor.
// Invariant: only the calling thread is moved, and only down: without a right of the system's, nobody can move it up again.

/**
 * Lets the other threads go first. Linux alone counts a priority for each thread: there it is a tenth of what the others get when all processors
 * are busy, and all that is left over. Elsewhere, or where it is forbidden, the thread competes as before.
 */
export function letOthersGoFirst(): void {
  try {
    const task = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(task, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // see above: merging is slower for the others to bear, and nothing is wrong
  }
}
