import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import { encodeClientFrame, PING_FRAME } from '../../lib/protocol/hocuspocus.ts';
import { PROTOCOL_LIMITS } from '../../lib/protocol/limits.ts';
import { Budgets } from '../../server/budgets.ts';
import { LIMITS } from '../../server/limits.ts';
import { silentLogger } from '../../server/logger.ts';
import { Connection } from '../../server/sockets/connection.ts';
import type { Voice } from '../support/peer.ts';
import { Random } from '../support/random.ts';
import { DOCUMENT, World } from '../support/world.ts';
import type { RawClient } from '../support/world-raw.ts';

// 20,000 frames take seconds; fewer show the same.
vi.mock('../../server/limits.ts', async (original) => {
  const { LIMITS } = await original<typeof import('../../server/limits.ts')>();
  return { LIMITS: { ...LIMITS, framesAtOnce: 4_000, framesPerSecond: 400 } };
});

async function joined(world: World, voice: Voice = 'inkroom', document = DOCUMENT): Promise<RawClient> {
  const client = world.raw(voice, { document });
  client.join();
  await world.settle();
  client.take();
  return client;
}

/** Milliseconds between two looks of the server at its connections, and a little. */
const TICK_MS = 5_001;

const updateOf = (length: number) => {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'x'.repeat(length));
  return Y.encodeStateAsUpdate(doc);
};

describe('bad frames', () => {
  it('[NET-1] a text frame ends the connection with 1003', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.sayFrame('hello');
    await world.settle();
    expect(ada.closed?.code).toBe(1003);
  });

  it.each(['inkroom', 'y-websocket'] as const)(
    '[NET-2] a %s frame that does not decode ends the connection with 4400, and its rooms go on',
    async (voice) => {
      const world = new World();
      const bob = await joined(world);
      const random = new Random(1);
      for (let i = 0; i < 50; i++) {
        const ada = await joined(world, voice);
        ada.sayFrame(Uint8Array.of(0xff, ...random.bytes(random.between(0, 40))));
        await world.settle();
        expect(ada.closed?.code).toBe(4400);
      }
      bob.take();
      bob.type('still here');
      await world.settle();
      expect(bob.takeTypes()).toEqual(['saved']);
    },
  );

  it('[NET-2] every truncation of a frame ends the connection, and changes nothing', async () => {
    const world = new World();
    const bob = await joined(world);
    const whole = encodeClientFrame(DOCUMENT, { type: 'update', update: updateOf(3), answer: false });
    for (let length = 0; length < whole.length; length++) {
      const ada = await joined(world, 'hocuspocus');
      ada.sayFrame(whole.slice(0, length));
      await world.settle();
      expect([length, ada.closed?.code]).toEqual([length, 4400]);
    }
    expect(bob.heard).toEqual([]);
    expect((await world.stored()).store.clients.size).toBe(0);
  });

  it('[NET-2] nothing that follows a bad frame is heard', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.sayFrame(Uint8Array.of(0xff));
    ada.type('after');
    await world.settle();
    expect((await world.stored()).store.clients.size).toBe(0);
  });

  it.each(['..', 'a\u0001b', 'x'.repeat(201), ''])(
    '[NET-2] the document name %j ends the connection with 4404',
    async (name) => {
      const world = new World();
      const ada = world.raw('hocuspocus');
      ada.showToken('', name);
      await world.settle();
      expect(ada.closed?.code).toBe(4404);
    },
  );

  it('[NET-11] the 257th document of a connection ends it with 4429; those that were left do not count', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    for (let i = 0; i < 2 * LIMITS.documentsPerConnection; i++) {
      ada.showToken('', `left ${i}`);
      ada.say({ type: 'leave' }, `left ${i}`);
    }
    for (let i = 0; i < LIMITS.documentsPerConnection; i++) ada.showToken('', `${i}`);
    await world.settle();
    expect(ada.closed).toBeUndefined();
    ada.showToken('', 'one more');
    await world.settle();
    expect(ada.closed?.code).toBe(4429);
  });

  it.each([
    [PROTOCOL_LIMITS.keyBytes, undefined],
    [PROTOCOL_LIMITS.keyBytes + 1, 4404],
  ])('[NET-29] a key of %i bytes, which every frame would repeat, ends it with %s', async (bytes, code) => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    ada.showToken('', `notes\0${'x'.repeat(bytes - 'notes\0'.length)}`);
    await world.settle();
    expect(ada.closed?.code).toBe(code);
  });
});

