import type { Catalogue } from './catalogue.ts';
import { en } from './en.ts';
import type { Locale } from './locale.ts';
import { zhHant } from './zh-Hant.ts';

/** All words in all languages: for the server, which sends a reader one of them. */
export const CATALOGUES: Record<Locale, Catalogue> = { en, 'zh-Hant': zhHant };
