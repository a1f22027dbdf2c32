import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import * as yWebsocket from '../../lib/protocol/y-websocket.ts';
import { CLIENTS, type Client, voiceOf } from '../support/clients.ts';
import { type GoldenSession, recordSessions } from '../support/golden.ts';
import { ServerProcess } from '../support/server-process.ts';

// The frames of real clients, kept as files: an upgrade of a client that says something else is seen here.

describe('golden frames', () => {
  let server: ServerProcess;
  let sessions: GoldenSession[];
  beforeAll(async () => {
    server = await ServerProcess.launch();
    sessions = await recordSessions(server);
  });
  afterAll(() => server.close());

  const sessionOf = (client: Client) => sessions.find((session) => session.client === client) as GoldenSession;

  it.each(CLIENTS)('%s says what it has always said', async (client) => {
    await expect(`${JSON.stringify(sessionOf(client), undefined, 2)}\n`).toMatchFileSnapshot(
      `../fixtures/frames/${client.replace(' ', '-')}.json`,
    );
  });

  it.each(CLIENTS)('every frame of %s decodes into a message', (client) => {
    const { acts } = sessionOf(client);
    const decode = voiceOf(client) === 'y-websocket' ? yWebsocket.decodeClientFrame : hocuspocus.decodeClientFrame;
    for (const hex of acts.flatMap(({ frames }) => frames)) expect(() => decode(Buffer.from(hex, 'hex'))).not.toThrow();
  });
});
