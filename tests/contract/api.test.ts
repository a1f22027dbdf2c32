import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { documentKind, documentTitle } from '../../lib/convert/new-document.ts';
import { LIMITS } from '../../server/limits.ts';
import { VERSION } from '../../server/version.ts';
import { Peer } from '../support/peer.ts';
import { RawSocket, upgradeRequest } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// The HTTP side of the real server: what pages, scripts, backups and load balancers see, and who is let in at all.

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.launch();
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends the path as it is given: `fetch` would tidy it up. */
async function ask(
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false });
  request.end(body);
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

const json = (answer: Answer) => JSON.parse(answer.body.toString());
const JSON_TYPE = { 'content-type': 'application/json' };

function post(body: unknown, headers: Record<string, string> = JSON_TYPE): Promise<Answer> {
  return ask('/api/documents', { method: 'POST', headers, body: JSON.stringify(body) });
}

/** An error of the API: its status, and one shape for all of them. */
function expectRefusal(answer: Answer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(json(answer)).toEqual({ error: { code, message: expect.stringMatching(/^\S.*\.?$/) } });
}

/** A document with one line of text, made by a client rather than by the API. */
async function written(document: string, words: string): Promise<void> {
  const peer = await Peer.join({ sync: server.sync, document, voice: 'hocuspocus' });
  const doc = new Y.Doc();
  doc.getText('text').insert(0, words);
  peer.sendUpdate(Y.encodeStateAsUpdate(doc));
  await peer.until('syncStatus');
  await peer.close();
}

describe('health', () => {
  it('[API-1] /healthz says that the process lives, /readyz that it takes edits', async () => {
    expect(json(await ask('/healthz'))).toEqual({ status: 'ok' });
    const ready = await ask('/readyz');
    expect(ready.status).toBe(200);
    expect(json(ready)).toEqual({ status: 'ready', version: VERSION });
    expect(ready.headers['cache-control']).toBe('no-store');
  });

  it('[API-1] anyone may ask for them, whatever name the server goes by', async () => {
    const headers = { host: 'inkroom.internal:8080' };
    expect((await ask('/healthz', { headers })).status).toBe(200);
    expect((await ask('/readyz', { headers })).status).toBe(200);
  });
});

