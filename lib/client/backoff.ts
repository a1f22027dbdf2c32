// How long to wait before trying again: full jitter, so that a thousand clients of a restarted server come back spread out.

const BASE_MS = 500; // a restart takes about this long
const CEILING_MS = 30_000; // the longest that somebody back in reach of the server should wait

/** Milliseconds before the attempt that follows `failures` (0, 1, ...) earlier ones. `random`: from 0 up to 1. */
export function backoff(failures: number, random: number): number {
  return random * Math.min(CEILING_MS, BASE_MS * 2 ** failures);
}
