import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { EMPTY_UPDATE } from '../../lib/protocol/bytes.ts';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import { encodeClientFrame } from '../../lib/protocol/hocuspocus.ts';
import type { Authorize, Grant } from '../../server/grants/auth.ts';
import { LIMITS } from '../../server/limits.ts';
import { DOCUMENT, World } from '../support/world.ts';
import type { RawClient } from '../support/world-raw.ts';

/** An auth rule that answers when the test says so. */
function slowRule() {
  const asked: { token: string; document: string }[] = [];
  const answers: { grant: (grant: Grant) => void; refuse: () => void }[] = [];
  const authorize: Authorize = (request) =>
    new Promise((resolve, reject) => {
      asked.push(request);
      answers.push({ grant: resolve, refuse: () => reject(new ProtocolError('unauthorized')) });
    });
  return { asked, answers, authorize };
}

/** `edit…`, `view…` and `comment…` tokens grant that role; all others nothing. */
const byToken: Authorize = ({ token }) => {
  const role = (['view', 'comment', 'edit'] as const).find((word) => token.startsWith(word));
  if (!role) throw new ProtocolError('unauthorized');
  return { user: token, role };
};

const EDIT: Grant = { user: 'ada', role: 'edit' };

const statuses = (client: RawClient) => client.take().flatMap((m) => (m.type === 'syncStatus' ? [m.saved] : []));
const saved = (client: RawClient) => client.take().flatMap((m) => (m.type === 'saved' ? [m.number] : []));

