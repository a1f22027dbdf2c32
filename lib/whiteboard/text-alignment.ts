import type * as Y from 'yjs';

// A text that somebody here is typing while others change it: what they do is not shown until the typing ends, and what is typed must
// nevertheless land between the same letters of the shared text.
// Invariant: the cells in order, those that are HERE, are the text that is shown here; those that are SHARED are the shared one.

const HERE = 1;
const SHARED = 2;

/** One place in a text where letters were replaced by others. */
export interface TextChange {
  /** UTF-16 units. */
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

type Delta = Y.YTextEvent['delta'];

export class TextAlignment {
  /** One per letter of either text: HERE, SHARED, or both. */
  #cells: number[];

  /** `length`: of the text that is the same here and shared. */
  constructor(length: number) {
    this.#cells = Array.from({ length }, () => HERE | SHARED);
  }

  /** Of a text that is `here` one and `shared` the other, when it is not known how that came. */
  static between(here: string, shared: string): TextAlignment {
    const made = new TextAlignment(here.length);
    const { at, removed, inserted } = textChange(here, shared);
    made.remote([{ retain: at }, { insert: inserted }, { delete: removed }]);
    return made;
  }

  /** Others changed the shared text. */
  remote(delta: Delta): void {
    let at = 0;
    for (const { insert, delete: removed = 0, retain = 0 } of delta) {
      at = this.#pass(at, retain, SHARED);
      if (typeof insert === 'string') {
        this.#cells.splice(at, 0, ...Array.from({ length: insert.length }, () => SHARED));
        at += insert.length;
      }
      for (let left = removed; left > 0 && at < this.#cells.length; ) {
        const cell = this.#cells[at] ?? 0;
        if (cell & SHARED) left--;
        if (cell === SHARED) this.#cells.splice(at, 1);
        else this.#cells[at++] = HERE;
      }
    }
  }

  /** The text here was changed: `shared` gets the same change, between the same letters. */
  local({ at, removed, inserted }: TextChange, shared: Y.Text): void {
    let cell = this.#pass(0, at, HERE);
    let place = 0;
    for (const before of this.#cells.slice(0, cell)) if (before & SHARED) place++;
    shared.insert(place, inserted);
    this.#cells.splice(cell, 0, ...Array.from({ length: inserted.length }, () => HERE | SHARED));
    cell += inserted.length;
    place += inserted.length;
    for (let left = removed; left > 0 && cell < this.#cells.length; ) {
      const found = this.#cells[cell] ?? 0;
      if (found & HERE) left--;
      if (found === (HERE | SHARED)) shared.delete(place, 1);
      if (found & HERE) this.#cells.splice(cell, 1);
      else {
        cell++;
        place++;
      }
    }
  }

  /** The place behind `count` letters of `kind` from `from` on. */
  #pass(from: number, count: number, kind: number): number {
    let at = from;
    for (let left = count; left > 0 && at < this.#cells.length; at++) if ((this.#cells[at] ?? 0) & kind) left--;
    return at;
  }
}

/** The smallest change that makes `after` of `before`. Pairs of surrogates are not cut in two. */
export function textChange(before: string, after: string): TextChange {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  if (isHigh(before, start - 1)) start--;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  if (end > 0 && isLow(before, before.length - end)) end--;
  return { at: start, removed: before.length - start - end, inserted: after.slice(start, after.length - end) };
}

function isHigh(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}