describe('a quiet connection', () => {
  it.each(['hocuspocus', 'y-websocket'] as const)(
    '[NET-5] of a %s client is sent an empty presence after 20 s',
    async (voice) => {
      const world = new World();
      const ada = await joined(world, voice);
      await world.pass(LIMITS.keepaliveMs);
      expect(ada.heard).toEqual([]);
      await world.pass(TICK_MS);
      expect(ada.take()).toMatchObject([{ type: 'awareness', update: Uint8Array.of(0) }]);
      await world.pass(LIMITS.keepaliveMs + TICK_MS);
      expect(ada.takeTypes()).toEqual(['awareness']);
    },
  );

  it('[NET-5] keeps the watchdogs of stock clients quiet for as long as nobody writes', async () => {
    const world = new World();
    const clients = [world.yWebsocket(), world.hocuspocus(), world.inkroom()];
    await world.settle();
    await world.pass(5 * 60_000, 1_000);
    for (const client of clients) expect([client.kind, world.linksOf(client).length]).toEqual([client.kind, 1]);
  });

  it('[NET-6] is dropped after 30 s without any sign of life', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.link.pongs = false;
    await world.pass(LIMITS.silenceMs);
    expect(ada.closed).toBeUndefined();
    await world.pass(TICK_MS);
    expect(ada.closed?.code).toBe(1006);
    await world.pass(LIMITS.lingerMs);
    expect(world.server.rooms.size).toBe(0);
  });

  it('[NET-6] [PRES-2] is dropped with its presence, which the others are told within 35 s', async () => {
    const world = new World();
    const [ada, bob] = [await joined(world), await joined(world)];
    ada.say({ type: 'awareness', update: Uint8Array.of(1, 7, 1, 2, 0x7b, 0x7d) });
    await world.settle();
    bob.take();
    ada.link.cut();
    await world.pass(35_000, 1_000);
    expect(bob.take().filter((message) => message.type === 'awareness' && message.update[0] !== 0)).toMatchObject([
      { update: Uint8Array.of(1, 7, 1, 4, ...new TextEncoder().encode('null')) },
    ]);
  });

  it('[NET-6] lives on while it takes in what it is sent, though its answers wait behind that', async () => {
    const world = new World();
    await world.log.append(DOCUMENT, [updateOf(LIMITS.queuedBytes / 2)]);
    const ada = await joined(world);
    const bob = world.raw();
    bob.link.pongs = false;
    bob.join();
    await world.settle();
    bob.link.paused = true;
    for (let i = 0; i < 20; i++) ada.type('x'.repeat(1_000));
    await world.settle();
    expect(bob.link.queued).toBeGreaterThan(20_000);
    for (let i = 0; i < 20; i++) {
      await world.pass(TICK_MS);
      bob.link.down.shift(); // one more piece has arrived
    }
    expect(world.server.connectionOf(bob.link)).toBeDefined();
    await world.pass(LIMITS.silenceMs + 2 * TICK_MS);
    expect(world.server.connectionOf(bob.link)).toBeUndefined();
  });

  it('[NET-6] lives on when its pings are answered', async () => {
    const world = new World();
    const ada = await joined(world);
    await world.pass(10 * LIMITS.silenceMs);
    expect(ada.closed).toBeUndefined();
  });

  it('[NET-7] without any granted session is closed with auth-timeout after 5 s', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    await world.pass(LIMITS.authMs);
    expect(ada.closed).toBeUndefined();
    await world.pass(TICK_MS);
    expect(ada.closed?.code).toBe(4508);
  });

  it('[NET-7] a ping is no token', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    for (let second = 0; second < 11; second++) {
      ada.sayFrame(PING_FRAME);
      await world.pass(1_000);
    }
    expect(ada.closed?.code).toBe(4508);
  });

  it('[NET-10] a raw ping is answered by a raw pong', async () => {
    const world = new World();
    const ada = await joined(world);
    ada.sayFrame(PING_FRAME);
    await world.settle();
    expect(ada.pongs).toBe(1);
  });
});

