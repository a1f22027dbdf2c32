import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import excalidrawLoader from '../../app/board/excalidraw-loader.mjs';
import { ZH_TW } from '../../app/board/excalidraw-words.mjs';
import { ROOT } from '../../scripts/tools.mjs';

// What Excalidraw says on a Chinese page.

const LOCALES = join(ROOT, 'node_modules/@excalidraw/excalidraw/dist/prod/locales');

/** What the page never shows: its makers, other pages, the command palette, the list of its own users, and names. */
const UNSHOWN =
  /^(?:commandPalette|userList|shareDialog|overwriteConfirm)\.|followUs|discordChat|installPWA|saveLibraryError|magicframe|embeddable|element\.iframe|exportTo(?:Png|Svg)$/;

const fileOf = (name: RegExp) => join(LOCALES, readdirSync(LOCALES).find((each) => name.test(each)) ?? '');

async function english(): Promise<[string, string][]> {
  return flat(await import(/* @vite-ignore */ pathToFileURL(fileOf(/^en-/)).href));
}

/** As they are after the loader of the page's build. */
async function chinese(): Promise<Map<string, string>> {
  const resourcePath = fileOf(/^zh-TW-/);
  const source = excalidrawLoader.call({ resourcePath }, readFileSync(resourcePath, 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'inkroom-words-'));
  try {
    const path = join(folder, 'words.mjs');
    writeFileSync(path, source.replace(/^import\s*"[^"]+";/, ''));
    return new Map(flat(await import(/* @vite-ignore */ pathToFileURL(path).href)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function flat(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] => {
    if (key === 'default') return [];
    return typeof value === 'string' ? [[path + key, value]] : flat(value as object, `${path}${key}.`);
  });
}

it('[BOARD-165] whatever Excalidraw says on the page, it has a Chinese text for, with the same gaps', async () => {
  const words = await chinese();
  const shown = (await english()).filter(([key]) => !UNSHOWN.test(key));
  expect(shown.length).toBeGreaterThan(400);
  expect(shown.filter(([key, text]) => !words.get(key) || words.get(key) === text).map(([key]) => key)).toEqual([]);
  const gaps = (text = '') => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
  const ours = new Map(flat(ZH_TW));
  for (const [key, text] of shown) if (ours.has(key)) expect(gaps(ours.get(key)), key).toEqual(gaps(text));
});
