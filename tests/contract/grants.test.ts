import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import { Peer, type Voice } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Several } from '../support/several.ts';
import { ADMIN_KEY, administrate, TOKENS, type TokenClaims, tokenOf } from '../support/tokens.ts';
import { until } from '../support/until.ts';

// Real tokens against the real process.

let server: ServerProcess;
let documents = 0;

beforeAll(async () => {
  server = await ServerProcess.launch({ env: TOKENS });
});
afterAll(() => server.close());

const fresh = () => `granted ${++documents}`;

async function join(voice: Voice, document: string, claims: TokenClaims = {}): Promise<Peer> {
  return Peer.join({ sync: server.sync, document, voice, token: await tokenOf(claims) });
}

describe.each(['inkroom', 'hocuspocus', 'y-websocket'] as const)('%s', (voice) => {
  it('[GRANT-1] writes with a token, and not without, nor with one for something else', async () => {
    const document = fresh();
    const ada = await join(voice, document, { documents: [document] });
    ada.sendUpdate(typing('hello'));
    await until('the edit to be stored', async () => (await stored(document)) === 'hello');
    for (const token of [
      '',
      'nonsense',
      await tokenOf({ documents: ['other'] }),
      await tokenOf({ life: -60, age: 120 }),
    ]) {
      const refused = Peer.join({ sync: server.sync, document, voice, token });
      if (voice === 'y-websocket') await expect(refused).rejects.toThrow('was refused');
      else await expect(answerTo(voice, document, token)).resolves.toMatch(/unauthorized|forbidden|token-expired/);
      refused.catch(() => undefined); // it never hears of the document
    }
    await ada.close();
  });

  it('[GRANT-8] loses its grant while it types, and does not come back with the same token', async () => {
    const document = fresh();
    const token = await tokenOf({ user: `writer with ${voice}` });
    const ada = await Peer.join({ sync: server.sync, document, voice, token });
    const bob = await join('inkroom', document, { user: 'bob' });
    ada.sendUpdate(typing('before'));
    await until('the edit to arrive', () => bob.doc.getText('text').toString() === 'before');
    const answer = await administrate(server.url, '/grants', { user: `writer with ${voice}`, role: null });
    expect(await answer.json()).toEqual({ sessions: 1 });
    const heard = ada.heard.length;
    ada.sendUpdate(typing('after'));
    bob.sendUpdate(typing('secret'));
    await until('the edit to be acknowledged', () => bob.acknowledged === 1);
    expect(ada.heard.slice(heard).filter(({ type }) => type === 'update')).toEqual([]);
    expect(await stored(document)).not.toContain('after');

    await server.restart();
    if (voice === 'y-websocket')
      await expect(Peer.open({ sync: server.sync, document, voice, token })).rejects.toThrow();
    else expect(await answerTo(voice, document, token)).toBe('forbidden');
    await administrate(server.url, '/grants', { user: `writer with ${voice}`, role: 'edit' });
    await (await Peer.join({ sync: server.sync, document, voice, token })).close();
  });

  it('[GRANT-6] is closed, or refused, soon after its token has run out', async () => {
    const document = fresh();
    const ada = await join(voice, document, { life: 2 });
    const ended = () =>
      ada.ended?.code ?? ada.heard.flatMap((message) => (message.type === 'refused' ? [message.code] : []))[0];
    expect(await until('the end of the grant', ended)).toBe(
      { inkroom: 'token-expired', hocuspocus: 4508, 'y-websocket': 4401 }[voice],
    );
    if (voice !== 'y-websocket') expect(ada.heard.map(({ type }) => type)).toContain('askToken');
  });
});

describe.each(['inkroom', 'hocuspocus', 'y-websocket'] as const)('%s', (voice) => {
  it.each(['view', null] as const)(
    '[GRANT-12] what it says once the administrator was answered is judged by the new role, in each document of a socket: %s',
    async (role) => {
      const user = `typist with ${voice} and ${role}`;
      const changed = [fresh(), fresh(), fresh()];
      const documents = [...changed, fresh()];
      const ada = await Several.join({ sync: server.sync, voice, documents, token: await tokenOf({ user }) });
      const bob = await Several.join({ sync: server.sync, voice: 'inkroom', documents, token: await tokenOf() });
      let answer: unknown;
      const asked = administrate(server.url, '/grants', { user, documents: changed, role })
        .then((response) => response.json())
        .then((body) => {
          answer = body;
        });
      while (answer === undefined) {
        for (const document of documents) ada.write(document, 'before;');
        await nextTurn();
      }
      for (const document of documents) ada.write(document, 'after;');
      await asked;
      expect(answer).toEqual({ sessions: changed.length });
      await ada.untilJudged();
      for (const document of documents) {
        bob.write(document, 'last;');
        const text = await until('the last edit', async () => {
          const text = await stored(document);
          return text.includes('last;') && text;
        });
        const isChanged = changed.includes(document);
        expect(text.includes('after;')).toBe(!isChanged);
        if (isChanged) expect(bob.text(document)).not.toContain('after;');
      }
      await Promise.all([ada.close(), bob.close()]);
    },
  );
});

