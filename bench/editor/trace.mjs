// What a trace of the browser says about its main thread.
// Invariant: only time for which the thread was on a processor counts. What other programs took of the machine is not ours.

export const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];

/**
 * Milliseconds of main thread for each key: all tasks from the key's first event to the commit of the first frame after its last one.
 * Script, style, layout, paint, and whatever came in between, edits of others too.
 */
export function keyCosts(trace) {
  const { traceEvents: all } = JSON.parse(trace);
  const isKey = ({ name, args }) => name === 'EventDispatch' && args.data?.type === 'keydown';
  const main = all.find(isKey);
  if (!main) throw new Error('The trace has no key in it.');
  const events = all.filter(({ pid, tid, ph }) => pid === main.pid && tid === main.tid && ph === 'X');
  events.sort((a, b) => a.ts - b.ts);
  const tasks = events.filter(({ name }) => name === 'RunTask');
  const commits = events.filter(({ name }) => name === 'Commit');
  const keys = events.filter(isKey);
  const typed = events.filter(
    ({ name, args }) => name === 'EventDispatch' && ['keypress', 'input', 'keyup'].includes(args.data?.type),
  );
  return keys.flatMap((key, at) => {
    const until = keys[at + 1]?.ts ?? Number.POSITIVE_INFINITY;
    const last = typed.findLast(({ ts, args }) => ts > key.ts && ts < until && args.data.type !== 'keyup') ?? key;
    const commit = commits.find(({ ts }) => ts > last.ts);
    if (!commit) return [];
    const end = commit.ts + commit.dur;
    const spent = tasks.filter(({ ts, dur }) => ts + dur > key.ts && ts < end);
    return [spent.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1_000];
  });
}

/** Milliseconds of each task on the thread that took the keys, waits for a processor included: what holds up a frame. */
export function taskTimes(trace) {
  const { traceEvents: all } = JSON.parse(trace);
  const main = all.find(({ name, args }) => name === 'EventDispatch' && args.data?.type === 'keydown');
  return all
    .filter(({ name, pid, tid, ph }) => name === 'RunTask' && ph === 'X' && pid === main?.pid && tid === main?.tid)
    .map(({ tdur = 0 }) => tdur / 1_000);
}
