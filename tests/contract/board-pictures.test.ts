import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { boardElements, boardFiles } from '../../lib/whiteboard/board.ts';
import { Peer } from '../support/peer.ts';
import { png } from '../support/pictures.ts';
import { ServerProcess } from '../support/server-process.ts';
import { ADMIN_KEY, TOKENS, tokenOf } from '../support/tokens.ts';

// The boards of a document, as those get them who read it without drawing: from the real server.

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.launch();
});
afterAll(() => server.close());

const SHAPE = { type: 'rectangle', position: [0, 0], size: [100, 60], index: 'a0' };

async function create(body: object, { url } = server, headers = {}): Promise<string> {
  const options = { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers } };
  const answer = await fetch(`${url}/api/documents`, { ...options, body: JSON.stringify(body) });
  return (await answer.json()).name;
}

/** Does `change` to the document as a client that is in it. */
async function change(document: string, change: (doc: Y.Doc) => void): Promise<void> {
  const peer = await Peer.join({ sync: server.sync, document, voice: 'hocuspocus' });
  const before = Y.encodeStateVector(peer.doc);
  change(peer.doc);
  peer.sendUpdate(Y.encodeStateAsUpdate(peer.doc, before));
  await peer.until('syncStatus');
  await peer.close();
}

function draw(document: string, board: string, elements: Record<string, object>): Promise<void> {
  return change(document, (doc) => {
    for (const [id, properties] of Object.entries(elements))
      boardElements(doc, board).set(id, new Y.Map(Object.entries(properties)));
  });
}

function mention(document: string, ...boards: string[]): Promise<void> {
  return change(document, (doc) => {
    const blocks = boards.map((name) => {
      const block = new Y.XmlElement('board');
      block.setAttribute('name', name);
      return block;
    });
    doc.getXmlFragment('content').insert(0, blocks);
  });
}

const get = (path: string, headers = {}) => fetch(`${server.url}/api/documents/${path}`, { headers });

async function htmlOf(document: string): Promise<string> {
  return (await (await get(`${document}/content?format=html`)).json()).html;
}

describe('the picture of a board', () => {
  it('[API-18] is an SVG on white paper that runs nothing and loads nothing, whoever opens it', async () => {
    const document = await create({});
    await draw(document, 'plan', { one: SHAPE });
    const answer = await get(`${document}/boards/plan.svg`);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; img-src data:; sandbox",
      'cache-control': 'private, no-cache',
    });
    const svg = await answer.text();
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="-16 -16 132 92"/);
    expect(svg).toContain('fill="#ffffff"');
  });

  it('[API-18] is that of the last edit, has a tag of its own, and is not sent again to who has it', async () => {
    const document = await create({});
    await draw(document, 'plan', { one: SHAPE });
    const path = `${document}/boards/plan.svg`;
    const first = await get(path);
    const tag = first.headers.get('etag') ?? '';
    expect((await get(path, { 'If-None-Match': tag })).status).toBe(304);
    expect((await get(`${document}/content?format=html`)).headers.get('etag')).not.toBe(tag);
    await draw(document, 'plan', { two: { ...SHAPE, type: 'ellipse', position: [300, 0], index: 'a1' } });
    const second = await get(path, { 'If-None-Match': tag });
    expect(second.status).toBe(200);
    expect(await second.text()).not.toBe(await first.text());
  });

  it('[API-18] is a blank sheet where nothing is drawn; a name that is none and a document that is none are 404', async () => {
    const document = await create({});
    const blank = await get(`${document}/boards/anything.svg`);
    expect(blank.status).toBe(200);
    expect(await blank.text()).toMatch(/^<svg [^>]+><rect [^>]+\/><\/svg>$/);
    for (const path of [
      `${document}/boards/${'x'.repeat(65)}.svg`,
      `${document}/boards/a%20b.svg`,
      `${document}/boards/.svg`,
      `${document}/boards/plan`,
      'never-written/boards/plan.svg',
    ])
      expect((await get(path)).status, path).toBe(404);
  });

  it('[API-18] holds the pictures that are on the board, out of the uploads', async () => {
    const document = await create({});
    const url = `${server.url}/api/uploads?document=${document}`;
    const { address } = await (
      await fetch(url, { method: 'POST', body: new Uint8Array(png({ width: 12, height: 8 })) })
    ).json();
    await change(document, (doc) => {
      boardFiles(doc, 'plan').set('abc', { mimeType: 'image/png', address });
      boardFiles(doc, 'plan').set('def', { mimeType: 'image/png', address: `/api/uploads/${'0'.repeat(64)}` });
    });
    const image = { ...SHAPE, type: 'image' };
    await draw(document, 'plan', { one: { ...image, fileId: 'abc' }, two: { ...image, index: 'a1', fileId: 'def' } });
    const svg = await (await get(`${document}/boards/plan.svg`)).text();
    const bytes = Buffer.from(png({ width: 12, height: 8 })).toString('base64');
    expect(svg).toContain(`href="data:image/png;base64,${bytes}"`);
    expect(svg.match(/<image /g)).toHaveLength(1);
  });

  it('[API-18] of hostile elements is of those that may be shown', async () => {
    const document = await create({});
    const evil = '"/><script>alert(1)</script>';
    await draw(document, 'plan', {
      frame: { ...SHAPE, type: 'iframe', link: 'https://evil.example/' },
      page: { ...SHAPE, type: 'embeddable', customData: { generationData: { html: evil } } },
      words: { ...SHAPE, type: 'text', originalText: evil, strokeColor: evil, link: 'javascript:alert(1)' },
    });
    const svg = await (await get(`${document}/boards/plan.svg`)).text();
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).not.toMatch(/<script|<iframe|<foreignObject|href=|evil\.example|javascript/);
    await mention(document, 'plan');
    expect(await htmlOf(document)).not.toMatch(/<script|evil\.example|javascript/);
  });

  it('[API-18] with tokens is for those who may read the document', async () => {
    const closed = await ServerProcess.launch({ env: TOKENS });
    try {
      const document = await create({}, closed, { Authorization: `Bearer ${ADMIN_KEY}` });
      const ask = async (claims?: Parameters<typeof tokenOf>[0]) => {
        const headers: Record<string, string> = claims ? { Authorization: `Bearer ${await tokenOf(claims)}` } : {};
        return (await fetch(`${closed.url}/api/documents/${document}/boards/main.svg`, { headers })).status;
      };
      expect(await ask()).toBe(401);
      expect(await ask({ documents: ['another'] })).toBe(404);
      expect(await ask({ role: 'view' })).toBe(200);
    } finally {
      await closed.close();
    }
  });
});

