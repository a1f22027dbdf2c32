import { Fragment, type Node, Slice } from '@tiptap/pm/model';
import { AttrStep, ReplaceStep, type Step } from '@tiptap/pm/transform';

// The smallest steps from one text to another.
// Invariant: applied in order they make `after` of `before`, whatever `origin` says; the better it knows what became of what, the fewer
// blocks do they touch. Nothing outside of them is drawn again, loses its decorations or its place for a caret.

/** The node of the text before that `node` continues; undefined for what is new. */
export type Origin = (node: Node) => Node | undefined;

export function stepsBetween(before: Node, after: Node, origin: Origin): Step[] {
  const steps = blockSteps(before, after, { start: 0, origin, several: true });
  return steps.reverse(); // from the end to the beginning: what is in front of a step is still where it was
}

interface Place {
  /** Where the content of the node begins. */
  readonly start: number;
  readonly origin: Origin;
  /** Whether a node with only some of its changes is a valid one: so is the document itself, which is any number of blocks. */
  readonly several: boolean;
}

function contentSteps(before: Node, after: Node, place: Place): Step[] {
  if (before.content === after.content) return [];
  return before.inlineContent ? wordSteps(before, after, place.start) : blockSteps(before, after, place);
}

function wordSteps(before: Node, after: Node, start: number): Step[] {
  const from = before.content.findDiffStart(after.content);
  const ends = before.content.findDiffEnd(after.content);
  if (from === null || ends === null) return [];
  // In "aa" that becomes "aaa" the two ends meet.
  const overlap = Math.max(0, from - Math.min(ends.a, ends.b));
  return [new ReplaceStep(start + from, start + ends.a + overlap, after.slice(from, ends.b + overlap))];
}

/** A part of the old content, in positions, and what comes there; or what changes inside of one block. */
type Change = { from: number; to: number } & ({ kind: 'replaced'; nodes: Node[] } | { kind: 'inside'; steps: Step[] });

function blockSteps(before: Node, after: Node, { start, origin, several }: Place): Step[] {
  const changes = changesOf(before, after, { start, origin, several });
  const replaced = changes.filter(({ kind }) => kind === 'replaced').length;
  if (several || replaced < 2) {
    return changes.flatMap((change) => (change.kind === 'inside' ? change.steps : [replace(change, change.nodes)]));
  }
  // With one of two changes made, this could be a list item without a paragraph: all at once.
  const range = { from: changes[0]?.from ?? start, to: changes.at(-1)?.to ?? start };
  const rest = start + before.content.size - range.to;
  return [replace(range, after.content.cut(range.from - start, after.content.size - rest))];
}

function replace({ from, to }: { from: number; to: number }, nodes: Fragment | readonly Node[]): Step {
  return new ReplaceStep(from, to, new Slice(Fragment.from(nodes), 0, 0));
}

/** In rising order. Children keep their order from one text to the other. */
function changesOf(before: Node, after: Node, { start, origin }: Place): Change[] {
  const shorter = Math.min(before.childCount, after.childCount);
  let index = 0;
  let position = start;
  while (index < shorter && before.child(index) === after.child(index)) position += before.child(index++).nodeSize;
  let end = 0;
  while (end < shorter - index && isSameFromEnd(before, after, end)) end += 1;

  const places = new Map<Node, number>();
  for (let at = index; at < before.childCount - end; at++) places.set(before.child(at), at);
  const changes: Change[] = [];
  let run: (Change & { kind: 'replaced' }) | undefined;
  const open = () => {
    if (run) return run;
    run = { kind: 'replaced', from: position, to: position, nodes: [] };
    changes.push(run);
    return run;
  };
  const drop = (until: number) => {
    if (index >= until) return;
    const dropped = open();
    while (index < until) position += before.child(index++).nodeSize;
    dropped.to = position;
  };
  for (let at = index; at < after.childCount - end; at++) {
    const node = after.child(at);
    const old = origin(node);
    const place = old && places.get(old);
    if (old === undefined || place === undefined || place < index || old.type !== node.type) {
      open().nodes.push(node);
      continue;
    }
    drop(place);
    run = undefined;
    const steps = [
      ...attributeSteps(old, node, position),
      ...contentSteps(old, node, { start: position + 1, origin, several: false }),
    ];
    if (steps.length > 0) changes.push({ kind: 'inside', from: position, to: position + old.nodeSize, steps });
    position += old.nodeSize;
    index = place + 1;
  }
  drop(before.childCount - end);
  return changes;
}

function isSameFromEnd(before: Node, after: Node, end: number): boolean {
  return before.child(before.childCount - 1 - end) === after.child(after.childCount - 1 - end);
}

function attributeSteps(before: Node, after: Node, position: number): Step[] {
  return Object.keys(after.attrs)
    .filter((name) => before.attrs[name] !== after.attrs[name])
    .map((name) => new AttrStep(position, name, after.attrs[name]));
}