describe('the documents', () => {
  it('[API-2] one is made with its title, under a name that cannot be guessed', async () => {
    const answer = await post({ title: '會議記錄' });
    expect(answer.status).toBe(201);
    const { name, title } = json(answer);
    expect(title).toBe('會議記錄');
    expect(name).toMatch(/^[\w-]{16}$/);
    const stored = await server.stored(name);
    expect(documentTitle(stored)).toBe('會議記錄');
    expect(stored.getXmlFragment('content').length).toBe(1);
    expect(json(await post({})).title).toBe('');
  });

  it('[API-17] one is made as a text or as a board, and says which wherever it is described', async () => {
    const text = json(await post({}));
    expect(text.kind).toBe('text');
    const { name, kind } = json(await post({ title: 'Sketch', kind: 'board' }));
    expect(kind).toBe('board');
    expect(documentKind(await server.stored(name))).toBe('board');
    expect(json(await ask(`/api/documents/${name}`)).kind).toBe('board');
    const { documents } = json(await ask('/api/documents'));
    expect(documents[0]).toMatchObject({ name, kind: 'board' });
    expect(documents[1]).toMatchObject({ name: text.name, kind: 'text' });
    expect(json(await ask(`/api/documents/${name}/content?format=html`)).kind).toBe('board');
  });

  it('[API-3] the list has the newest change first, in pages', async () => {
    const names: string[] = [];
    for (const title of ['one', 'two', 'three']) names.unshift(json(await post({ title })).name);
    const { documents } = json(await ask('/api/documents?limit=3'));
    expect(documents.map((document: { title: string }) => document.title)).toEqual(['three', 'two', 'one']);
    expect(documents.map((document: { name: string }) => document.name)).toEqual(names);
    for (const { createdAt, updatedAt } of documents) expect(updatedAt).toBeGreaterThanOrEqual(createdAt);
    const second = json(await ask('/api/documents?limit=1&offset=1')).documents;
    expect(second.map((document: { title: string }) => document.title)).toEqual(['two']);
    const oldest = await written(names[2] as string, 'changed').then(() => ask('/api/documents?limit=1'));
    expect(json(oldest).documents[0].name).toBe(names[2]);
  });

  it('[API-4] one is described by itself, with the title that it has now', async () => {
    const { name } = json(await post({ title: 'old' }));
    const peer = await Peer.join({ sync: server.sync, document: name, voice: 'hocuspocus' });
    const before = Y.encodeStateVector(peer.doc);
    peer.doc.getMap('meta').set('title', 'new');
    peer.sendUpdate(Y.encodeStateAsUpdate(peer.doc, before));
    await peer.until('syncStatus');
    await peer.close();
    const answer = await ask(`/api/documents/${name}`);
    expect(answer.status).toBe(200);
    expect(json(answer)).toEqual({
      name,
      title: 'new',
      kind: 'text',
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
    });
  });

  it('[API-5] the state is the whole document as one update, with what was written a moment ago', async () => {
    const peer = await Peer.join({ sync: server.sync, document: 'of many pieces', voice: 'hocuspocus' });
    const doc = new Y.Doc();
    doc.on('update', (update: Uint8Array) => peer.sendUpdate(update));
    const text = doc.getText('text');
    for (const word of ['of ', 'many ', 'pieces']) text.insert(text.length, word);
    text.delete(0, 3);
    await until('all to be acknowledged', () => peer.acknowledged === 4);
    const answer = await ask('/api/documents/of%20many%20pieces/state');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    const loaded = new Y.Doc();
    Y.applyUpdate(loaded, answer.body);
    expect(loaded.getText('text').toString()).toBe('many pieces');
    expect(Y.encodeStateVector(loaded)).toEqual(Y.encodeStateVector(doc));
    await peer.close();
  });

  describe('as HTML', () => {
    /** A document with one paragraph of text. */
    async function paragraph(words: string): Promise<{ name: string; change: (words: string) => Promise<void> }> {
      const { name } = json(await post({ title: 'To read' }));
      const change = async (more: string) => {
        const peer = await Peer.join({ sync: server.sync, document: name, voice: 'hocuspocus' });
        const before = Y.encodeStateVector(peer.doc);
        const first = peer.doc.getXmlFragment('content').get(0) as Y.XmlElement;
        (first.get(0) as Y.XmlText).insert(0, more);
        peer.sendUpdate(Y.encodeStateAsUpdate(peer.doc, before));
        await peer.until('syncStatus');
        await peer.close();
      };
      await change(words);
      return { name, change };
    }

    it('[API-14] the content is title and text, and has a tag that changes with it', async () => {
      const { name, change } = await paragraph('a < b');
      const path = `/api/documents/${name}/content?format=html`;
      const first = await ask(path);
      expect(first.status).toBe(200);
      expect(first.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(first.headers['cache-control']).toBe('private, no-cache');
      expect(json(first)).toEqual({ title: 'To read', kind: 'text', html: '<p>a &lt; b</p>' });
      const tag = first.headers.etag as string;
      const same = await ask(path, { headers: { 'if-none-match': `"other", W/${tag}` } });
      expect(same.status).toBe(304);
      expect(same.headers.etag).toBe(tag);
      expect(same.body).toHaveLength(0);
      expect((await ask(path, { method: 'HEAD' })).headers['content-length']).toBe(first.headers['content-length']);

      await change('now ');
      const old = await ask(path, { headers: { 'cache-control': 'max-age=60' } });
      expect(json(old).html).toBe('<p>a &lt; b</p>');
      const second = await ask(path, { headers: { 'if-none-match': tag } });
      expect(second.status).toBe(200);
      expect(json(second).html).toBe('<p>now a &lt; b</p>');
    });

    it('[API-15] many who ask at once are answered alike; a format that is not known is refused', async () => {
      const { name } = await paragraph('shared');
      const path = `/api/documents/${name}/content`;
      const answers = await Promise.all(Array.from({ length: 60 }, () => ask(`${path}?format=html`)));
      expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.etag}`)).size).toBe(1);
      expectRefusal(await ask(path), 400, 'bad-query');
      expectRefusal(await ask(`${path}?format=docx`), 400, 'bad-query');
      expectRefusal(await ask('/api/documents/never/content?format=html'), 404, 'not-found');
    });
  });

  it('[API-16] the documents that speak of one are found, after an edit too', async () => {
    const names: string[] = [];
    for (const title of ['spoken of', 'mentions', 'links', 'neither']) names.push(json(await post({ title })).name);
    const [target = '', ...others] = names;
    const write = async (document: string, change: (paragraph: Y.XmlElement) => void) => {
      const peer = await Peer.join({ sync: server.sync, document, voice: 'hocuspocus' });
      const before = Y.encodeStateVector(peer.doc);
      change(peer.doc.getXmlFragment('content').get(0) as Y.XmlElement);
      peer.sendUpdate(Y.encodeStateAsUpdate(peer.doc, before));
      await peer.until('syncStatus');
      await peer.close();
    };
    const backlinks = async () => {
      const answer = await ask(`/api/documents/${target}/backlinks`);
      expect(answer.status).toBe(200);
      return json(answer).documents.map(({ title }: { title: string }) => title);
    };
    expect(await backlinks()).toEqual([]);
    await write(others[0] as string, (paragraph) => {
      const mention = new Y.XmlElement('mention');
      mention.setAttribute('kind', 'document');
      mention.setAttribute('id', target);
      paragraph.insert(1, [mention]);
    });
    await write(others[1] as string, (paragraph) => {
      const link = { href: `https://ink.example/d/${target}` };
      (paragraph.get(0) as Y.XmlText).insert(0, 'see there', { link });
    });
    expect(await backlinks()).toEqual(['links', 'mentions']);
    await write(others[0] as string, (paragraph) => paragraph.delete(1, 1));
    expect(await backlinks()).toEqual(['links']);
  });

  it('[API-6] one that was never written is 404, and asking does not make it', async () => {
    expectRefusal(await ask('/api/documents/never'), 404, 'not-found');
    expectRefusal(await ask('/api/documents/never/state'), 404, 'not-found');
    const reader = await Peer.join({ sync: server.sync, document: 'never', voice: 'y-websocket' });
    await reader.close();
    expectRefusal(await ask('/api/documents/never/state'), 404, 'not-found');
  });

  it('[API-7] HEAD answers as GET does, without the body', async () => {
    await written('headless', 'some words');
    for (const path of ['/healthz', '/api/documents', '/api/documents/headless', '/api/documents/headless/state']) {
      const [head, get] = [await ask(path, { method: 'HEAD' }), await ask(path)];
      expect(head.status).toBe(200);
      expect(head.body).toHaveLength(0);
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
      expect(head.headers['content-type']).toBe(get.headers['content-type']);
    }
    expect((await ask('/api/documents/never', { method: 'HEAD' })).status).toBe(404);
  });
});