describe('before a grant', () => {
  it('[SES-1] nothing is applied and nothing is told; afterwards what was held is taken, in order', async () => {
    const { answers, authorize } = slowRule();
    const world = new World({ authorize });
    const ada = world.raw('hocuspocus');
    ada.showToken('x');
    ada.type('early');
    ada.ask();
    await world.settle();
    expect(ada.heard).toEqual([]);
    expect((await world.stored()).getText('text').toString()).toBe('');

    answers[0]?.grant(EDIT);
    await world.settle();
    expect(ada.takeTypes()).toEqual(['granted', 'step1', 'step2', 'syncStatus']);
    expect((await world.stored()).getText('text').toString()).toBe('early');
  });

  it('[SES-1] updates that come before the token wait for it: stock clients with a slow token send them so', async () => {
    const world = new World({ authorize: byToken });
    const ada = world.raw('hocuspocus');
    ada.type('typed while the token was fetched');
    await world.settle();
    ada.showToken('edit');
    ada.ask();
    await world.settle();
    expect((await world.stored()).getText('text').toString()).toBe('typed while the token was fetched');
  });

  it('[SES-1] 64 KiB are held, and more ends the connection with 1009', async () => {
    const { authorize } = slowRule();
    const world = new World({ authorize });
    const frame = new Uint8Array(LIMITS.heldBytes / 4);
    frame.set([1, 0x61, 0, 2]); // key "a", sync, update
    const length = frame.length - 7;
    frame.set([(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14], 4);
    const ada = world.raw('hocuspocus');
    for (let i = 0; i < 4; i++) ada.sayFrame(frame);
    await world.settle();
    expect(ada.closed).toBeUndefined();
    ada.say({ type: 'queryAwareness' }, 'a');
    await world.settle();
    expect(ada.closed?.code).toBe(1009);
  });

  it('[SES-1] after a grant, while the document is being read, much more is held: it may be a long time offline', async () => {
    const world = new World();
    world.disk.held = true;
    const ada = world.raw('hocuspocus');
    ada.showToken();
    await world.settle();
    ada.type('x'.repeat(10 * LIMITS.heldBytes));
    ada.ask();
    await world.settle();
    expect(ada.closed).toBeUndefined();
    await world.disk.release();
    await world.settle();
    expect((await world.stored()).getText('text').length).toBe(10 * LIMITS.heldBytes);
  });

  it('[SES-1] and 16 MiB are: more ends the connection with 1009', async () => {
    const world = new World();
    world.disk.held = true;
    const ada = world.raw('hocuspocus');
    ada.showToken();
    await world.settle();
    const update = new Uint8Array(LIMITS.heldGrantedBytes / 4);
    const around = encodeClientFrame(DOCUMENT, { type: 'update', update, answer: false }).length - update.length;
    const quarter = encodeClientFrame(DOCUMENT, { type: 'update', update: update.subarray(around), answer: false });
    for (let i = 0; i < 4; i++) ada.sayFrame(quarter);
    await world.settle();
    expect([4 * quarter.length, ada.closed]).toEqual([LIMITS.heldGrantedBytes, undefined]);
    ada.say({ type: 'queryAwareness' });
    await world.settle();
    expect(ada.closed?.code).toBe(1009);
  });

  it('[SES-2] a step1 without a token asks about somebody anonymous', async () => {
    const { asked, answers, authorize } = slowRule();
    const world = new World({ authorize });
    const ada = world.raw('hocuspocus');
    ada.ask();
    await world.settle();
    expect(asked).toEqual([{ token: '', document: DOCUMENT }]);
    answers[0]?.grant({ user: undefined, role: 'view' });
    await world.settle();
    expect(ada.takeTypes()).toEqual(['granted', 'step1', 'step2']);
  });

  it('[SES-2] awareness and updates alone do not ask', async () => {
    const { asked, authorize } = slowRule();
    const world = new World({ authorize });
    const ada = world.raw('hocuspocus');
    ada.type('early');
    ada.say({ type: 'awareness', update: Uint8Array.of(0) });
    await world.settle();
    expect(asked).toEqual([]);
  });

  it('[SES-3] without a token within 5 s the session is refused with auth-timeout', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    ada.type('early');
    await world.pass(LIMITS.authMs - 1);
    expect(ada.closed).toBeUndefined();
    await world.pass(1);
    expect(ada.closed?.code).toBe(4508);
  });

  it('[SES-3] a rule that takes too long is too late: its grant opens nothing', async () => {
    const { answers, authorize } = slowRule();
    const world = new World({ authorize });
    const ada = world.raw('inkroom');
    const other = world.raw('inkroom', { document: 'other' });
    ada.join();
    other.join();
    await world.pass(LIMITS.authMs);
    expect(ada.take()).toMatchObject([{ type: 'refused', number: 0, code: 'auth-timeout' }]);
    answers[0]?.grant(EDIT);
    await world.settle();
    expect(ada.heard).toEqual([]);
    expect(world.server.rooms.size).toBe(0);
  });
});

describe('acknowledgements', () => {
  it('[SES-4] a stock Hocuspocus client gets one status per step2 and per update', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    ada.join();
    await world.settle();
    ada.take();
    ada.answer();
    ada.type('a');
    ada.send(ada.write('b'));
    ada.answer();
    await world.settle();
    expect(statuses(ada)).toEqual([true, true, true, true]);
  });

  it('[SES-4] a refused update gets its status too: false', async () => {
    const world = new World({ authorize: byToken });
    const ada = world.raw('hocuspocus');
    ada.showToken('view');
    ada.ask();
    await world.settle();
    ada.take();
    ada.answer();
    ada.type('may not');
    await world.settle();
    expect(statuses(ada)).toEqual([true, false]);
  });

  it('[SES-4] y-websocket clients have no words for it', async () => {
    const world = new World();
    const ada = world.raw('y-websocket');
    ada.join();
    await world.settle();
    ada.take();
    ada.type('a');
    await world.settle();
    expect(ada.heard).toEqual([]);
    expect((await world.stored()).getText('text').toString()).toBe('a');
  });

  it('[SES-5] an Inkroom client hears `saved n` when everything up to its n-th is on disk', async () => {
    const world = new World();
    const ada = world.raw('inkroom');
    ada.join();
    await world.settle();
    ada.take();
    world.disk.held = true;
    ada.type('a');
    await world.settle();
    ada.type('b');
    ada.type('c');
    await world.settle();
    expect(ada.heard).toEqual([]);
    await world.disk.work();
    world.disk.answer();
    await world.settle();
    expect(saved(ada)).toEqual([1]);
    await world.disk.release();
    await world.settle();
    expect(saved(ada)).toEqual([3]);
  });

  it('[SES-5] an update that says nothing new is acknowledged, but not before those that it follows', async () => {
    const world = new World();
    const ada = world.raw('inkroom');
    ada.join();
    await world.settle();
    ada.take();
    ada.send(EMPTY_UPDATE);
    await world.settle();
    expect(saved(ada)).toEqual([1]);
    world.disk.held = true;
    const update = ada.write('a');
    ada.send(update);
    ada.send(update);
    await world.settle();
    expect(ada.heard).toEqual([]);
    await world.disk.release();
    await world.settle();
    expect(saved(ada)).toEqual([2, 3]);
  });
});

