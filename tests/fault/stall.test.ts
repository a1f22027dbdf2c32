import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { KINDS, type Kind, participate } from '../support/clients.ts';
import { Peer } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { namesSeenBy } from '../support/text.ts';
import { TOKENS, tokenOf } from '../support/tokens.ts';
import { until } from '../support/until.ts';

// A real server whose time is not that of its clients: it stands still for a while, its wall clock jumps, or a client vanishes without a word.

/** Milliseconds: longer than a round over the connections, and than a client may take to show its token. */
const STALL_MS = 6_500;

it('[NET-12] a server that stood still drops nobody, and what was typed meanwhile arrives', async () => {
  const server = await ServerProcess.launch();
  const sockets = new Map<Kind, number>();
  const people = KINDS.map((kind) => {
    const tap = { opened: () => void sockets.set(kind, (sockets.get(kind) ?? 0) + 1) };
    return participate(kind, server, 'notes', { tap });
  });
  const texts = () => new Set(people.map(({ doc }) => doc.getText('text').toString()));
  try {
    await until('everyone to be there', () => people.every((person) => person.synced()));
    server.signal('SIGSTOP');
    const late = participate('hocuspocus', server, 'notes'); // the kernel lets it in, nobody answers
    for (const { doc, kind } of people) doc.getText('text').insert(0, kind);
    await delay(STALL_MS); // nothing can be waited for: that nothing happens is the point
    server.signal('SIGCONT');
    await until('all to be seen', () => texts().size === 1 && people[0]?.doc.getText('text').length === 28);
    await until('who came meanwhile to be let in', () => late.synced());
    expect([...sockets.values()]).toEqual([1, 1, 1]);
    expect(server.count('connection refused')).toBe(0);
    late.leave();
  } finally {
    server.signal('SIGCONT');
    for (const person of people) person.leave();
    await server.close();
  }
});

/** Milliseconds in which somebody must be gone who vanished, and before which nobody is given up who may still come back. */
const GONE_MS = 35_000;
const BORNE_MS = 25_000;

it('[NET-6] [PRES-2] whose plug is pulled is gone within 35 s, for those who are here too', async () => {
  const server = await ServerProcess.launch();
  const witness = participate('inkroom', server, 'notes', { name: 'witness' });
  const guest = await Peer.join({ sync: server.sync, document: 'notes', voice: 'y-websocket' });
  const awareness = new Awareness(guest.doc);
  try {
    awareness.setLocalState({ user: { name: 'guest' } });
    guest.send({ type: 'awareness', update: encodeAwarenessUpdate(awareness, [guest.doc.clientID]) });
    await until('the guest to be seen', () => namesSeenBy(witness).includes('guest'));
    guest.pause(); // hears no ping, and answers none: its half of the connection stays open
    const since = performance.now();
    await until('the guest to be gone', () => !namesSeenBy(witness).includes('guest'), GONE_MS);
    expect(performance.now() - since).toBeGreaterThan(BORNE_MS);
    expect(witness.synced()).toBe(true);
  } finally {
    awareness.destroy();
    witness.leave();
    guest.resume();
    await guest.close();
    await server.close();
  }
});

/** For Node, at its start: each SIGUSR2 puts the wall clock an hour ahead, each SIGWINCH two back. */
const JUMPING = `data:text/javascript,${encodeURIComponent(`
  const wall = Date.now;
  let ahead = 0;
  Date.now = () => wall() + ahead;
  const jump = (by) => { ahead += by; process.stdout.write('{"msg":"the clock jumps"}\\n'); };
  process.on('SIGUSR2', () => jump(3600000));
  process.on('SIGWINCH', () => jump(-7200000));
`)}`;
/** Seconds. */
const LIFE = 4;

it('[GRANT-7] a wall clock that jumps by hours ends no grant, and prolongs none', async () => {
  const server = await ServerProcess.launch({ env: { ...TOKENS, NODE_OPTIONS: `--import ${JUMPING}` } });
  const join = async (life: number) =>
    Peer.join({ sync: server.sync, document: 'notes', voice: 'inkroom', token: await tokenOf({ life }) });
  const [short, long] = [await join(LIFE), await join(3_600)];
  const hasEnded = (peer: Peer) => peer.heard.some((message) => message.type === 'refused');
  const write = async (peer: Peer, number: number) => {
    peer.doc.getText('text').insert(0, 'x');
    await until('it to be saved', () => peer.acknowledged === number);
  };
  try {
    for (const peer of [short, long])
      peer.doc.on('update', (update: Uint8Array, origin: unknown) => origin !== peer && peer.sendUpdate(update));
    server.signal('SIGUSR2');
    await until('the clock to be ahead', () => server.count('the clock jumps') === 1);
    await write(short, 1);
    await write(long, 1);
    server.signal('SIGWINCH');
    await until('the clock to be behind', () => server.count('the clock jumps') === 2);
    await until('the short grant to end', () => hasEnded(short), 3 * LIFE * 1_000);
    await write(long, 2);
    expect(hasEnded(long)).toBe(false);
  } finally {
    await Promise.all([short.close(), long.close()]);
    await server.close();
  }
});
