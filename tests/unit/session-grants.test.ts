import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import type { Role } from '../../lib/protocol/messages.ts';
import type { Clock } from '../../server/clock.ts';
import type { Documents } from '../../server/documents/documents.ts';
import type { Authorize, Change, Grant } from '../../server/grants/auth.ts';
import { grantOf } from '../../server/grants/claims.ts';
import { secretKey, tokenReader } from '../../server/grants/tokens.ts';
import { LIMITS } from '../../server/limits.ts';
import { Line } from '../../server/line.ts';
import { silentLogger } from '../../server/logger.ts';
import { Rooms } from '../../server/rooms/rooms.ts';
import { Connection } from '../../server/sockets/connection.ts';
import { MemoryLog } from '../support/memory-log.ts';
import type { Voice } from '../support/peer.ts';
import { Turns } from '../support/turns.ts';
import { until } from '../support/until.ts';
import { DOCUMENT, World } from '../support/world.ts';
import type { RawClient } from '../support/world-raw.ts';

// Grants that end, are renewed, and are changed, while their holders write.

const MINUTE = 60_000;

/** A world whose tokens say all: `ada edit 60000` is Ada's, may edit, and ends after a minute. An empty one is Ada's, for a minute. */
function worldOfTokens(): World {
  const authorize: Authorize = ({ token }) => {
    const [user, role, life] = (token || 'ada edit 60000').split(' ');
    if (user === 'nobody') throw new ProtocolError('unauthorized');
    if (user === 'silence') throw new ProtocolError('keys-unavailable');
    return { user, role: role as Role, until: world.clock.now() + Number(life) };
  };
  const world = new World({ authorize });
  return world;
}

async function joined(world: World, voice: Voice): Promise<RawClient> {
  const client = world.raw(voice);
  client.join();
  await world.settle();
  client.take();
  return client;
}

function change(world: World, what: Change): number {
  let sessions = 0;
  for (const connection of world.server.connections) sessions += connection.change(what);
  return sessions;
}

