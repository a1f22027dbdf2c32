import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REPLACED } from '../../app/board/excalidraw-loader.mjs';

const FOLDER = 'node_modules/@excalidraw/excalidraw/dist/prod/';
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.js'));
const source = files.map((name) => readFileSync(FOLDER + name, 'utf8')).join('\n');

test.each(REPLACED)('[BOARD-181] Excalidraw, as it is installed, has what is replaced in it once: %s', (from = '') => {
  expect(source.split(from)).toHaveLength(2);
});