describe('a connection that says too much', () => {
  /** One more than may be said at once. */
  const PINGS = LIMITS.framesAtOnce + 1;

  function flood(client: RawClient, frames: number): void {
    for (let i = 0; i < frames; i++) client.sayFrame(PING_FRAME);
  }

  it('[NET-15] is not read any more until it has paid: nothing is lost, and nobody is closed', async () => {
    const world = new World();
    const ada = await joined(world);
    flood(ada, PINGS + 2 * LIMITS.framesPerSecond);
    ada.type('at last');
    await world.settle();
    expect(ada.pongs).toBeLessThan(PINGS);
    expect(ada.link.unread).toBe(true);
    await world.pass(1_000, 10);
    expect(ada.pongs).toBeLessThan(PINGS + LIMITS.framesPerSecond);
    expect(ada.pongs).toBeGreaterThan(LIMITS.framesAtOnce + LIMITS.framesPerSecond * 0.9);
    expect(world.text({ doc: await world.stored() })).toBe('');
    await world.pass(1_500, 10);
    expect(world.text({ doc: await world.stored() })).toBe('at last');
    expect(ada.closed).toBeUndefined();
  });

  it('[NET-15] each client that an update brings, of several, costs as much as a frame', async () => {
    const world = new World();
    const ada = await joined(world);
    const people = (first: number, count: number) =>
      Array.from({ length: count }, (_, i) => {
        const doc = new Y.Doc();
        doc.clientID = first + i;
        doc.getText('text').insert(0, 'x');
        return Y.encodeStateAsUpdate(doc);
      });
    for (let i = 1; i <= 3; i++)
      ada.say({ type: 'update', update: Y.mergeUpdates(people(1_000 * i, 500)), answer: false });
    await world.settle();
    flood(ada, LIMITS.framesAtOnce - 1_000);
    await world.settle();
    expect(ada.link.unread).toBe(true);
  });

  it('[NET-15] large frames cost as many small ones', async () => {
    const world = new World();
    const ada = await joined(world);
    const large = new Uint8Array(5 * 1024 * 1024);
    for (let i = 0; i < 9; i++) world.server.connectionOf(ada.link)?.receiveControl(large.length);
    expect(ada.link.unread).toBe(true);
  });

  it('[NET-15] all connections of one user share a budget', async () => {
    const world = new World({ authorize: ({ token }) => ({ user: token, role: 'edit' }) });
    const [ada, again, bob] = ['ada', 'ada', 'bob'].map((token) => {
      const client = world.raw('hocuspocus');
      client.showToken(token);
      client.ask();
      return client;
    }) as [RawClient, RawClient, RawClient];
    await world.settle();
    flood(ada, PINGS);
    await world.settle();
    flood(again, 1);
    flood(bob, 1);
    await world.settle();
    expect([ada, again, bob].map(({ link }) => link.unread)).toEqual([true, true, false]);
  });

  describe('[NET-25] that has no grant shares a budget with all such of its address', () => {
    /** One more connection; `grants`: whom its token names, undefined: nobody. */
    function stranger(
      world: World,
      { budgets, address, grants }: { budgets: Budgets; address?: string; grants?: string },
    ) {
      let unread = false;
      const connection = new Connection({
        wire: {
          write: () => undefined,
          writeAll: () => undefined,
          queued: () => 0,
          pause: () => {
            unread = true;
          },
          resume: () => {
            unread = false;
          },
          ping: () => undefined,
          close: () => undefined,
          destroy: () => undefined,
        },
        rooms: world.server.rooms,
        authorize: async () => ({ user: grants, name: undefined, role: 'edit', until: undefined }),
        clock: world.clock,
        logger: silentLogger,
        budgets,
        address,
      });
      return {
        ping: (times: number) => {
          for (let i = 0; i < times; i++) connection.receive(PING_FRAME, true);
        },
        enter: (document = DOCUMENT) =>
          connection.receive(encodeClientFrame(document, { type: 'auth', token: 'x', version: undefined }), true),
        end: () => connection.closed(),
        isUnread: () => unread,
      };
    }

    type Stranger = ReturnType<typeof stranger>;

    it('and others have theirs', async () => {
      const world = new World();
      const budgets = new Budgets({ clock: world.clock });
      const [eve, again, ada] = ['a', 'a', 'b'].map((address) => stranger(world, { budgets, address }));
      eve?.ping(LIMITS.framesAtOnce);
      again?.ping(1);
      ada?.ping(1);
      expect([again, ada].map((each) => each?.isUnread())).toEqual([true, false]);
      for (const each of [eve, again, ada]) each?.end();
    });

    it.each([['ada'], [undefined]])('until somebody is granted something: %s', async (grants) => {
      const world = new World();
      const budgets = new Budgets({ clock: world.clock });
      const eve = stranger(world, { budgets, address: 'a' });
      const ada = stranger(world, { budgets, address: 'a', ...(grants ? { grants } : {}) });
      ada.enter();
      await world.settle();
      eve.ping(LIMITS.framesAtOnce + 1);
      ada.ping(LIMITS.framesAtOnce / 2);
      expect([eve, ada].map((each) => each.isUnread())).toEqual([true, false]);
      for (const each of [eve, ada]) each.end();
    });

    it('of which a token takes as much as ten frames', async () => {
      const world = new World();
      const budgets = new Budgets({ clock: world.clock });
      const [eve, again] = ['a', 'a'].map((address) => stranger(world, { budgets, address })) as [Stranger, Stranger];
      const tokens = Math.floor(LIMITS.framesAtOnce / (LIMITS.entryFrames + 1)) - 10; // each comes in a frame
      const [some, others] = [Math.floor(tokens / 2), Math.ceil(tokens / 2)];
      for (let i = 0; i < some; i++) eve.enter(`a ${i}`);
      for (let i = 0; i < others; i++) again.enter(`b ${i}`);
      expect(again.isUnread()).toBe(false);
      for (let i = 0; i < 20; i++) again.enter(`c ${i}`);
      expect(again.isUnread()).toBe(true);
      for (const each of [eve, again]) each.end();
    });

    it('and waits no longer for what strangers owe, once somebody is granted something', async () => {
      const world = new World();
      const budgets = new Budgets({ clock: world.clock });
      const [eve, ada] = ['a', 'a'].map((address) => stranger(world, { budgets, address })) as [Stranger, Stranger];
      eve.ping(2 * LIMITS.framesAtOnce);
      ada.enter();
      expect(ada.isUnread()).toBe(true); // but what it says first is heard
      await world.settle();
      expect([eve, ada].map((each) => each.isUnread())).toEqual([true, false]);
      for (const each of [eve, ada]) each.end();
    });

    it('of which each waits until all is paid, also what the others spent meanwhile', async () => {
      const world = new World();
      const budgets = new Budgets({ clock: world.clock });
      const [eve, again] = ['a', 'a'].map((address) => stranger(world, { budgets, address })) as [Stranger, Stranger];
      eve.ping(LIMITS.framesAtOnce + LIMITS.framesPerSecond);
      again.ping(LIMITS.framesPerSecond);
      world.clock.advance(1_500);
      expect([eve, again].map((each) => each.isUnread())).toEqual([true, true]);
      world.clock.advance(600);
      expect([eve, again].map((each) => each.isUnread())).toEqual([false, false]);
      for (const each of [eve, again]) each.end();
    });

    it('and is on its own where addresses are not known', async () => {
      const world = new World();
      const budgets = new Budgets({ clock: world.clock });
      const [eve, ada] = [stranger(world, { budgets }), stranger(world, { budgets })];
      eve.ping(LIMITS.framesAtOnce + 1);
      ada.ping(1);
      expect([eve, ada].map((each) => each.isUnread())).toEqual([true, false]);
      for (const each of [eve, ada]) each.end();
    });
  });

  it('[NET-15] is not read faster once it has been ended, and then until it has paid', async () => {
    const world = new World();
    const ada = await joined(world);
    const connection = world.server.connectionOf(ada.link);
    connection?.end(new ProtocolError('internal'));
    for (let i = 0; i < PINGS; i++) connection?.receive(PING_FRAME, true);
    expect(ada.link.unread).toBe(true);
    world.clock.advance(1_000 * (PINGS / LIMITS.framesPerSecond));
    expect(ada.link.unread).toBe(false); // its answer to the close is read
  });

  it('[NET-15] is not taken for dead while it is not read', async () => {
    const world = new World();
    const ada = await joined(world);
    const seconds = 2 * (LIMITS.silenceMs / 1_000);
    const bytes = (LIMITS.framesAtOnce + seconds * LIMITS.framesPerSecond) * LIMITS.frameCostBytes;
    ada.link.pongs = false; // or they are not read either
    world.server.connectionOf(ada.link)?.receiveControl(bytes);
    await world.pass(1.5 * LIMITS.silenceMs);
    expect(ada.link.unread).toBe(true);
    expect(ada.link.isCut).toBe(false);
    await world.pass(LIMITS.silenceMs);
    expect(ada.link.unread).toBe(false);
  });

  it('[NET-15] leaves no timer behind when it ends while it waits', async () => {
    const world = new World();
    const ada = await joined(world);
    flood(ada, PINGS);
    await world.settle();
    ada.link.cut();
    ada.link.unread = false;
    await world.pass(2 * LIMITS.lingerMs);
    expect(world.clock.timers).toBe(1);
  });

  it('[NET-16] that opens documents over and over is ended with rate-limited', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    for (let i = 0; i <= LIMITS.entriesAtOnce; i++) {
      ada.showToken('', `left ${i}`);
      ada.say({ type: 'leave' }, `left ${i}`);
    }
    await world.settle();
    expect(ada.closed?.code).toBe(1013);
  });

  it('[NET-16] may open twenty more each second', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    let opened = 0;
    const open = (times: number) => {
      for (let i = 0; i < times; i++, opened++) {
        ada.showToken('', `left ${opened}`);
        ada.say({ type: 'leave' }, `left ${opened}`);
      }
    };
    open(LIMITS.entriesAtOnce);
    await world.settle();
    await world.pass(1_000);
    open(LIMITS.entriesPerSecond);
    await world.settle();
    expect(ada.closed).toBeUndefined();
    open(1);
    await world.settle();
    expect(ada.closed?.code).toBe(1013);
  });

  it('[NET-16] that guesses tokens is ended with rate-limited', async () => {
    let asked = 0;
    const world = new World({
      authorize: () => {
        asked++;
        throw new ProtocolError('unauthorized');
      },
    });
    const ada = world.raw('hocuspocus');
    for (let i = 0; i < 2 * LIMITS.entriesAtOnce && !ada.closed; i++) {
      ada.showToken(`guess ${i}`);
      await world.endTurn();
      world.network.deliverAll();
    }
    expect(ada.closed?.code).toBe(1013);
    expect(asked).toBe(LIMITS.entriesAtOnce);
  });

  it('[JOIN-6] that asks for the document again and again is sent it once a second after the first five', async () => {
    const world = new World();
    await world.log.append(DOCUMENT, [updateOf(1_000)]);
    const ada = await joined(world);
    for (let i = 0; i < 100; i++) {
      ada.ask();
      await world.settle();
    }
    expect(ada.takeTypes().length).toBe(LIMITS.answersAtOnce - 1);
    await world.pass(10_000, 100);
    expect(ada.takeTypes().length).toBeLessThanOrEqual(2); // for all of the others
    for (let second = 0; second < 5; second++) {
      for (let i = 0; i < 10; i++) {
        ada.ask();
        ada.say({ type: 'queryAwareness' });
        await world.pass(100);
      }
    }
    expect(ada.takeTypes().length).toBeLessThanOrEqual(LIMITS.answersAtOnce + 5);
  });
});