describe('gaps', () => {
  it('[SES-6] an Inkroom client is told, and asked for what is missing', async () => {
    const world = new World();
    const ada = world.raw('inkroom');
    ada.join();
    await world.settle();
    ada.take();
    ada.write('lost');
    ada.type('builds on it');
    await world.settle();
    expect(ada.take()).toMatchObject([{ type: 'refused', number: 1, code: 'gap' }, { type: 'step1' }]);
    ada.send(Y.encodeStateAsUpdate(ada.doc));
    await world.settle();
    expect(saved(ada)).toEqual([2]);
    expect((await world.stored()).getText('text').toString()).toBe('lostbuilds on it');
  });

  it.each(['hocuspocus', 'y-websocket'] as const)(
    '[SES-6] what a stock %s client typed before it answered the step1 of the join waits for the answer',
    async (voice) => {
      const world = new World();
      const ada = world.raw(voice);
      ada.join();
      await world.settle();
      ada.take();
      ada.write('offline ');
      ada.type('a');
      ada.type('b');
      ada.type('c');
      await world.settle();
      expect(ada.takeTypes()).toEqual([]); // the step1 of the join is still out
      ada.answer();
      ada.type('d');
      await world.settle();
      if (voice === 'hocuspocus') expect(statuses(ada)).toEqual([true, true, true, true, true]);
      expect((await world.stored()).getText('text').toString()).toBe('offline abcd');
      expect(ada.closed).toBeUndefined();
    },
  );

  it('[SES-6] after the answer a stock client is asked again, once for all that waits', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    ada.join();
    await world.settle();
    ada.answer();
    await world.settle();
    ada.take();
    ada.write('lost ');
    ada.type('a');
    ada.type('b');
    await world.settle();
    expect(ada.takeTypes()).toEqual(['step1']);
    ada.answer();
    await world.settle();
    expect(statuses(ada)).toEqual([true, true]); // the answer to a further question is none of the client's changes
  });

  it.each(['hocuspocus', 'y-websocket', 'inkroom'] as const)(
    '[SES-6] a %s client whose answers do not help is closed with 4509 after three',
    async (voice) => {
      const world = new World();
      const ada = world.raw(voice);
      ada.join();
      await world.settle();
      ada.write('lost');
      const gap = ada.write('builds on it');
      const offer = () =>
        voice === 'inkroom' ? ada.send(gap) : ada.say({ type: 'update', update: gap, answer: true });
      for (let i = 0; i < LIMITS.resyncs; i++) {
        offer();
        await world.settle();
      }
      expect(ada.closed).toBeUndefined();
      offer();
      await world.settle();
      expect(ada.closed?.code).toBe(4509);
    },
  );

  it('[SES-6] gaps that were mended do not count', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    ada.join();
    await world.settle();
    ada.answer();
    for (let i = 0; i < 10; i++) {
      ada.write('lost');
      ada.type('builds on it');
      await world.settle();
      ada.answer();
      await world.settle();
    }
    expect(ada.closed).toBeUndefined();
    expect(statuses(ada).length).toBe(11);
  });
});

