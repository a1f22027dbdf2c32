import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { boardElements, boardFiles, toScene } from '../../lib/whiteboard/board.ts';
import { copyBoard, pasteBoard } from '../../lib/whiteboard/board-copy.ts';
import { BOARD, FakeBoard } from '../support/fake-board.ts';
import { FakeClock } from '../support/fake-clock.ts';

// A board that a clipboard carries into another document.

const PICTURE = { mimeType: 'image/png', address: `/api/uploads/${'a'.repeat(64)}` };

/** A document with shapes of several kinds, one of them a picture. */
function drawn(): Y.Doc {
  const board = new FakeBoard('ada', { clock: new FakeClock() });
  board.add({ type: 'rectangle', x: 10, strokeColor: '#e03131' });
  board.add({ type: 'text', text: 'a "label"', originalText: 'a "label"' });
  const points = [
    [0, 0],
    [3, 4],
    [9, 1],
  ];
  board.add({ type: 'freedraw', points, pressures: [], simulatePressure: true });
  board.add({ type: 'image', fileId: 'b'.repeat(40) });
  board.binding.flush();
  boardFiles(board.doc, BOARD).set('b'.repeat(40), PICTURE);
  return board.doc;
}

const scene = (doc: Y.Doc, name: string) => toScene(boardElements(doc, name));

describe('a board that is copied', () => {
  it('[BOARD-183] is in another document what it was, and grows there as any other', () => {
    const from = drawn();
    const copy = copyBoard(from, BOARD, 100_000) ?? '';
    const to = new Y.Doc();
    expect(pasteBoard(to, 'elsewhere', copy)).toBe(true);
    expect(scene(to, 'elsewhere')).toEqual(scene(from, BOARD));
    expect(scene(to, 'elsewhere')).toHaveLength(4);
    expect(boardFiles(to, 'elsewhere').toJSON()).toEqual({ ['b'.repeat(40)]: PICTURE });
    const maps = [...boardElements(to, 'elsewhere').values()] as Y.Map<unknown>[];
    expect(maps.find((map) => map.get('type') === 'text')?.get('originalText')).toBeInstanceOf(Y.Text);
    expect(maps.find((map) => map.get('type') === 'freedraw')?.get('points')).toBeInstanceOf(Y.Array);
  });

  it('[BOARD-183] says nothing that goes without saying, and nothing at all where it would be too long', () => {
    const from = drawn();
    const copy = copyBoard(from, BOARD, 100_000) ?? '';
    expect(copy).not.toContain('opacity');
    expect(copyBoard(from, BOARD, copy.length)).toBe(copy);
    expect(copyBoard(from, BOARD, copy.length - 1)).toBe(undefined);
    expect(copyBoard(from, BOARD, 10)).toBe(undefined);
  });

  it('[BOARD-185] of what a stranger wrote takes only what may be shown, and throws at nothing', () => {
    const shape = { type: 'rectangle', position: [0, 0], size: [1, 1], customData: { a: 1 }, link: 'javascript:1' };
    const elements = [
      ['good', shape],
      ['embed', { ...shape, type: 'iframe' }],
      ['', shape],
      ['__proto__', shape],
      ['nowhere', { type: 'rectangle' }],
      ['null', null],
      'not a pair',
      [],
      [{}, shape],
    ];
    const files = [
      ['c'.repeat(40), { ...PICTURE, address: 'https://elsewhere.example/p.png' }],
      ['d'.repeat(40), { ...PICTURE, more: 1 }],
      ['../e', PICTURE],
      [null],
    ];
    const doc = new Y.Doc();
    expect(pasteBoard(doc, 'plan', JSON.stringify({ elements, files }))).toBe(true);
    expect([...boardElements(doc, 'plan').keys()]).toEqual(['good']);
    const stored = (boardElements(doc, 'plan').get('good') as Y.Map<unknown>).toJSON();
    expect(stored).not.toHaveProperty('customData');
    expect(JSON.stringify(stored)).not.toContain('javascript');
    expect(boardFiles(doc, 'plan').toJSON()).toEqual({ ['d'.repeat(40)]: PICTURE });
  });

  it.each(['', 'null', '1', '[]', '{}', '{"elements":1,"files":[]}', '{"elements":[]', '"x"'])(
    '[BOARD-185] %j is no copy, and nothing is written',
    (text) => {
      const doc = new Y.Doc();
      expect(pasteBoard(doc, 'plan', text)).toBe(false);
      expect(doc.store.clients.size).toBe(0);
    },
  );
});