describe('the HTML of a document', () => {
  it('[HTML-7] holds a picture of each of its boards, on no paper, which is a link to it', async () => {
    const document = await create({});
    await draw(document, 'plan', { one: SHAPE });
    await draw(document, 'other', { one: { ...SHAPE, type: 'ellipse' } });
    await mention(document, 'plan', 'other', 'empty', '../x');
    const html = await htmlOf(document);
    const block = /<div class="board-block" data-board="(\w+)"><a href="\?board=\1">(.*?)<\/a><\/div>/g;
    const boards = [...html.matchAll(block)].map(([, name, shown = '']) => [name, shown] as const);
    expect(boards.map(([name]) => name)).toEqual(['plan', 'other', 'empty']);
    expect(boards[2]?.[1]).toBe('Whiteboard');
    for (const [, shown] of boards.slice(0, 2)) {
      const [, data = ''] = /^<img src="data:image\/svg\+xml,([^"]+)" alt="Whiteboard">$/.exec(shown) ?? [];
      const svg = decodeURIComponent(data);
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [^>]+><g transform="translate\(0 0\)"/);
    }
    expect(html).toContain('<div class="board-block"></div>');
  });

  it('[HTML-7] of a document that is a board is that board', async () => {
    const document = await create({ kind: 'board', title: 'Sketch' });
    await draw(document, 'main', { one: SHAPE });
    expect(await htmlOf(document)).toMatch(/^<div class="board-block" data-board="main"><a [^>]+><img src="data:image/);
  });

  it('[HTML-8] has a link where a picture would be too long, and where all together are', async () => {
    const document = await create({});
    const points = Array.from({ length: 4_000 }, (_, at) => (at % 2 === 0 ? at : 100 * Math.sin(at)));
    const stroke = { ...SHAPE, type: 'freedraw', points };
    await draw(document, 'large', { one: stroke });
    for (const board of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
      await draw(document, board, { one: { ...stroke, points: points.slice(0, 1_400) } });
    await mention(document, 'large', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const html = await htmlOf(document);
    const shown = [...html.matchAll(/data-board="(\w+)"><a [^>]+>(<img|Whiteboard)/g)].map(([, name, is]) => [
      name,
      is,
    ]);
    expect(shown[0]).toEqual(['large', 'Whiteboard']);
    expect(shown[1]).toEqual(['a', '<img']);
    expect(shown.at(-1)).toEqual(['h', 'Whiteboard']);
    expect(html.length).toBeLessThan(2_200_000);
  });
});
