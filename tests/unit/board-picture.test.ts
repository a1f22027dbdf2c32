// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { boardElements, boardFiles } from '../../lib/whiteboard/board.ts';
import { boardPicture, svgDataUrl } from '../../lib/whiteboard/picture.ts';
import { Random } from '../support/random.ts';

// The picture of a board without a canvas: for the HTML and the Markdown of its document.

const PLACE = { position: [10, 20], size: [100, 60], index: 'a0' };
const LINE = { ...PLACE, type: 'arrow', points: [0, 0, 80, 0, 80, 60] };
const TEXT = { ...PLACE, type: 'text', originalText: 'Stage' };
const ADDRESS = `/api/uploads/${'0a'.repeat(32)}`;

type Elements = Record<string, Record<string, unknown>>;

function board(elements: Elements): Y.Doc {
  const doc = new Y.Doc();
  for (const [id, properties] of Object.entries(elements))
    boardElements(doc, 'main').set(id, new Y.Map(Object.entries(properties)));
  return doc;
}

const BOUNDS = { most: 1_000_000, paper: '#ffffff', upload: () => undefined };

function svgOf(doc: Y.Doc, options: Partial<Parameters<typeof boardPicture>[2]> = {}): string {
  const picture = boardPicture(doc, 'main', { ...BOUNDS, ...options });
  if (picture.state !== 'drawn') throw new Error(picture.state);
  return picture.svg;
}

/** Parsed as a browser does: whatever an attribute or a word smuggled in would be an element of its own. */
function parsed(svg: string): Element {
  const page = document.createElement('div');
  page.innerHTML = svg;
  return page.children[0] as Element;
}

const namesOf = (root: Element) => [...new Set([root, ...root.querySelectorAll('*')].map(({ tagName }) => tagName))];

