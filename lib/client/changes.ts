// Which local edits the server has on disk, whatever happens to the connections on the way.
// Invariant: an edit counts as saved only when the session that sent it was told so, and nothing that covers it was refused.

/** Local edits are numbered from 1 in the order in which they were made, as long as their provider lives. */
export interface Changes {
  readonly made: number;
  /** Every edit up to this one is on the server's disk. */
  readonly saved: number;
}

export const NO_CHANGES: Changes = { made: 0, saved: 0 };

/** What one session has sent. The numbers of its updates start at 1, and mean nothing to any other session. */
export interface Sent {
  readonly next: number;
  /** Oldest first; each ends where the next begins. */
  readonly runs: readonly Run[];
}

/**
 * A difference that makes the server level with the document, and the edits sent one by one after it: update `first` covers the
 * edits up to `covers`, update `first + n` those up to `covers + n`. Acknowledgements of updates from `end` on do not count:
 * one was refused, and what follows it proves nothing about it.
 */
interface Run {
  readonly first: number;
  readonly covers: number;
  readonly end: number;
}

export const NOTHING_SENT: Sent = { next: 1, runs: [] };

/** The server has all `made` edits already, so no difference need be sent. */
export function stayLevel(sent: Sent, made: number): Sent {
  if (isLevel(sent)) return sent;
  return { ...sent, runs: [...sent.runs, { first: sent.next - 1, covers: made, end: Number.POSITIVE_INFINITY }] };
}

/** A difference is sent that holds all `made` edits. */
export function sendDifference(sent: Sent, made: number): { sent: Sent; number: number } {
  const number = sent.next;
  const run: Run = { first: number, covers: made, end: Number.POSITIVE_INFINITY };
  return { sent: { next: number + 1, runs: [...sent.runs, run] }, number };
}

/** The edit just made is sent on its own. Only while the server is level: `isLevel(sent)`. */
export function sendEdit(sent: Sent): { sent: Sent; number: number } {
  return { sent: { ...sent, next: sent.next + 1 }, number: sent.next };
}

/** Whether the server has, or has been sent, all edits but the newest. Not before the first difference, nor after a refusal. */
export function isLevel(sent: Sent): boolean {
  return sent.runs.at(-1)?.end === Number.POSITIVE_INFINITY;
}

/** Whether update `number` was a difference rather than one edit. */
export function isDifference(sent: Sent, number: number): boolean {
  return sent.runs.some((run) => run.first === number);
}

/** The server did not take update `number`: neither it nor the edits after it count, up to the next difference. */
export function refuse(sent: Sent, number: number): Sent {
  if (number >= sent.next) return sent;
  const index = sent.runs.findLastIndex((run) => run.first <= number);
  return { ...sent, runs: sent.runs.map((run, i) => (i === index ? { ...run, end: Math.min(run.end, number) } : run)) };
}

/** The server has every update up to `number` that it did not refuse. `covered`: every edit up to this one is saved by that. */
export function acknowledge(sent: Sent, number: number): { sent: Sent; covered: number } {
  const newest = Math.min(number, sent.next - 1); // never believe more than was sent
  let covered = 0;
  let index = 0;
  sent.runs.forEach((run, i) => {
    if (run.first > newest) return;
    index = i;
    const next = sent.runs[i + 1]?.first ?? Number.POSITIVE_INFINITY;
    const last = Math.min(newest, run.end - 1, next - 1);
    if (last >= run.first) covered = Math.max(covered, run.covers + last - run.first);
  });
  return { sent: { ...sent, runs: sent.runs.slice(index) }, covered };
}