describe('a grant that ends', () => {
  it.each(['inkroom', 'hocuspocus'] as const)('[GRANT-4] is asked for anew in good time: %s', async (voice) => {
    const world = worldOfTokens();
    const ada = await joined(world, voice);
    await world.pass(MINUTE - LIMITS.renewMs - 1);
    expect(ada.takeTypes()).not.toContain('askToken');
    await world.pass(1);
    expect(ada.takeTypes()).toContain('askToken');
  });

  it('[GRANT-5] is renewed by a token of the same user, and nothing else happens', async () => {
    const world = worldOfTokens();
    const ada = await joined(world, 'inkroom');
    await world.pass(MINUTE - 1_000);
    ada.showToken('ada edit 60000');
    await world.settle();
    ada.take();
    await world.pass(30_000);
    ada.type('still here');
    await world.settle();
    expect(ada.takeTypes()).toContain('saved');
  });

  it('[GRANT-5] brings the role of its new token at once', async () => {
    const world = worldOfTokens();
    const ada = await joined(world, 'inkroom');
    ada.showToken('ada view 60000');
    await world.settle();
    expect(ada.take()).toMatchObject([
      { type: 'granted', role: 'view' },
      { type: 'role', role: 'view' },
    ]);
    ada.type('no');
    await world.settle();
    expect(ada.take()).toMatchObject([{ type: 'refused', code: 'read-only' }]);
  });

  it.each(['nobody edit 1', 'silence edit 1', 'bob edit 60000'])(
    '[GRANT-5] stands until its end when the new token is no good: %s',
    async (token) => {
      const world = worldOfTokens();
      const ada = await joined(world, 'inkroom');
      ada.showToken(token);
      await world.pass(1_000);
      ada.type('goes on');
      await world.settle();
      expect(ada.take()).toMatchObject([{ type: 'saved', number: 1 }]);
      await world.pass(MINUTE);
      const code = token.startsWith('silence') ? 'keys-unavailable' : 'token-expired';
      expect(ada.take()).toContainEqual(expect.objectContaining({ type: 'refused', number: 0, code }));
    },
  );

  it('[GRANT-5] is renewed by the later of two tokens, whichever is verified first', async () => {
    const waiting: (() => void)[] = [];
    const authorize: Authorize = async ({ token }) => {
      if (token !== '') await new Promise<void>((resolve) => waiting.push(resolve));
      if (token === 'withdrawn') throw new ProtocolError('forbidden');
      return { user: 'ada', role: token === 'view' ? 'view' : 'edit' };
    };
    const world = new World({ authorize });
    const ada = await joined(world, 'inkroom');
    ada.showToken('withdrawn');
    ada.showToken('view');
    await world.settle();
    waiting[1]?.();
    await world.settle();
    waiting[0]?.();
    await world.settle();
    expect(ada.take()).toMatchObject([{ type: 'granted', role: 'view' }, { type: 'role' }]);
  });

  it('[GRANT-6] ends the session of an Inkroom client, and not its connection', async () => {
    const world = worldOfTokens();
    const ada = await joined(world, 'inkroom');
    await world.pass(MINUTE);
    expect(ada.take().at(-1)).toMatchObject({ type: 'refused', number: 0, code: 'token-expired' });
    expect(ada.closed).toBeUndefined();
    ada.type('too late');
    await world.settle();
    expect(ada.heard).toEqual([]);
    ada.showToken('ada edit 60000');
    ada.ask();
    await world.settle();
    expect(ada.takeTypes()).toContain('step2');
  });

  it.each([
    ['hocuspocus', 4508],
    ['y-websocket', 4401],
  ] as const)('[GRANT-6] closes the connection of %s with %i', async (voice, code) => {
    const world = worldOfTokens();
    const ada = await joined(world, voice);
    await world.pass(MINUTE);
    expect(ada.closed?.code).toBe(code);
    expect(world.clock.timers).toBeLessThan(10);
  });

  it('[CON-23] is given again for a new token, and nothing of who types on is lost', async () => {
    const world = worldOfTokens();
    const tab = world.inkroom({ token: () => 'ada edit 20000' });
    await world.pass(1_000);
    for (let second = 0; second < 60; second++) {
      tab.doc.getText('text').insert(0, 'x');
      await world.pass(1_000);
    }
    await world.pass(5_000);
    expect((await world.stored()).getText('text').length).toBe(60);
  });
});

