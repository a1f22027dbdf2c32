import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { boardElements, readElement, toScene } from '../../lib/whiteboard/board.ts';
import { encode } from '../../lib/whiteboard/stored.ts';
import { BoardWorld } from '../support/board-world.ts';

const GOOD = { type: 'rectangle', position: [1, 2], size: [3, 4], index: 'a0' };
const TEXT = { ...GOOD, type: 'text' };

/** What a board shows of a map that somebody wrote. */
function shownOf(properties: Record<string, unknown>): Record<string, unknown> | undefined {
  const elements = boardElements(new Y.Doc(), 'main');
  elements.set('id', new Y.Map(Object.entries(properties)));
  return readElement('id', elements.get('id')) as Record<string, unknown> | undefined;
}

test('[BOARD-40] an element of a table of types is shown with what is missing filled in', () => {
  expect(shownOf(GOOD)).toMatchObject({
    ...{ id: 'id', type: 'rectangle', x: 1, y: 2, width: 3, height: 4, strokeColor: '#1e1e1e', opacity: 100 },
    ...{ groupIds: [], boundElements: [], link: null, isDeleted: false, version: 1 },
  });
});

test.each([
  ['a foreign page', { ...GOOD, type: 'iframe' }],
  ['an embedded page', { ...GOOD, type: 'embeddable', link: 'https://evil.example' }],
  ['a frame of generated HTML', { ...GOOD, type: 'magicframe' }],
  ['a selection', { ...GOOD, type: 'selection' }],
  ['a type that is none', { ...GOOD, type: 'toString' }],
  ['a type that is no word', { ...GOOD, type: ['rectangle'] }],
  ['no type', { position: [1, 2], size: [3, 4] }],
  ['no place', { type: 'rectangle', size: [3, 4] }],
  ['a place that is no number', { ...GOOD, position: ['1', 2] }],
  ['a place that is not finite', { ...GOOD, position: [Number.NaN, 2] }],
  ['a place far away', { ...GOOD, position: [1e9, 2] }],
  ['an endless size', { ...GOOD, size: [Number.POSITIVE_INFINITY, 4] }],
  ['three coordinates', { ...GOOD, position: [1, 2, 3] }],
  ['a line without points', { ...GOOD, type: 'line' }],
  ['points that are none', { ...GOOD, type: 'line', points: [0, 0, 'a', 1] }],
  ['points that are objects', { ...GOOD, type: 'freedraw', points: [{}, []] }],
  ['a text without words', TEXT],
])('[BOARD-41] %s is not shown', (_, properties) => {
  expect(shownOf(properties)).toBeUndefined();
});

test('[BOARD-41] what is no map is not shown', () => {
  for (const value of [null, undefined, 1, 'rectangle', [], GOOD, new Y.Array()])
    expect(readElement('id', value)).toBeUndefined();
});

test.each([
  ['a link that runs a script', 'link', 'javascript:alert(1)', null],
  ['one with a tab in it', 'link', 'java\tscript:alert(1)', null],
  ['a link to data', 'link', 'data:text/html,<script>', null],
  ['a colour that loads a file', 'strokeColor', 'url(https://evil.example)', '#1e1e1e'],
  ['a colour that is markup', 'backgroundColor', '"><script>', 'transparent'],
  ['a width that is not finite', 'strokeWidth', Number.NaN, 2],
  ['an opacity below nothing', 'opacity', -1, 100],
  ['too many groups', 'groupIds', Array.from({ length: 51 }, (_, at) => `${at}`), []],
  ['groups that are none', 'groupIds', ['a', {}], []],
  ['a group that is a prototype', 'groupIds', ['__proto__'], []],
  ['a key of a place that is none', 'index', 'a00', null],
  ['a frame with a control character', 'frameId', 'a\u0000b', null],
  ['a corner of no kind', 'roundness', { type: 9 }, null],
])('[BOARD-42] %s is not shown, and the element is', (_, key, value, shown) => {
  expect(shownOf({ ...GOOD, [key]: value })?.[key]).toEqual(shown);
});

test('[BOARD-42] a link that may be followed is shown', () => {
  expect(shownOf({ ...GOOD, link: 'https://example.org/a' })?.link).toBe('https://example.org/a');
});

