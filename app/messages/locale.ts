// Which language a reader gets. Invariant: the server and the browser come to the same answer, as both read the same cookie.

export const LOCALES = ['en', 'zh-Hant'] as const;
export type Locale = (typeof LOCALES)[number];

/** Each language in its own words: the one kind of text that is never translated. */
export const LANGUAGE_NAMES: Record<Locale, string> = { en: 'English', 'zh-Hant': '繁體中文' };

export const LOCALE_COOKIE = 'inkroom_locale';

export function isLocale(value: unknown): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

/**
 * The first language of an Accept-Language header that there is; English when none is. Any Chinese reads Traditional Chinese more easily
 * than English.
 */
export function negotiateLocale(acceptLanguage: string | null): Locale {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, order) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
      return { language: tag.split('-')[0], quality: Number.isFinite(quality) ? quality : 0, order };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.order - b.order);
  for (const { language } of wanted) {
    if (language === 'zh') return 'zh-Hant';
    if (language === 'en') return 'en';
  }
  return 'en';
}
