import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import { CATALOGUES } from '../../app/messages/catalogues.ts';
import { en } from '../../app/messages/en.ts';
import { LOCALES, negotiateLocale } from '../../app/messages/locale.ts';
import { REFUSALS } from '../../lib/protocol/errors.ts';

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, path = ''): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flatten(value, `${path}${key}.`),
  );
}

const english = flatten(en);
const others = LOCALES.filter((locale) => locale !== 'en');

/** Names and examples, the same in every language. */
const SAME_EVERYWHERE = new Set(['app.name']);

const argumentNames = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)\s*[,}]/g)].map(([, name]) => name))].sort();
/** Without its arguments, is there anything to say? */
const hasWords = (text: string) => /\p{L}/u.test(text.replace(/\{\w+\}/g, ''));

describe.each(others)('%s', (locale) => {
  const translated = new Map(flatten(CATALOGUES[locale]));

  it('[MSG-1] has every text, and no other', () => {
    expect([...translated.keys()]).toEqual(english.map(([key]) => key));
  });

  it.each(english)('[MSG-2] %s is translated, with the same arguments', (key, text) => {
    const translation = translated.get(key) ?? '';
    expect(translation.trim()).not.toBe('');
    expect(argumentNames(translation)).toEqual(argumentNames(text));
    if (SAME_EVERYWHERE.has(key) || !hasWords(text)) return;
    expect(translation).not.toBe(text);
    expect(translation).toMatch(/\p{Script=Han}/u);
  });

  it('[MSG-2] is written with the characters and the punctuation of Taiwan', () => {
    for (const [key, text] of translated) {
      // Simplified forms of common characters, and half-width marks between Chinese characters.
      expect(text, key).not.toMatch(/[们这个来时对发开关间网页输标题删读写储载离线语键盘认没]/u);
      expect(text, key).not.toMatch(/\p{Script=Han}[,;:!?]/u);
    }
  });
});

describe('texts', () => {
  it.each(LOCALES)('[MSG-3] can all be said in %s', (locale) => {
    const errors: unknown[] = [];
    const t = createTranslator({ locale, messages: CATALOGUES[locale], onError: (error) => errors.push(error) });
    const values = {
      when: 'x',
      host: 'x',
      percent: '1',
      sites: 'x',
      changes: 2,
      reason: 'x',
      name: 'x',
      count: 2,
      current: '1',
      level: '1',
      keys: 'x',
      adjective: 'x',
      noun: 'x',
    };
    for (const [key] of english) t(key as never, values as never);
    expect(errors).toEqual([]);
  });

  it('[MSG-4] there is one for each way in which the server says no', () => {
    expect(Object.keys(en.refusal).sort()).toEqual(Object.keys(REFUSALS).sort());
  });

  it('[MSG-5] no component has words of its own', () => {
    const found: string[] = [];
    for (const file of readdirSync('app', { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.tsx')) continue;
      const source = readFileSync(join('app', file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      // Text between tags, and the attributes that are shown or read out.
      for (const [match] of source.matchAll(/(?<![=\s])>\s*[A-Za-z][^<>{}=;()]*<\//g)) found.push(`${file}: ${match}`);
      for (const [match] of source.matchAll(/\b(?:aria-label|placeholder|title|alt|label)="[^"]+"/g))
        found.push(`${file}: ${match}`);
    }
    expect(found).toEqual([]);
  });
});

describe('the language of a reader', () => {
  it.each([
    [null, 'en'],
    ['', 'en'],
    ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-Hant'],
    ['en-GB,zh-TW;q=0.5', 'en'],
    ['fr-FR, zh-HK;q=0.7, en;q=0.3', 'zh-Hant'],
    ['fr', 'en'],
    ['zh;q=0, en', 'en'],
    ['en;q=0.1, zh-Hant;q=0.2', 'zh-Hant'],
    [';;,q=,*', 'en'],
  ])('[MSG-6] who accepts %j reads %s', (header, locale) => {
    expect(negotiateLocale(header)).toBe(locale);
  });
});