test('[BOARD-43] custom data and unknown properties are never shown and never written', () => {
  const generated = { customData: { generationData: { status: 'done', html: '<script>' } }, srcdoc: '<script>' };
  const shown = shownOf({ ...GOOD, ...generated });
  expect(shown).not.toHaveProperty('customData');
  expect(shown).not.toHaveProperty('srcdoc');

  const world = new BoardWorld();
  const ada = world.join('ada', 1);
  ada.add(generated);
  ada.add({ type: 'iframe' });
  ada.add({ link: 'javascript:alert(1)' });
  world.settle();
  expect(JSON.stringify(ada.shared)).not.toMatch(/script|iframe|customData/);
});

test('[BOARD-43] what is not shown stays in the document, and goes and comes with its type', () => {
  const world = new BoardWorld();
  const [ada, bob] = [world.join('ada', 1), world.join('bob', 2)];
  const shape = ada.add();
  world.settle();
  const map = bob.shared.get(shape) as Y.Map<unknown>;

  map.set('type', 'iframe');
  world.settle();
  expect([ada.ids, bob.ids]).toEqual([[], []]);
  expect(ada.shared.has(shape)).toBe(true);

  map.set('type', 'ellipse');
  world.settle();
  expect(ada.get(shape).type).toBe('ellipse');
  expect(bob.seen).toEqual(ada.seen);
});

test('[BOARD-44] lengths are bounded: of points, text and bound elements the first are shown', () => {
  const points = Array.from({ length: 50_001 }, (_, at) => at % 100);
  expect(shownOf({ ...GOOD, type: 'freedraw', points })?.points).toHaveLength(20_000);
  expect(shownOf({ ...TEXT, originalText: 'a'.repeat(60_000) })?.originalText).toHaveLength(50_000);
  const bound = Object.fromEntries(Array.from({ length: 1_100 }, (_, at) => [`bound:${at}`, 'arrow']));
  expect(shownOf({ ...GOOD, ...bound })?.boundElements).toHaveLength(1_000);
});

test('[BOARD-45] what is shown shares no object with the document', () => {
  const elements = boardElements(new Y.Doc(), 'main');
  elements.set('id', new Y.Map(Object.entries({ ...GOOD, roundness: { type: 3 }, groupIds: ['g'] })));
  const [shown] = toScene(elements) as unknown as { roundness: { type: number }; groupIds: string[] }[];
  if (shown) {
    shown.roundness.type = 1;
    shown.groupIds.push('h');
  }
  expect(toScene(elements)[0]).toMatchObject({ roundness: { type: 3 }, groupIds: ['g'] });
});

test.each([
  ['rectangle', GOOD],
  ['arrow', { ...GOOD, type: 'arrow', points: [0, 0, 5, 5] }],
  ['freedraw', { ...GOOD, type: 'freedraw', points: [0, 0, 5, 5] }],
  ['text', { ...TEXT, originalText: 'a' }],
  ['image', { ...GOOD, type: 'image', fileId: 'f' }],
])(
  '[BOARD-47] what is shown of a %s is no hash table: of thousands, each property is looked at all the time',
  (_type, properties) => {
    setFlagsFromString('--allow-natives-syntax');
    const isFast = new Function('element', 'return %HasFastProperties(element)');
    const shown = shownOf(properties);
    expect(isFast(shown)).toBe(true);
    expect(isFast({ ...shown, version: 2 })).toBe(true);
  },
);

test('[BOARD-46] hostile elements make no board throw', () => {
  const values = [null, undefined, 0, -1, Number.NaN, '', 'x', [], {}, [[]], { type: 'x' }, true];
  for (const value of values) {
    for (const key of [...Object.keys(encode(GOOD_TEXT) ?? {}), 'points', 'boundElements', 'originalText']) {
      encode({ ...GOOD_TEXT, [key]: value });
      if (value !== undefined) shownOf({ ...TEXT, originalText: 'a', [key]: value });
    }
  }
});

const GOOD_TEXT = {
  type: 'text',
  x: 1,
  y: 2,
  width: 3,
  height: 4,
  text: 'a',
  originalText: 'a',
  boundElements: [null, 1],
};
