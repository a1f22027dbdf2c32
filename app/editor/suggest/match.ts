// How well something fits what was typed after a sign.
// Invariant: the same for every list, and for both languages: letters of any width and case, accents or not.

export interface Searched {
  /** What it is called; the first is shown. */
  readonly names: readonly string[];
  /** Other words under which people look for it. */
  readonly keywords: readonly string[];
}

/** One form for everything that people write the same word in. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase('en').trim();
}

/** 0 is best; undefined: it does not fit. `query` must be folded. */
export function rank(query: string, { names, keywords }: Searched): number | undefined {
  if (query === '') return 0;
  const folded = names.map(fold);
  if (folded.some((name) => name === query)) return 0;
  if (folded.some((name) => name.startsWith(query))) return 1;
  const others = keywords.map(fold);
  if (others.includes(query)) return 1;
  if (folded.some((name) => wordBegins(name, query))) return 2;
  if (others.some((word) => word.startsWith(query) || wordBegins(word, query))) return 3;
  // Inside of a word only what is long enough to mean it; one Chinese character is.
  if ([...query].length < 2 && !/\p{Script=Han}/u.test(query)) return undefined;
  return folded.some((name) => name.includes(query)) ? 4 : undefined;
}

/** Those that fit, best first; equals stay in their order. */
export function matching<Item>(items: readonly Item[], query: string, searched: (item: Item) => Searched): Item[] {
  const folded = fold(query);
  return items
    .map((item) => ({ item, rank: rank(folded, searched(item)) }))
    .filter((one) => one.rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ item }) => item);
}

/** The words of a list of keywords in a catalogue, in either language's punctuation. */
export function keywordsOf(text: string): string[] {
  return text
    .split(/[,、，]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function wordBegins(name: string, query: string): boolean {
  return name.split(/[\s\-_/]+/).some((_word, at, words) => words.slice(at).join(' ').startsWith(query));
}
