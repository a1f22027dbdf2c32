// What is looked for, and where it stands in a text.
// Invariant: the time is linear in the text, whatever is looked for: patterns run on RE2's automaton, which has no backtracking, never on the browser's.

export interface Query {
  text: string;
  matchCase: boolean;
  wholeWord: boolean;
  /** `text` is a regular expression in RE2's syntax. */
  pattern: boolean;
}

/** UTF-16 units from the start of the text. */
export interface Range {
  from: number;
  to: number;
}

export type Matcher = (text: string) => Range[];

/** UTF-16 units of what may be looked for. */
export const QUERY_LENGTH = 500;

/**
 * Undefined where there is nothing to look for, or where the pattern is none.
 * @throws when what runs patterns could not be loaded; another call tries again
 */
export async function matcherOf({ text, matchCase, wholeWord, pattern }: Query): Promise<Matcher | undefined> {
  if (text === '' || text.length > QUERY_LENGTH) return undefined;
  const find = pattern ? await patternMatcher(text, matchCase) : wordsMatcher(text, matchCase);
  return find && wholeWord ? (searched) => find(searched).filter((range) => isWhole(searched, range)) : find;
}

function wordsMatcher(text: string, matchCase: boolean): Matcher {
  const expression = new RegExp(text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'), matchCase ? 'gu' : 'giu');
  return (searched) =>
    [...searched.matchAll(expression)].map(({ index, 0: found }) => ({ from: index, to: index + found.length }));
}

async function patternMatcher(source: string, matchCase: boolean): Promise<Matcher | undefined> {
  const { RE2JS } = await import('re2js');
  let expression: ReturnType<typeof RE2JS.compile>;
  try {
    expression = RE2JS.compile(source, matchCase ? 0 : RE2JS.CASE_INSENSITIVE);
  } catch {
    return undefined; // not a pattern, or not yet: it is being typed
  }
  return (searched) => {
    const ranges: Range[] = [];
    const matcher = expression.matcher(searched);
    while (matcher.find())
      if (matcher.end() > matcher.start()) ranges.push({ from: matcher.start(), to: matcher.end() });
    return ranges;
  };
}

const WORD = /[\p{L}\p{M}\p{N}\p{Pc}]/u;

function isWhole(text: string, { from, to }: Range): boolean {
  return !WORD.test(text.charAt(from - 1)) && !WORD.test(text.charAt(to));
}
