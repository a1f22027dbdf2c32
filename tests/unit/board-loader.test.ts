import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REPLACED } from '../../app/board/excalidraw-loader.mjs';
import config from '../../next.config.mjs';

const FOLDER = 'node_modules/@excalidraw/excalidraw/dist/prod/';
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.js'));
const source = files.map((name) => readFileSync(FOLDER + name, 'utf8')).join('\n');

test.each(REPLACED)('[BOARD-181] Excalidraw, as it is installed, has what is replaced in it once: %s', (from = '') => {
  expect(source.split(from)).toHaveLength(2);
});

test('[BOARD-188] another text in the place of one of these is another option of the build, which keeps nothing of before then', () => {
  const files = ['excalidraw-loader.mjs', 'excalidraw-words.mjs'];
  const texts = files.map((file) => readFileSync(`app/board/${file}`, 'utf8')).join();
  const version = createHash('sha256').update(texts).digest('hex');
  const rules = Object.values(config.turbopack?.rules ?? {});
  expect(rules.length).toBeGreaterThan(0);
  for (const rule of rules) expect(rule).toMatchObject({ loaders: [{ options: { version } }] });
});
