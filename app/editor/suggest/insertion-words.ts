import type { Catalogue } from '../../messages/catalogue.ts';
import type { InsertionName } from '../insertions.ts';
import { keywordsOf, type Searched } from './match.ts';

/** The part of a catalogue that says what can be inserted. */
export type InsertWords = Pick<Catalogue, 'insert' | 'insertKeywords'>;

/** By what an insertion is found: in the reader's language and, as people know these words from elsewhere, in English. */
export function insertionWords(name: InsertionName, own: InsertWords, english: InsertWords | undefined): Searched {
  const others = english ? [english.insert[name], ...keywordsOf(english.insertKeywords[name])] : [];
  return { names: [own.insert[name]], keywords: [...keywordsOf(own.insertKeywords[name]), ...others] };
}
