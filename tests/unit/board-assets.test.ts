import { describe, expect, it } from 'vitest';
import { assetFile } from '../../app/board/assets/files.ts';

// The fonts of whiteboards.

describe('files of a board', () => {
  it.each([
    'fonts/Excalifont/Excalifont-Regular-a88b72a24fb54c9f94e3b5fdaa7481c9.woff2',
    'fonts/Assistant/Assistant-Bold.woff2',
  ])('[BOARD-161] %s is there', async (path) => {
    const bytes = await assetFile(path);
    expect(String.fromCharCode(...(bytes ?? []).slice(0, 4))).toBe('wOF2');
  });

  it.each([
    '',
    'index.js',
    'index.css',
    'subset-worker.chunk.js',
    'fonts/../index.css',
    'fonts/Assistant/../../index.css',
    '../../package.json',
    'fonts/Assistant/none.woff2',
    'fonts/Assistant/Assistant-Bold.woff2/',
    'fonts%2FAssistant%2FAssistant-Bold.woff2',
  ])('[BOARD-161] %j is not', async (path) => {
    expect(await assetFile(path)).toBe(undefined);
  });
});
