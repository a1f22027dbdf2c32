import { compact, type Pages, summary } from './compact.ts';
import { content } from './content.ts';
import { diff, merge } from './diff.ts';
import { links } from './links.ts';
import { picture } from './picture.ts';
import { uploads } from './uploads.ts';

// The methods that a document thread has, and how they and their answers travel.

export const WORK = { compact, merge, diff, summary, content, picture, links, uploads };

export type Method = keyof typeof WORK;

/** What a method takes beyond the document. */
export type Rest<M extends Method> = Parameters<(typeof WORK)[M]> extends [Pages, ...infer R] ? R : never;

export type Result<M extends Method> = ReturnType<(typeof WORK)[M]>;

/** `snapshot` in pieces, `updates` as records (log/record.ts). All of it is given away. */
export type Job = {
  [M in Method]: { method: M; snapshot: Uint8Array[]; updates: Uint8Array[]; rest: Rest<M> };
}[Method];

export type Answer = { type: 'done'; result: Result<Method> } | { type: 'refused'; reason: string };