describe('roles', () => {
  it.each(['view', 'comment'])(
    '[SES-7] an edit by somebody who may only %s is refused, and changes nothing',
    async (token) => {
      const world = new World({ authorize: byToken });
      const ada = world.raw('inkroom');
      ada.showToken(token);
      ada.ask();
      await world.settle();
      expect(ada.take()).toMatchObject([
        { type: 'granted' },
        { type: 'role', role: token },
        { type: 'step1' },
        { type: 'step2' },
      ]);
      ada.type('may not');
      await world.settle();
      expect(ada.take()).toMatchObject([{ type: 'refused', number: 1, code: 'read-only' }]);
      expect((await world.stored()).store.clients.size).toBe(0);
      expect(ada.closed).toBeUndefined();
    },
  );

  it('[SES-7] what says nothing new is acknowledged whatever the role', async () => {
    const world = new World({ authorize: byToken });
    const ada = world.raw('hocuspocus');
    ada.showToken('edit');
    ada.ask();
    ada.type('known');
    await world.settle();
    const bob = world.raw('hocuspocus');
    bob.showToken('view');
    bob.ask();
    await world.settle();
    bob.take();
    bob.say({ type: 'update', update: Y.encodeStateAsUpdate(bob.seen), answer: true });
    await world.settle();
    expect(statuses(bob)).toEqual([true]);
  });

  it('[SES-7] deletions by somebody who may only view are acknowledged and passed over: a Y.Doc makes some by itself', async () => {
    const world = new World({ authorize: byToken });
    const ada = world.raw('hocuspocus');
    ada.showToken('edit');
    ada.ask();
    ada.type('stays');
    await world.settle();
    const bob = world.raw('hocuspocus');
    bob.showToken('view');
    bob.ask();
    await world.settle();
    bob.take();
    const before = Y.encodeStateVector(bob.seen);
    bob.seen.getText('text').delete(0, 5);
    bob.say({ type: 'update', update: Y.encodeStateAsUpdate(bob.seen, before), answer: false });
    await world.settle();
    expect(statuses(bob)).toEqual([true]);
    expect((await world.stored()).getText('text').toString()).toBe('stays');
  });
});

describe('a refused session', () => {
  it('[SES-8] hears nothing but a new token', async () => {
    const world = new World({ authorize: byToken });
    const ada = world.raw('hocuspocus');
    ada.showToken('wrong');
    ada.ask();
    await world.settle();
    expect(ada.take()).toMatchObject([{ type: 'denied', reason: 'unauthorized' }]);
    ada.ask();
    ada.type('deaf');
    await world.pass(2 * LIMITS.authMs);
    expect(ada.heard).toEqual([]);

    const bob = world.raw('hocuspocus');
    bob.showToken('edit');
    await world.settle();
    bob.take();
    bob.showToken('edit');
    await world.settle();
    expect(bob.takeTypes()).toEqual(['granted']); // again: nothing else has happened
  });

  it('[SES-8] enters with a new token, and the other documents of its connection go on meanwhile', async () => {
    const world = new World({ authorize: byToken });
    const ada = world.raw('inkroom');
    ada.showToken('edit', 'diary');
    ada.ask(undefined, 'diary');
    ada.showToken('wrong');
    await world.settle();
    expect(ada.take().filter((message) => message.key === DOCUMENT)).toMatchObject([
      { type: 'refused', number: 0, code: 'unauthorized' },
    ]);
    ada.send(ada.write('goes on'), 'diary');
    await world.settle();
    expect(ada.take()).toMatchObject([{ key: 'diary', type: 'saved', number: 1 }]);
    ada.showToken('edit');
    ada.ask();
    await world.settle();
    expect(ada.takeTypes()).toEqual(['granted', 'role', 'step1', 'step2']);
  });

  it('[SES-8] is not refused again by the verdict on the token that it showed before', async () => {
    const { answers, authorize } = slowRule();
    const world = new World({ authorize });
    const ada = world.raw('inkroom');
    ada.showToken('slow');
    await world.pass(LIMITS.authMs - 1);
    ada.showToken('', 'diary');
    await world.settle();
    answers[1]?.grant(EDIT); // so the connection stays
    await world.pass(1);
    expect(ada.take().at(-1)).toMatchObject({ type: 'refused', code: 'auth-timeout' });
    ada.showToken('quick');
    ada.ask();
    await world.settle();
    answers[2]?.grant(EDIT);
    await world.settle();
    expect(ada.takeTypes()).toContain('step2');
    answers[0]?.refuse();
    ada.type('in');
    await world.settle();
    expect(ada.takeTypes()).toEqual(['saved']);
  });

  it('[SES-4] [SES-8] that comes back is told nothing of what it said before', async () => {
    let grants = 0;
    const world = new World({
      authorize: () => ({ user: 'ada', role: 'edit', until: ++grants === 1 ? world.clock.now() + 1_000 : undefined }),
    });
    const ada = world.raw('inkroom');
    ada.join();
    await world.settle();
    world.disk.held = true;
    ada.type('before');
    await world.pass(1_000);
    ada.join();
    await world.settle();
    ada.take();
    await world.disk.release();
    await world.settle();
    expect(ada.takeTypes()).not.toContain('saved');
    expect(world.text({ doc: await world.stored() })).toBe('before');
  });

  it('[SES-8] a y-websocket client has one document, so its connection ends with 4401', async () => {
    const world = new World({ authorize: byToken });
    const ada = world.raw('y-websocket');
    ada.join();
    await world.settle();
    expect(ada.closed?.code).toBe(4401);
  });
});

