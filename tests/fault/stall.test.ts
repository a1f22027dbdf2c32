import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { KINDS, type Kind, participate } from '../support/clients.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// A real server that stands still for a while, as on a machine that swaps or is paused.

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
