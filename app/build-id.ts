import { readFileSync } from 'node:fs';
import { join } from 'node:path';

let known: string | undefined;

/** Which build this is; undefined while developing. */
export function buildId(): string | undefined {
  if (process.env.NODE_ENV !== 'production') return undefined;
  known ??= readFileSync(join(process.cwd(), '.next/BUILD_ID'), 'utf8').trim();
  return known;
}