describe('a farewell', () => {
  it('[SES-9] ends the session whatever it waits for: its token', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    ada.showToken('', 'diary');
    ada.type('early');
    ada.say({ type: 'leave' });
    await world.pass(2 * LIMITS.authMs);
    expect(ada.closed).toBeUndefined(); // nobody waits for a token of the document that was left
  });

  it('[SES-9] ends the session whatever it waits for: the auth rule', async () => {
    const { answers, authorize } = slowRule();
    const world = new World({ authorize });
    const ada = world.raw('hocuspocus');
    ada.join();
    ada.say({ type: 'leave' });
    await world.settle();
    answers[0]?.grant(EDIT);
    await world.settle();
    expect(ada.heard).toEqual([]);
    expect(world.server.rooms.size).toBe(0);
  });

  it('[SES-9] ends the session whatever it waits for: the document', async () => {
    const world = new World();
    world.disk.held = true;
    const ada = world.raw('hocuspocus');
    ada.join();
    ada.say({ type: 'leave' });
    await world.settle();
    await world.disk.release();
    await world.settle();
    expect(ada.heard).toEqual([]);
  });

  it('[SES-9] frees the key for another session', async () => {
    const world = new World();
    const ada = world.raw('inkroom');
    ada.join();
    await world.settle();
    ada.type('before');
    ada.say({ type: 'leave' });
    ada.join();
    await world.settle();
    expect(ada.takeTypes()).toEqual(
      ['granted', 'role', 'step1', 'step2'].concat(['granted', 'role', 'step1', 'step2']),
    );
  });
});

describe('keys', () => {
  it('[SES-10] one socket may open a document twice, each under a key of its own', async () => {
    const world = new World();
    const ada = world.raw('hocuspocus');
    const keys = [`${DOCUMENT}\0one`, `${DOCUMENT}\0two`] as const;
    for (const key of keys) {
      ada.showToken('', key);
      ada.ask(undefined, key);
    }
    await world.settle();
    ada.take();
    ada.send(ada.write('seen by the other'), keys[0]);
    await world.settle();
    expect(ada.take()).toMatchObject([
      { key: keys[0], type: 'syncStatus', saved: true },
      { key: keys[1], type: 'update' },
    ]);
  });
});