describe('the end of a connection', () => {
  it('ends its sessions in all rooms', async () => {
    const world = new World();
    const ada = world.raw('inkroom');
    for (const document of ['one', 'two']) {
      ada.showToken('', document);
      ada.ask(undefined, document);
    }
    await world.settle();
    ada.hangUp();
    await world.pass(LIMITS.lingerMs);
    expect(world.server.rooms.size).toBe(0);
  });

  it('comes with 1012 when the server stops, after what was accepted is on disk and acknowledged', async () => {
    const world = new World();
    const ada = await joined(world);
    world.disk.held = true;
    ada.type('last');
    await world.settle();
    const stopped = world.stopServer();
    await world.settle();
    expect(ada.closed).toBeUndefined();
    await world.disk.release();
    await stopped;
    await world.settle();
    expect(ada.take()).toMatchObject([{ type: 'saved', number: 1 }, { type: 'retryAfter' }]);
    expect(ada.closed?.code).toBe(1012);
  });

  it('leaves no timer behind', async () => {
    const world = new World();
    const clients = [await joined(world), await joined(world, 'hocuspocus'), await joined(world, 'y-websocket')];
    const waiting = world.raw('hocuspocus');
    waiting.type('no token yet');
    await world.settle();
    for (const client of [...clients, waiting]) client.hangUp();
    await world.pass(2 * LIMITS.lingerMs);
    expect(world.clock.timers).toBe(1); // the server's own round
  });
});