describe('[BOARD-170] the picture of a board', () => {
  it('has each kind of element in its place, in their order', () => {
    const svg = svgOf(
      board({
        one: { ...PLACE, type: 'rectangle', backgroundColor: '#a5d8ff' },
        two: { ...PLACE, type: 'diamond', index: 'a1', roundness: { type: 2 } },
        three: { ...PLACE, type: 'ellipse', index: 'a2' },
        four: { ...LINE, index: 'a3', endArrowhead: 'arrow' },
        five: { ...PLACE, type: 'freedraw', index: 'a4', points: [0, 0, 10, 10, 20, 5] },
        six: { ...TEXT, index: 'a5' },
      }),
    );
    const groups = [...parsed(svg).children].filter(({ tagName }) => tagName.toLowerCase() === 'g');
    expect(groups.map((group) => group.getAttribute('transform'))).toEqual(Array(6).fill('translate(10 20)'));
    expect(groups.map((group) => group.children.length)).toEqual([1, 1, 1, 2, 1, 1]); // an arrow has a head
    expect(groups[0]?.innerHTML).toContain('fill="#a5d8ff"');
    expect(groups[5]?.textContent).toBe('Stage');
  });

  it('is as large as what is drawn, turned shapes and names of frames included, and a margin', () => {
    const viewOf = (elements: Elements) => parsed(svgOf(board(elements))).getAttribute('viewBox');
    expect(viewOf({ one: { ...PLACE, type: 'rectangle' } })).toBe('-6 4 132 92');
    expect(viewOf({ one: { ...PLACE, type: 'rectangle', angle: Math.PI / 2 } })).toBe('14 -16 92 132');
    expect(viewOf({ one: { ...PLACE, type: 'frame' } })).toBe('-6 -16 132 112');
    expect(viewOf({ one: { ...LINE, points: [0, 0, -50, 30] } })).toBe('-56 4 82 62');
  });

  it('turns, fades, fills and dashes as Excalidraw does', () => {
    const svg = svgOf(
      board({
        one: { ...PLACE, type: 'rectangle', angle: Math.PI, opacity: 40, strokeStyle: 'dashed', strokeWidth: 4 },
        two: { ...PLACE, type: 'ellipse', index: 'a1', backgroundColor: 'red', fillStyle: 'hachure' },
        three: { ...PLACE, type: 'ellipse', index: 'a2', backgroundColor: 'red', fillStyle: 'hachure' },
      }),
    );
    expect(svg).toContain('rotate(180 50 30)" opacity="0.4"');
    expect(svg).toContain('stroke-width="4" stroke-dasharray="8 12"');
    expect(svg.match(/<pattern /g)).toHaveLength(1);
    expect(svg.match(/fill="url\(#d0\)"/g)).toHaveLength(2);
  });

  it('ends what lies in a frame at its edges, and a line at the words on it', () => {
    const svg = svgOf(
      board({
        frame: { ...PLACE, type: 'frame', name: 'Plan' },
        inside: { ...PLACE, type: 'ellipse', index: 'a1', frameId: 'frame' },
        line: { ...LINE, index: 'a2' },
        label: { ...TEXT, index: 'a3', containerId: 'line' },
      }),
    );
    expect(svg).toContain('<g clip-path="url(#d0)"><g transform="translate(10 20)"');
    expect(svg).toContain('<g mask="url(#d1)"><g transform="translate(10 20)"');
    expect(parsed(svg).querySelector('text')?.textContent).toBe('Plan');
  });

  it('has the lines of a text under each other, as wide as they were written in whatever font', () => {
    const svg = svgOf(board({ one: { ...TEXT, originalText: 'long words\n\nab', textAlign: 'center' } }));
    const spans = [...parsed(svg).querySelectorAll('tspan')];
    expect(spans.map((span) => span.textContent)).toEqual(['long words', 'ab']);
    expect(spans[0]?.getAttribute('textlength') ?? spans[0]?.getAttribute('textLength')).toBe('100');
    const ys = spans.map((span) => Number(span.getAttribute('y')));
    expect((ys[1] ?? 0) - (ys[0] ?? 0)).toBe(50);
  });

  it('holds the pictures on the board, or an empty frame for each that is not to be had', () => {
    const doc = board({ one: { ...PLACE, type: 'image', fileId: 'abc', scale: [-1, 1] } });
    boardFiles(doc, 'main').set('abc', { mimeType: 'image/png', address: ADDRESS });
    const asked: string[] = [];
    const upload = (address: string) => {
      asked.push(address);
      return 'data:image/png;base64,AAAA';
    };
    expect(svgOf(doc, { upload })).toContain('href="data:image/png;base64,AAAA"');
    expect(asked).toEqual([ADDRESS]);
    expect(svgOf(doc)).not.toContain('<image');
    boardFiles(doc, 'main').set('abc', { mimeType: 'image/png', address: 'https://evil.example/a.png' });
    expect(svgOf(doc, { upload })).not.toContain('<image');
  });

  it('is none of an empty board, and none that is too long; photographs go first', () => {
    expect(boardPicture(new Y.Doc(), 'main', BOUNDS)).toEqual({ state: 'empty' });
    const doc = board({ one: { ...PLACE, type: 'image', fileId: 'abc' }, two: { ...PLACE, type: 'ellipse' } });
    boardFiles(doc, 'main').set('abc', { mimeType: 'image/png', address: ADDRESS });
    const upload = () => `data:image/png;base64,${'A'.repeat(2_000)}`;
    expect(svgOf(doc, { upload, most: 2_000 })).not.toContain('<image');
    expect(boardPicture(doc, 'main', { ...BOUNDS, upload, most: 100 })).toEqual({ state: 'too-long' });
    const still = { ...PLACE, type: 'freedraw', points: Array(40_000).fill(0) };
    const many = board(Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`e${at}`, still])));
    expect(boardPicture(many, 'main', BOUNDS)).toEqual({ state: 'too-long' });
  });

  it('stands in an address as it is', () => {
    const svg = svgOf(board({ one: { ...TEXT, originalText: '100% #1 "世界" 😀' } }));
    const url = svgDataUrl(svg);
    expect(url).toMatch(/^data:image\/svg\+xml,[\w !$&'()*+,\-./:;=?@~%]+$/);
    expect(decodeURIComponent(url.slice('data:image/svg+xml,'.length))).toBe(svg);
  });
});