describe('what is refused', () => {
  it.each([
    ['PUT', '/api/documents'],
    ['DELETE', '/api/documents'],
    ['POST', '/api/documents/some'],
    ['DELETE', '/api/documents/some'],
    ['PUT', '/api/documents/some/state'],
    ['POST', '/api/documents/some/content'],
    ['PATCH', '/api/documents/some/state'],
  ])('[API-8] %s %s: 405', async (method, path) => {
    const answer = await ask(path, { method });
    expectRefusal(answer, 405, 'method-not-allowed');
    expect(answer.headers.allow).toMatch(/^GET/);
  });

  it.each(['/', '/api', '/api/', '/api/other', '/api/documentsx', '/healthz/x', '/sync', '/sync/x', '/..%2f..%2fetc'])(
    '[API-8] there is nothing at %s',
    async (path) => {
      expectRefusal(await ask(path), 404, 'not-found');
    },
  );

  it.each([
    ['parent folders', '/api/documents/../../x/state'],
    ['encoded parent folders', '/api/documents/%2e%2e/state'],
    ['encoded slashes and parent folders', '/api/documents/a%2F..%2Fb/state'],
    ['NUL', '/api/documents/a%00b/state'],
    ['a line break', '/api/documents/a%0Ab'],
    ['half a surrogate', '/api/documents/%ED%A0%80'],
    ['broken percent-encoding', '/api/documents/%zz/state'],
    ['201 characters', `/api/documents/${'x'.repeat(201)}/state`],
    ['10 KB', `/api/documents/${'x'.repeat(10_240)}`],
    ['no name', '/api/documents//state'],
  ])('[API-9] a name with %s: 400', async (_, path) => {
    expectRefusal(await ask(path), 400, 'bad-name');
  });

  it.each(['__proto__', 'constructor', 'a/state', '%', "';DROP TABLE documents;--", '.../x', '🙂'])(
    '[API-9] %s is a name like any other',
    async (name) => {
      await written(name, `in ${name}`);
      expect((await server.stored(name)).getText('text').toString()).toBe(`in ${name}`);
      expect(json(await ask(`/api/documents/${encodeURIComponent(name)}`)).name).toBe(name);
    },
  );

  it.each<[string, number, string, string, Record<string, string>]>([
    ['text', 415, 'not-json', 'title=x', { 'content-type': 'text/plain' }],
    ['a form', 415, 'not-json', 'title=x', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no type', 415, 'not-json', '{}', {}],
    ['half an object', 400, 'not-json', '{"title":', JSON_TYPE],
    ['nothing', 400, 'not-json', '', JSON_TYPE],
    ['an array', 400, 'not-json', '[]', JSON_TYPE],
    ['null', 400, 'not-json', 'null', JSON_TYPE],
    ['a title that is a number', 400, 'bad-title', '{"title":1}', JSON_TYPE],
    ['a title of 201 characters', 400, 'bad-title', JSON.stringify({ title: 'x'.repeat(201) }), JSON_TYPE],
    ['a kind that there is not', 400, 'bad-kind', '{"kind":"sheet"}', JSON_TYPE],
    ['as many bytes as there may be', 400, 'bad-title', '{"title":1}'.padStart(LIMITS.bodyBytes), JSON_TYPE],
    ['one byte more', 413, 'too-large', '{"title":1}'.padStart(LIMITS.bodyBytes + 1), JSON_TYPE],
  ])('[API-10] a body of %s: %i', async (_, status, code, body, headers) => {
    const before = json(await ask('/api/documents')).documents.length;
    expectRefusal(await ask('/api/documents', { method: 'POST', headers, body }), status, code);
    expect(json(await ask('/api/documents')).documents).toHaveLength(before);
  });

  it.each(['limit=x', 'limit=-1', 'offset=1.5', 'offset=99999999999', 'limit='])(
    '[API-10] a list with %s: 400',
    async (query) => {
      expectRefusal(await ask(`/api/documents?${query}`), 400, 'bad-query');
    },
  );
});

describe('who is let in', () => {
  const own = () => `127.0.0.1:${server.port}`;
  const strangers: [string, () => Record<string, string>][] = [
    ['another site', () => ({ host: own(), origin: 'https://evil.example' })],
    ['another port', () => ({ host: own(), origin: 'http://127.0.0.1:1' })],
    ['a page without an origin', () => ({ host: own(), origin: 'null' })],
    ['an origin that is none', () => ({ host: own(), origin: 'evil' })],
    ['a foreign name that points here', () => ({ host: 'evil.example', origin: 'http://evil.example' })],
    ['a program that takes us for another host', () => ({ host: 'evil.example' })],
  ];

  it.each(strangers)('[NET-8] the API answers %s with 403', async (_, headers) => {
    expectRefusal(await ask('/api/documents', { headers: headers() }), 403, 'forbidden');
    const creation = await ask('/api/documents', {
      method: 'POST',
      headers: { ...headers(), ...JSON_TYPE },
      body: '{"title":"x"}',
    });
    expectRefusal(creation, 403, 'forbidden');
  });

  it.each(strangers)('[NET-8] %s gets no socket: 403 before the handshake', async (_, headers) => {
    for (const path of ['/sync', '/sync/some']) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers: headers() });
      socket.on('error', () => undefined); // `ws` reports what `unexpected-response` says already
      const [, response] = await once(socket, 'unexpected-response');
      expect(response.statusCode).toBe(403);
      response.resume();
      socket.terminate();
    }
  });

  it.each(['127.0.0.1', 'localhost', '[::1]'])('[NET-8] our own page is let in, under the name %s', async (name) => {
    const headers = { host: `${name}:${server.port}`, origin: `http://${name}:${server.port}` };
    expect((await ask('/api/documents', { headers })).status).toBe(200);
    const socket = new WebSocket(server.sync, { headers });
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
  });

  it.each([
    ['/', 404],
    ['/syncs', 404],
    ['/api/documents', 404],
    ['/sync/%2e%2e/x', 400],
    ['/sync/a%00b', 400],
    [`/sync/${'x'.repeat(201)}`, 400],
  ])('[NET-8] there is no socket at %s: %i', async (path, status) => {
    const raw = connect(server.port, '127.0.0.1');
    raw.write(
      `GET ${path} HTTP/1.1\r\nHost: ${own()}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    const [answer] = await once(raw, 'data');
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await once(raw, 'close');
  });
});

describe('starting', () => {
  it('[STOP-1] a second server on the same data says so and ends, and the first goes on', async () => {
    await expect(ServerProcess.launch({ data: server.data })).rejects.toThrow(
      /exit code 1 before it listened:\n.*(in use|another|already).*\n/i,
    );
    await written('after the second', 'still here');
    expect((await server.stored('after the second')).getText('text').toString()).toBe('still here');
  });

  it('[STOP-1] a port that is taken is named', async () => {
    await expect(ServerProcess.launch({ port: server.port })).rejects.toThrow(
      `exit code 1 before it listened:\nPort ${server.port} on 127.0.0.1 is in use.`,
    );
  });
});

describe('stopping', () => {
  it('[STOP-2] /readyz says 503 from the moment on at which the server was asked to stop', async () => {
    const own = await ServerProcess.launch();
    // A request that has begun is still answered, and a client that does not answer the close holds the end up for a moment.
    const begun = connect(own.port, '127.0.0.1');
    begun.write('GET /readyz HTTP/1.1\r\n');
    const silent = connect(own.port, '127.0.0.1');
    silent.write(
      `GET /sync HTTP/1.1\r\nHost: 127.0.0.1:${own.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await once(silent, 'data');
    own.signal('SIGTERM');
    await until('the server to begin to stop', () => own.log.some(({ signal }) => signal === 'SIGTERM'));
    begun.write(`Host: 127.0.0.1:${own.port}\r\nConnection: close\r\n\r\n`);
    const [answer] = await once(begun, 'data');
    expect(answer.toString()).toMatch(/^HTTP\/1.1 503 /);
    silent.destroy();
    await own.stop();
    await own.close();
  });

  it('[STOP-3] a terminal that goes away stops it as SIGTERM does', async () => {
    const own = await ServerProcess.launch();
    const peer = await Peer.join({ sync: own.sync, document: 'in a terminal', voice: 'hocuspocus' });
    own.signal('SIGHUP');
    expect(await peer.untilEnded()).toBe(1012);
    expect(await own.untilEnded()).toBe(0);
    await own.close();
  });

  it('[STOP-4] answers who knocks meanwhile 503 with Retry-After', async () => {
    const own = await ServerProcess.launch();
    const knocking = connect(own.port, '127.0.0.1');
    await once(knocking, 'connect');
    knocking.write('GET /sync HTTP/1.1\r\n');
    await fetch(`${own.url}/healthz`); // by now the server has read that much
    own.signal('SIGTERM');
    await until('the server to begin to stop', () => own.log.some(({ signal }) => signal === 'SIGTERM'));
    knocking.write(`Host: 127.0.0.1:${own.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    const [answer] = await once(knocking, 'data');
    expect(answer.toString()).toMatch(/^HTTP\/1.1 503 [\s\S]*Retry-After: \d+\r\n/);
    await own.stop();
    await own.close();
  });

  it('[STOP-3] lets nobody in any more whose token was still being checked', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const asked: ServerResponse[] = [];
    const issuer = createServer((_request, response) => asked.push(response)).listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    const { port } = issuer.address() as AddressInfo;
    const own = await ServerProcess.launch({ env: { INKROOM_TOKEN_JWKS: `http://127.0.0.1:${port}` } });
    const token = await new SignJWT({ inkroom: [{ documents: ['*'], role: 'edit' }] })
      .setProtectedHeader({ alg: 'ES256' })
      .setSubject('ada')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    const knocking = await RawSocket.connect(own.port);
    knocking.write(upgradeRequest(own.port, `/sync/notes?token=${token}`));
    const answer = await until('the issuer to be asked', () => asked[0]);
    own.signal('SIGTERM');
    await until('the server to begin to stop', () => own.log.some(({ signal }) => signal === 'SIGTERM'));
    answer.setHeader('Content-Type', 'application/json');
    answer.end(JSON.stringify({ keys: [await exportJWK(publicKey)] }));
    await knocking.untilEnded();
    expect(knocking.text).not.toContain(' 101 ');
    expect(await own.untilEnded()).toBe(0);
    issuer.close();
    await own.close();
  });

  it('[STOP-3] closes every connection with 1012, and what was acknowledged or seen is there afterwards', async () => {
    const own = await ServerProcess.launch();
    const options = { sync: own.sync, document: 'typed to the last moment' };
    const writers = await Promise.all([
      Peer.join({ ...options, voice: 'hocuspocus' }),
      Peer.join({ ...options, voice: 'inkroom' }),
      Peer.join({ ...options, voice: 'y-websocket' }),
    ]);
    const docs = writers.map((peer) => {
      const doc = new Y.Doc();
      doc.on('update', (update: Uint8Array) => peer.sendUpdate(update));
      return doc;
    });
    const typing = setInterval(() => {
      for (const doc of docs) for (let i = 0; i < 10; i++) doc.getText('text').insert(0, 'x');
    }, 1);
    await until('some to be acknowledged', () => writers[0].acknowledged > 200 && writers[1].acknowledged > 200);
    await own.stop(); // while they type
    clearInterval(typing);
    for (const writer of writers) expect(await writer.untilEnded()).toBe(1012);

    await own.start();
    const stored = await own.stored('typed to the last moment');
    const clocks = Y.decodeStateVector(Y.encodeStateVector(stored));
    for (const index of [0, 1]) {
      const acknowledged = writers[index]?.acknowledged as number;
      expect(clocks.get(docs[index]?.clientID as number)).toBeGreaterThanOrEqual(acknowledged);
    }
    for (const { doc } of writers) {
      for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(doc))) {
        expect(clocks.get(client)).toBeGreaterThanOrEqual(clock);
      }
    }
    await own.close();
  });
});
