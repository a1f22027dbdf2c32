import type { Attrs, NodeType, Schema } from '@tiptap/pm/model';
import { Mark } from '@tiptap/pm/model';
import { encodeAny, toBase64 } from 'lib0/buffer';
import { digest } from 'lib0/hash/sha256';

// Marks of the editor as formatting attributes of a shared text, and back.
// Invariant: the names are those of y-prosemirror, so that its clients read ours and we read theirs. A mark that can stand on the same words
// twice (two comments) has a hash of itself behind its name; any other has its plain name.

export type Formats = Record<string, Attrs | null>;

/** Bytes of a mark's hash: the length that y-prosemirror folds SHA-256 to. */
const HASH_BYTES = 6;
const HASHED = /^(.*)--[a-zA-Z0-9+/=]{8}$/;

export function formatsOf(marks: readonly Mark[]): Formats {
  return Object.fromEntries(marks.map((mark) => [formatName(mark), mark.attrs]));
}

/** What to apply so that words with `before` come to have `after`; undefined when there is nothing to do. */
export function formatChange(before: readonly Mark[], after: readonly Mark[]): Formats | undefined {
  if (Mark.sameSet(before, after)) return undefined;
  const change: Formats = {};
  for (const mark of before) if (!mark.isInSet(after)) change[formatName(mark)] = null;
  for (const mark of after) if (!mark.isInSet(before)) change[formatName(mark)] = mark.attrs;
  return change;
}

/** The marks of words in a block of `type`. What the schema does not know, or does not allow there, is not shown. */
export function marksOf(formats: Record<string, unknown> | undefined, type: NodeType): readonly Mark[] {
  if (!formats) return Mark.none;
  const known = Object.entries(formats).flatMap(([name, value]) => markOf(name, value, type.schema));
  // In the order of the schema, whatever order the formats came in: where one excludes another, everybody sees the same one.
  const marks = Mark.setFrom(known).reduce((set, mark) => mark.addToSet(set), Mark.none);
  return type.allowedMarks(marks);
}

function markOf(name: string, value: unknown, schema: Schema): Mark[] {
  const type = schema.marks[HASHED.exec(name)?.[1] ?? name];
  if (!type || value === null) return [];
  try {
    return [type.create(typeof value === 'object' ? (value as Attrs) : null)];
  } catch {
    return []; // an attribute that the schema needs is missing: nothing to show
  }
}

function formatName(mark: Mark): string {
  if (mark.type.excludes(mark.type)) return mark.type.name;
  const hash = digest(encodeAny(mark.toJSON()));
  for (let at = HASH_BYTES; at < hash.length; at++) {
    const place = at % HASH_BYTES;
    hash[place] = (hash[place] ?? 0) ^ (hash[at] ?? 0);
  }
  return `${mark.type.name}--${toBase64(hash.slice(0, HASH_BYTES))}`;
}
