import type { Locale } from '../../messages/locale.ts';
import { fold } from '../suggest/match.ts';

// All emoji, with the names and words under which they are found, in English and in the reader's language.
// Invariant: loaded when first asked for, and once; what is put into a text is the plain character.

export interface Emoji {
  readonly character: string;
  /** In the reader's language. */
  readonly label: string;
  /** Between colons, as people know it from elsewhere: `thumbs_up`. */
  readonly codes: readonly string[];
  /** Folded; for searching. */
  readonly words: readonly string[];
  /** Of Unicode: 0 smileys, 1 people, 3 animals, 4 food, 5 travel, 6 activities, 7 objects, 8 symbols, 9 flags. */
  readonly group: number;
}

/** What emojibase has for each; components such as skin tones have no group. */
interface Entry {
  readonly hexcode: string;
  readonly label: string;
  readonly unicode: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  readonly order?: number;
}

const loaded = new Map<Locale, Promise<readonly Emoji[]>>();

/** In Unicode's order. Rejects when the data cannot be fetched; the next call tries again. */
export function loadEmoji(locale: Locale): Promise<readonly Emoji[]> {
  const known = loaded.get(locale);
  if (known) return known;
  const loading = load(locale);
  loaded.set(locale, loading);
  loading.catch(() => loaded.delete(locale));
  return loading;
}

async function load(locale: Locale): Promise<readonly Emoji[]> {
  const [english, codes, own] = await Promise.all([
    import('emojibase-data/en/compact.json'),
    import('emojibase-data/en/shortcodes/github.json'),
    locale === 'zh-Hant' ? import('emojibase-data/zh-hant/compact.json') : undefined,
  ]);
  const local = new Map((own?.default as readonly Entry[] | undefined)?.map((entry) => [entry.hexcode, entry]));
  const codesOf = codes.default as Readonly<Record<string, string | readonly string[]>>;
  return (english.default as readonly Entry[])
    .filter(({ group }) => group !== undefined && group !== COMPONENTS)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((entry) => {
      const here = local.get(entry.hexcode);
      const short = [codesOf[entry.hexcode] ?? []].flat();
      const words = [entry.label, ...short, ...(entry.tags ?? []), ...(here ? [here.label, ...(here.tags ?? [])] : [])];
      return {
        character: entry.unicode,
        label: here?.label ?? entry.label,
        codes: short,
        words: [...new Set(words.map((word) => fold(word.replaceAll('_', ' '))))],
        group: entry.group ?? 0,
      };
    });
}

/** Skin tones and hair, which are parts of others. */
const COMPONENTS = 2;
const FLAGS = 9;

/** Best first, at most `count`. */
export function findEmoji(all: readonly Emoji[], text: string, count: number): Emoji[] {
  const query = fold(text.replaceAll('_', ' '));
  if (query === '') return all.slice(0, count);
  const found: Emoji[][] = [[], [], [], [], []];
  for (const emoji of all) found[rank(emoji, query)]?.push(emoji);
  return found.flat().slice(0, count);
}

/** 0 is best; beyond the last of the lists: not found. */
function rank({ words, codes, group }: Emoji, query: string): number {
  const named = codes.map((code) => code.replaceAll('_', ' '));
  if (named.includes(query)) return 0;
  // Two letters mean a country only if nothing is called like that: "sm" is the beginning of a smile, and San Marino.
  const isCountry = group === FLAGS && query.length === 2;
  if (!isCountry && words.includes(query)) return 1;
  if (named.some((code) => code.startsWith(query))) return 2;
  if (words.some((word) => word.startsWith(query))) return 3;
  const inside = words.some((word) => word.split(' ').some((part) => part.startsWith(query)));
  // Chinese has no spaces between its words.
  return inside || (/\p{Script=Han}/u.test(query) && words.some((word) => word.includes(query))) ? 4 : 5;
}