describe('over HTTP', () => {
  const get = (path: string, token?: string) =>
    fetch(`${server.url}/api${path}`, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });

  it('[API-11] a document is read with a token that names it, and is not there for others', async () => {
    const document = fresh();
    const author = await join('inkroom', document);
    author.sendUpdate(typing('hello'));
    await until('the edit to be stored', async () => (await stored(document)) === 'hello');
    const path = `/documents/${encodeURIComponent(document)}/state`;
    const statuses = [
      await get(path),
      await get(path, 'nonsense'),
      await get(path, await tokenOf({ documents: ['other'] })),
      await get('/documents/missing/state', await tokenOf()),
      await get(path, await tokenOf({ role: 'view' })),
      await get(path, ADMIN_KEY),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 404, 404, 200, 200]);
    await author.close();
  });

  it('[API-11] the list, and making documents, is the administrator’s', async () => {
    expect((await get('/documents', await tokenOf())).status).toBe(401);
    expect((await get('/documents', ADMIN_KEY)).status).toBe(200);
    const make = (headers: Record<string, string>) =>
      fetch(`${server.url}/api/documents`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: '{}',
      });
    expect((await make({})).status).toBe(401);
    expect((await make({ Authorization: `Bearer ${ADMIN_KEY}` })).status).toBe(201);
  });

  it.each([
    [{}],
    [{ role: 'view' }],
    [{ user: 'ada' }],
    [{ user: 'ada', role: 'admin' }],
    [{ user: '', role: null }],
    [{ documents: 'notes', role: null }],
    [{ documents: [''], role: null }],
    [{ user: 'ada', role: null, reason: 'x' }],
  ])('[API-12] a change that is none is refused: %j', async (body) => {
    expect((await administrate(server.url, '/grants', body)).status).toBe(400);
  });

  it('[API-12] only the administrator’s key opens the calls below /api/admin', async () => {
    const body = { user: 'ada', role: null };
    expect((await administrate(server.url, '/grants', body, 'x')).status).toBe(401);
    expect((await administrate(server.url, '/nothing', body)).status).toBe(404);
    const open = await ServerProcess.launch();
    try {
      expect((await administrate(open.url, '/grants', body, '')).status).toBe(404);
    } finally {
      await open.close();
    }
  });
});

it('[GRANT-10] a y-websocket client without a good token hears so before the handshake', async () => {
  const document = fresh();
  const status = async (token: string) => {
    const socket = new WebSocket(`${server.sync}/${encodeURIComponent(document)}?token=${token}`);
    return new Promise((resolve) => {
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
      socket.on('error', resolve);
    });
  };
  expect(await status('')).toBe(401);
  expect(await status('nonsense')).toBe(401);
  expect(await status(await tokenOf({ documents: ['other'] }))).toBe(403);
});

it('[NET-8] the door is closed to pages of other sites, and to opaque ones, with a token too', async () => {
  const url = `${server.sync}/${encodeURIComponent(fresh())}?token=${await tokenOf()}`;
  const status = (origin?: string) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, origin === undefined ? {} : { origin });
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
      socket.on('open', () => resolve(101));
      socket.on('open', () => socket.close());
      socket.on('error', resolve);
    });
  expect(await status('https://evil.example')).toBe(403);
  expect(await status('null')).toBe(403);
  expect(await status(server.url)).toBe(101);
  expect(await status()).toBe(101);
});

/** An update of somebody who writes this. */
function typing(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

async function stored(document: string): Promise<string> {
  const response = await fetch(`${server.url}/api/documents/${encodeURIComponent(document)}/state`, {
    headers: { Authorization: `Bearer ${ADMIN_KEY}` },
  });
  if (!response.ok) return '';
  const doc = new Y.Doc();
  Y.applyUpdate(doc, new Uint8Array(await response.arrayBuffer()));
  return doc.getText('text').toString();
}

/** The code of the refusal that a token meets. */
async function answerTo(voice: Voice, document: string, token: string): Promise<string> {
  const peer = await Peer.open({ sync: server.sync, document, voice, token });
  peer.greet();
  peer.send({ type: 'step1', stateVector: EMPTY_STATE_VECTOR });
  const code = await until('a refusal', () => {
    const [said] = peer.heard.flatMap((message) => {
      if (message.type === 'refused') return [message.code];
      return message.type === 'denied' ? [message.reason] : [];
    });
    return said;
  });
  expect(peer.heard.map(({ type }) => type)).not.toContain('step2');
  await peer.close();
  return code;
}
