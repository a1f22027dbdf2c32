import * as Y from 'yjs';
import { type ClientOptions, InkroomClient } from '../../lib/client/index.ts';
import { FakeServer } from './client-server.ts';
import { FakeClock } from './fake-clock.ts';

// Real clients of a fake server, on a fake clock, each attempt after half of the longest wait. Nothing is kept offline.

export function setUp(options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const errors: unknown[] = [];
  const makeClient = (own: Partial<ClientOptions> = {}) =>
    new InkroomClient({
      url: 'wss://ink.test/sync',
      WebSocket: server.WebSocket,
      offline: null,
      clock,
      random: () => 0.5,
      onError: (error) => errors.push(error),
      ...options,
      ...own,
    });
  const client = makeClient();
  const person = (name: string, from = client) => {
    const doc = new Y.Doc();
    return { doc, text: doc.getText('t'), provider: from.open(name, { doc }) };
  };
  return { clock, server, client, makeClient, person, errors };
}
