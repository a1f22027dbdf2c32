// What a check has found, said so that somebody who has never seen the sources can act on it.

export interface Finding {
  readonly verdict: 'good' | 'doubtful' | 'wrong';
  /** One sentence: what is so. */
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export type Report = (finding: Finding) => void;

export function good(text: string): Finding {
  return { verdict: 'good', text };
}

export function doubtful(text: string, remedy: string): Finding {
  return { verdict: 'doubtful', text, remedy };
}

export function wrong(text: string, remedy: string): Finding {
  return { verdict: 'wrong', text, remedy };
}

const MARKS = { good: 'ok   ', doubtful: 'warn ', wrong: 'FAIL ' };

export function lineOf({ verdict, text, remedy }: Finding): string {
  return `${MARKS[verdict]} ${text}\n${remedy === undefined ? '' : `       ${remedy}\n`}`;
}