describe('[BOARD-171] of hostile elements', () => {
  const EVIL = '"/><script>alert(1)</script><foreignObject><iframe src="https://evil.example"></iframe>';

  it('none that is not in the table is in the picture, no link, and no word as anything but a word', () => {
    const svg = svgOf(
      board({
        frame: { ...PLACE, type: 'iframe', link: 'https://evil.example/' },
        embed: { ...PLACE, type: 'embeddable', link: 'https://evil.example/' },
        magic: { ...PLACE, type: 'magicframe', customData: { generationData: { html: EVIL } } },
        shape: { ...PLACE, type: 'rectangle', strokeColor: EVIL, link: 'javascript:alert(1)', onload: 'alert(1)' },
        'x"><script>': { ...PLACE, type: 'ellipse', fillStyle: EVIL, backgroundColor: 'url(https://evil.example)' },
        words: { ...TEXT, originalText: EVIL, fontFamily: EVIL },
        plan: { ...PLACE, type: 'frame', name: EVIL },
        inside: { ...PLACE, type: 'line', points: [0, 0, 1, 1], frameId: 'plan', startArrowhead: EVIL },
        photo: { ...PLACE, type: 'image', fileId: EVIL },
      }),
    );
    expect(namesOf(parsed(svg)).map((name) => name.toLowerCase())).toEqual(
      expect.not.arrayContaining(['script', 'foreignobject', 'iframe', 'a', 'style', 'image', 'use', 'animate', 'set']),
    );
    const words = svg.replaceAll(/>[^<]*</g, '><');
    expect(words).not.toMatch(/evil|alert|javascript|\son\w+=|style=|href=/);
  });

  it('every letter is one that XML has', () => {
    const svg = svgOf(board({ one: { ...TEXT, originalText: 'a\u0000\u0008\ud800b\udc00\ufffe\uffffc\r\nd' } }));
    expect(svg).not.toMatch(/[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u);
    expect(parsed(svg).querySelectorAll('tspan')).toHaveLength(2);
  });

  it('no number is none, whatever the elements are', () => {
    const still = { ...LINE, elbowed: true, points: [0, 0, 0, 0, 80, 0, 80, 0], endArrowhead: 'bar' };
    expect(svgOf(board({ still }))).not.toMatch(/NaN/);
    const random = new Random(7);
    const number = () => random.pick([0, -1, 1, 1e6, -1e6, 1e-9, 0.5, Number.NaN, 1e9, Number.POSITIVE_INFINITY]);
    const numbers = (count: number) => Array.from({ length: count }, number);
    const heads = ['arrow', 'bar', 'dot', 'triangle_outline', 'diamond', 'crowfoot_one', 'crowfoot_one_or_many', null];
    const types = ['rectangle', 'diamond', 'ellipse', 'arrow', 'line', 'freedraw', 'text', 'image', 'frame'];
    for (let round = 0; round < 300; round++) {
      const elements: Elements = {};
      for (let at = 0; at < 5; at++) {
        elements[`e${at}`] = {
          type: random.pick(types),
          ...{
            position: numbers(2),
            size: numbers(2),
            points: numbers(2 * random.pick([1, 2, 3, 5])),
            angle: number(),
          },
          ...{ strokeWidth: number(), roundness: random.pick([null, { type: 2 }, { type: 3, value: number() }]) },
          ...{ backgroundColor: 'red', fillStyle: random.pick(['hachure', 'cross-hatch', 'solid']), opacity: number() },
          ...{
            startArrowhead: random.pick(heads),
            endArrowhead: random.pick(heads),
            elbowed: random.pick([true, false]),
          },
          ...{ originalText: 'a', fontSize: number(), lineHeight: number(), frameId: 'e0', containerId: 'e1' },
          ...{ crop: { x: number(), y: number(), width: 1, height: 1, naturalWidth: number(), naturalHeight: 1 } },
          ...{ simulatePressure: random.pick([true, false]), fileId: 'abc', scale: numbers(2) },
        };
      }
      const doc = board(elements);
      boardFiles(doc, 'main').set('abc', { mimeType: 'image/png', address: ADDRESS });
      const picture = boardPicture(doc, 'main', { ...BOUNDS, upload: () => 'data:image/png;base64,AAAA' });
      if (picture.state === 'drawn') expect(picture.svg, `round ${round}`).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});
