import { describe, expect, it } from 'vitest';
import { assetFile } from '../../app/board/assets/files.ts';

// What whiteboards load besides the page.

describe('files of a board', () => {
  it.each([
    ['fonts/Excalifont/Excalifont-Regular-a88b72a24fb54c9f94e3b5fdaa7481c9.woff2', 'font/woff2'],
    ['fonts/Assistant/Assistant-Bold.woff2', 'font/woff2'],
    ['subset-worker.chunk.js', 'text/javascript; charset=utf-8'],
  ])('[BOARD-161] %s is there', async (path, type) => {
    const file = await assetFile(path);
    expect(file?.type).toBe(type);
    expect(file?.bytes.length).toBeGreaterThan(100);
  });

  it.each([
    '',
    'index.js',
    'index.css',
    'fonts/../index.css',
    'fonts/Assistant/../../index.css',
    '../../package.json',
    'fonts/Assistant/none.woff2',
    'fonts/Assistant/Assistant-Bold.woff2/',
    'chunk-../../../.js',
    'fonts%2FAssistant%2FAssistant-Bold.woff2',
  ])('[BOARD-161] %j is not', async (path) => {
    expect(await assetFile(path)).toBe(undefined);
  });
});
