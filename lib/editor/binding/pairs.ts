import type { Node } from '@tiptap/pm/model';

// Which block of the new text continues which block of the old one, when all that is known are the two.
// Invariant: pairs do not cross, and a pair is of one type. Whatever is not paired is deleted and made anew, and with it goes what somebody
// else is writing there: so as much as possible is paired.

/** For each of `after` the index in `before` of the block that it continues, -1 for a new one. */
export function pairsOf(before: readonly Node[], after: readonly Node[]): number[] {
  const pairs = new Array<number>(after.length).fill(-1);
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) pairs[start] = start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) {
    end += 1;
    pairs[after.length - end] = before.length - end;
  }
  const gap = { before, after, pairs };
  let [from, to] = [start, start];
  for (const [old, next] of unmoved(before, after, { start, end })) {
    pairGap(gap, { from, fromEnd: old, to, toEnd: next });
    pairs[next] = old;
    [from, to] = [old + 1, next + 1];
  }
  pairGap(gap, { from, fromEnd: before.length - end, to, toEnd: after.length - end });
  return pairs;
}

/** The same nodes in both, between the ends that are the same anyway: the longest series that keeps its order. */
function unmoved(
  before: readonly Node[],
  after: readonly Node[],
  { start, end }: { start: number; end: number },
): [old: number, next: number][] {
  const [olds, nexts] = [before.length - end - start, after.length - end - start];
  if (Math.min(olds, nexts) === 0 || Math.max(olds, nexts) === 1) return []; // as with nearly every key
  const places = new Map<Node, number>();
  for (let at = start; at < after.length - end; at++) places.set(after[at] as Node, at);
  // Patience: the last of each pile, and for each candidate the one before it.
  const piles: { old: number; next: number; previous: unknown }[] = [];
  for (let old = start; old < before.length - end; old++) {
    const next = places.get(before[old] as Node);
    if (next === undefined) continue;
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((piles[middle]?.next ?? 0) < next) low = middle + 1;
      else high = middle;
    }
    piles[low] = { old, next, previous: piles[low - 1] };
  }
  const series: [number, number][] = [];
  let last = piles.at(-1);
  while (last) {
    series.push([last.old, last.next]);
    last = last.previous as typeof last | undefined;
  }
  return series.reverse();
}

interface Sides {
  readonly before: readonly Node[];
  readonly after: readonly Node[];
  readonly pairs: number[];
}

interface Gap {
  from: number;
  fromEnd: number;
  to: number;
  toEnd: number;
}

function pairGap({ before, after, pairs }: Sides, { from, fromEnd, to, toEnd }: Gap): void {
  const old = (at: number) => before[at] as Node;
  const next = (at: number) => after[at] as Node;
  while (from < fromEnd && to < toEnd && similar(old(from), next(to))) pairs[to++] = from++;
  while (from < fromEnd && to < toEnd && similar(old(fromEnd - 1), next(toEnd - 1))) pairs[--toEnd] = --fromEnd;
  // What is left has other words: in order, each with the next of its type.
  for (; to < toEnd; to++) {
    let at = from;
    while (at < fromEnd && old(at).type !== next(to).type) at++;
    if (at === fromEnd) continue;
    pairs[to] = at;
    from = at + 1;
  }
}

/** Whether two nodes begin or end with the same words, or are both empty. */
function similar(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (a.type !== b.type) return false;
  if (a.isText) return a.text?.[0] === b.text?.[0] || a.text?.at(-1) === b.text?.at(-1);
  if (a.childCount === 0 || b.childCount === 0) return a.childCount === b.childCount;
  const [first, last] = [a.firstChild as Node, a.lastChild as Node];
  return similar(first, b.firstChild as Node) || similar(last, b.lastChild as Node);
}