it('[GRANT-7] a wall clock that jumps moves the end of no grant', async () => {
  let wall = Date.parse('2026-03-01T12:00:00Z');
  const clock: { now: () => number } = { now: () => world.clock.now() };
  const secret = 'a secret of more than thirty-two bytes, for tests';
  const read = tokenReader({ key: secretKey(secret), clock: clock as Clock, now: () => wall });
  const world: World = new World({
    authorize: async ({ token, document }) => {
      const grant = grantOf(await read(token), document);
      if (!grant) throw new ProtocolError('forbidden');
      return grant;
    },
  });
  const token = await new SignJWT({ inkroom: [{ documents: ['*'], role: 'edit' }] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('ada')
    .setIssuedAt(wall / 1_000)
    .setExpirationTime(wall / 1_000 + 60)
    .sign(new TextEncoder().encode(secret));
  const ada = world.raw('inkroom');
  ada.showToken(token);
  ada.ask();
  await until('the token to be verified', async () => {
    await world.settle();
    return ada.takeTypes().includes('step2');
  });
  for (const jump of [3_600_000, -7_200_000]) {
    wall += jump;
    await world.pass(25_000);
    ada.take();
    ada.type('x');
    await world.settle();
    expect(ada.takeTypes()).toEqual(['saved']);
  }
  await world.pass(10_000);
  expect(ada.take().at(-1)).toMatchObject({ type: 'refused', code: 'token-expired' });
});

describe('an administrator', () => {
  it('[GRANT-8] changes the role of who is connected, who need not reconnect', async () => {
    const world = worldOfTokens();
    const voices = ['inkroom', 'hocuspocus', 'y-websocket'] as const;
    const [ink, hocus, yws] = await Promise.all(voices.map((voice) => joined(world, voice)));
    expect(change(world, { user: 'ada', documents: [DOCUMENT], role: 'view' })).toBe(3);
    await world.settle();
    expect(ink?.takeTypes()).toEqual(['granted', 'role']);
    expect(hocus?.take()).toMatchObject([{ type: 'granted', role: 'view' }]);
    for (const client of [ink, hocus, yws]) client?.type('no');
    await world.settle();
    expect(ink?.take()).toMatchObject([{ type: 'refused', code: 'read-only' }]);
    expect(hocus?.take()).toMatchObject([{ type: 'syncStatus', saved: false }]);
    expect((await world.stored()).getText('text').toString()).toBe('');
    change(world, { user: 'ada', role: 'edit' });
    ink?.type('yes');
    await world.settle();
    expect(ink?.closed ?? hocus?.closed ?? yws?.closed).toBeUndefined();
  });

  it('[GRANT-8] withdraws a grant: nothing is taken from its holder or told to it any more', async () => {
    const world = worldOfTokens();
    const clients = await Promise.all((['inkroom', 'hocuspocus', 'y-websocket'] as const).map((v) => joined(world, v)));
    const bob = world.raw('inkroom');
    bob.showToken('bob edit 60000');
    bob.ask();
    await world.settle();
    expect(change(world, { user: 'ada', role: null })).toBe(3);
    await world.settle();
    const [ink, hocus, yws] = clients;
    expect(ink?.take()).toMatchObject([{ type: 'refused', number: 0, code: 'forbidden' }]);
    expect(hocus?.take()).toMatchObject([{ type: 'denied', reason: 'forbidden' }]);
    expect(yws?.closed?.code).toBe(4403);
    for (const client of clients) client.take();
    for (const client of [ink, hocus]) client?.type('mine');
    bob.type('secret');
    await world.settle();
    for (const client of clients) expect(client.heard).toEqual([]);
    expect((await world.stored()).getText('text').toString()).toBe('secret');
  });

  it('[GRANT-8] concerns nobody else', async () => {
    const world = worldOfTokens();
    const ada = await joined(world, 'inkroom');
    expect(change(world, { user: 'bob', role: null })).toBe(0);
    expect(change(world, { documents: ['other', 'not*x'], role: null })).toBe(0);
    ada.type('x');
    await world.settle();
    expect(ada.takeTypes()).toEqual(['saved']);
  });
});

it('[GRANT-12] a change concerns who was granted something at the door and still waits to come in', async () => {
  const clock = new Turns();
  const line = new Line(clock);
  const rooms = new Rooms({
    log: new MemoryLog(),
    documents: {} as Documents, // nothing is merged or compared here
    line,
    clock,
    logger: silentLogger,
    onStorageLost: () => expect.unreachable(),
  });
  const closed: number[] = [];
  const idle = () => undefined;
  const [write, writeAll, pause, resume, ping, destroy] = [idle, idle, idle, idle, idle, idle];
  const close = (code: number) => closed.push(code);
  const wire = { write, writeAll, queued: () => 0, pause, resume, ping, close, destroy };
  while (!line.turn(LIMITS.entryBytes)); // many come in at that moment
  const grant: Grant = { user: 'ada', role: 'edit' };
  const single = { document: DOCUMENT, token: 'shown at the door' };
  const connection = new Connection({ wire, rooms, authorize: () => grant, clock, line, logger: silentLogger, single });
  await clock.rest();
  expect(connection.change({ user: 'ada', role: null })).toBe(1);
  expect(closed).toEqual([4403]);
});

describe('a viewer with y-websocket', () => {
  it('[SES-11] is warned of an edit that is refused, and goes on reading', async () => {
    const world = worldOfTokens();
    const ada = await joined(world, 'y-websocket');
    const bob = await joined(world, 'inkroom');
    change(world, { documents: [DOCUMENT], role: 'view' });
    ada.type('no');
    await world.settle();
    expect(ada.closed).toBeUndefined();
    change(world, { documents: [DOCUMENT], role: 'edit' });
    bob.type('read this');
    await world.settle();
    expect(ada.text).toBe('read this');
  });
});
