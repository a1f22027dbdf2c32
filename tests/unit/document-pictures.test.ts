import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { boardElements, boardFiles } from '../../lib/whiteboard/board.ts';
import { boardPictures, picture } from '../../server/documents/picture.ts';
import { LIMITS } from '../../server/limits.ts';
import { uploadPath } from '../../server/uploads/files.ts';

// How long the pictures of boards may be that the server makes: just within, and one letter or byte beyond.

/** Of one text. */
const LETTERS = 10_000;

/** Draws texts with so many letters in all. */
function draw(doc: Y.Doc, board: string, letters: number): void {
  doc.transact(() => {
    for (let at = 0; at * LETTERS < letters; at++) {
      const originalText = 'x'.repeat(Math.min(LETTERS, letters - at * LETTERS));
      const text = { type: 'text', position: [0, 0], size: [9, 9], index: 'a0', originalText };
      boardElements(doc, board).set(`e${at}`.padEnd(6, '_'), new Y.Map(Object.entries(text)));
    }
  });
}

const pagesOf = (doc: Y.Doc) => ({ snapshot: Y.encodeStateAsUpdate(doc), updates: [] });

function svgOf(letters: number): Uint8Array | undefined {
  const doc = new Y.Doc();
  draw(doc, 'main', letters);
  return picture(pagesOf(doc), 'main').svg;
}

/** The address of a picture of a board with so many letters, for the HTML of its document. */
function addressOf(letters: number): string | undefined {
  const doc = new Y.Doc();
  draw(doc, 'main', letters);
  return boardPictures(doc, undefined)('main');
}

/** So many texts that their picture is just short enough; one more is too much. */
function textsIn(most: number, made: (letters: number) => { length: number } | undefined): number {
  const lengthOf = (texts: number) => made(texts * LETTERS)?.length ?? Number.NaN;
  return Math.floor(most / (lengthOf(2) - lengthOf(1)));
}

describe('[BOARD-170] the picture of a board', () => {
  it.each([
    ['by itself', LIMITS.pictureLength, svgOf],
    ['in the HTML of its document', LIMITS.contentPictureLength, addressOf],
  ])(
    '%s has %i characters at most',
    (_where, most, made) => {
      const texts = textsIn(most, made);
      expect(made(texts * LETTERS)?.length).toBeGreaterThan(most - 2 * LETTERS);
      expect(made((texts + 1) * LETTERS)).toBe(undefined);
    },
    60_000,
  ); // the longest picture, made twice

  it('in the HTML of its document is given while all of them fit', () => {
    const doc = new Y.Doc();
    const boards = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const board of boards) draw(doc, board, 300_000);
    const pictureOf = boardPictures(doc, undefined);
    const lengths = boards.map((board) => pictureOf(board)?.length ?? 0);
    const fitting = Math.floor(LIMITS.contentPicturesLength / (lengths[0] ?? 1));
    expect(lengths.map((length) => length > 0)).toEqual(boards.map((_, at) => at < fitting));
    expect(fitting).toBeLessThan(boards.length);
  });
});

describe('[BOARD-170] an upload on a board', () => {
  const directory = mkdtempSync(join(tmpdir(), 'inkroom-pictures-'));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it.each([
    [LIMITS.pictureUploadBytes, true],
    [LIMITS.pictureUploadBytes + 1, false],
  ])('of %i bytes stands in its picture: %s', (bytes, stands) => {
    const hash = '0a'.repeat(32);
    mkdirSync(dirname(uploadPath(directory, hash)), { recursive: true });
    writeFileSync(uploadPath(directory, hash), Buffer.alloc(bytes, 137));
    const doc = new Y.Doc();
    const image = { type: 'image', fileId: 'abc', position: [0, 0], size: [9, 9], index: 'a0' };
    boardElements(doc, 'main').set('one', new Y.Map(Object.entries(image)));
    boardFiles(doc, 'main').set('abc', { mimeType: 'image/png', address: `/api/uploads/${hash}` });
    const svg = new TextDecoder().decode(picture(pagesOf(doc), 'main', directory).svg);
    expect(svg.includes('href="data:image/png;base64,')).toBe(stands);
  });
});
