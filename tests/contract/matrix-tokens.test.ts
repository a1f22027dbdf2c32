import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { WebsocketProvider as WebsocketProvider1 } from 'y-websocket-1';
import { WebsocketProvider as WebsocketProvider2 } from 'y-websocket-2';
import * as Y from 'yjs';
import {
  CLIENTS,
  type Client,
  type Participant,
  type ParticipantOptions,
  participate,
  voiceOf,
} from '../support/clients.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tapped } from '../support/tap.ts';
import { namesSeenBy, storedText, textOf, untilAllRead, untilAllSee, untilSynced, write } from '../support/text.ts';
import { administrate, TOKENS, tokenOf } from '../support/tokens.ts';
import { until } from '../support/until.ts';

// What every generation of the unmodified clients makes of tokens: too late, too weak, worn out, withdrawn.

const PAUSE_MS = 10;
const ASKING = CLIENTS.filter((client) => voiceOf(client) !== 'y-websocket');

let server: ServerProcess;
const leaving: (() => void)[] = [];

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined); // the providers say so when they are refused
  server = await ServerProcess.launch({ env: TOKENS });
});
afterAll(() => server.close());
afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

function join(client: Client, document: string, options: ParticipantOptions): Participant {
  const participant = participate(client, server, document, options);
  leaving.push(() => participant.leave());
  return participant;
}

const author = async (document: string) => join('inkroom', document, { name: 'author', token: await tokenOf() });

describe.each(CLIENTS)('%s', (client) => {
  it('[CLI-5] reads and is seen with a token to view, and what it writes changes nothing', async () => {
    const document = `viewed by ${client}`;
    const ada = await author(document);
    write(ada.doc, 'from the author;');
    const token = await tokenOf({ user: 'viewer', role: 'view' });
    const viewer = join(client, document, { name: 'viewer', token });
    await untilSynced([ada, viewer]);
    await untilAllRead([ada, viewer], ['from the author;']);
    await untilAllSee([ada, viewer], ['author', 'viewer']);
    await until('nothing to be unsaved', () => (viewer.unsaved() ?? 0) === 0);

    write(viewer.doc, 'from the viewer;');
    viewer.awareness.setLocalStateField('user', { name: 'has written' });
    await untilAllSee([ada, viewer], ['author', 'has written']);
    expect(textOf(ada.doc)).toBe('from the author;');
    expect(await storedText(server, document)).toBe('from the author;');
    if (voiceOf(client) !== 'y-websocket') expect(viewer.unsaved()).toBeGreaterThan(0);
    write(ada.doc, 'more;');
    await until('the viewer to read on', () => textOf(viewer.doc).includes('more;'));
  });

  it('[CLI-6] stays in when its role is changed: what it writes is refused, and taken again later', async () => {
    const document = `changed for ${client}`;
    const user = `changed ${client}`;
    const ada = await author(document);
    let sockets = 0;
    const opened = () => {
      sockets++;
    };
    const guest = join(client, document, { name: 'guest', token: await tokenOf({ user }), tap: { opened } });
    await untilSynced([ada, guest]);
    write(guest.doc, 'before;');
    await untilAllRead([ada, guest], ['before;']);

    expect(await (await administrate(server.url, '/grants', { user, role: 'view' })).json()).toEqual({ sessions: 1 });
    write(guest.doc, 'meanwhile;');
    guest.awareness.setLocalStateField('user', { name: 'has written' });
    await untilAllSee([ada, guest], ['author', 'has written']);
    expect(textOf(ada.doc)).toBe('before;');

    await administrate(server.url, '/grants', { user, role: 'edit' });
    write(guest.doc, 'after;');
    await untilAllRead([ada, guest], ['before;', 'meanwhile;', 'after;']);
    expect(sockets).toBe(1);
  });

  it('[CLI-7] hears nothing without a good token, and makes no connection after the other', async () => {
    const document = `refused to ${client}`;
    const ada = await author(document);
    write(ada.doc, 'secret;');
    await untilSynced([ada]);
    let accepted = 0;
    const guest = join(client, document, {
      token: 'nonsense',
      tap: {
        opened: (socket) =>
          socket.on('open', () => {
            accepted++;
          }),
      },
    });
    write(guest.doc, 'from nobody;');
    const since = performance.now();
    await until('several waits between attempts to have passed', () => performance.now() - since > 400);
    expect(accepted).toBeLessThanOrEqual(voiceOf(client) === 'y-websocket' ? 0 : 1);
    expect(guest.synced()).toBe(false);
    expect(textOf(guest.doc)).toBe('from nobody;');
    expect(textOf(ada.doc)).toBe('secret;');
    expect(await storedText(server, document)).toBe('secret;');
  });
});

describe.each(ASKING)('%s', (client) => {
  it('[CLI-8] may write before its token is there: nothing is applied before, and nothing is lost', async () => {
    const document = `early from ${client}`;
    const ada = await author(document);
    await untilSynced([ada]);
    let show: (token: string) => void = () => undefined;
    const token = new Promise<string>((resolve) => {
      show = resolve;
    });
    let open = false;
    const opened: NonNullable<ParticipantOptions['tap']>['opened'] = (socket) =>
      socket.on('open', () => {
        open = true;
      });
    const guest = join(client, document, { token: () => token, tap: { opened } });
    await until('the socket to be open', () => open);
    write(guest.doc, 'too early;');
    write(ada.doc, 'meanwhile;');
    await until('the edit of the author to be saved', () => ada.unsaved() === 0);
    expect(textOf(ada.doc)).toBe('meanwhile;');
    show(await tokenOf({ user: 'guest' }));
    const text = await untilAllRead([ada, guest], ['too early;', 'meanwhile;']);
    expect(text).toHaveLength('too early;meanwhile;'.length);
    await until('nothing to be unsaved', () => (guest.unsaved() ?? 0) <= 0);
  });
});

describe('a token that runs out', () => {
  it.each(['hocuspocus 3', 'hocuspocus', 'inkroom'] as const)(
    '[CLI-9] is renewed by %s when it is asked, on the same socket',
    async (client) => {
      const document = `renewed by ${client}`;
      let sockets = 0;
      let lives = 2;
      const token = () => {
        const life = lives;
        lives = 3_600;
        return tokenOf({ life });
      };
      const opened = () => {
        sockets++;
      };
      const ada = await author(document);
      const joinedAt = Date.now();
      const guest = join(client, document, { token, tap: { opened } });
      await untilSynced([ada, guest]);
      await until('the first token to have ended', () => Date.now() > joinedAt + 2_000);
      write(guest.doc, 'still here;');
      await untilAllRead([ada, guest], ['still here;']);
      await until('nothing to be unsaved', () => guest.unsaved() === 0);
      expect(sockets).toBe(1);
    },
  );

  it('[CLI-9] version 2 of the provider, which cannot be asked, comes back with another', async () => {
    const document = 'renewed by hocuspocus 2';
    let tokens = 0;
    const token = () => tokenOf({ life: tokens++ === 0 ? 1 : 3_600 });
    const ada = await author(document);
    const guest = join('hocuspocus 2', document, { token });
    await untilSynced([ada, guest]);
    await until('it to be asked for another token', () => tokens > 1);
    write(guest.doc, 'here again;');
    await untilAllRead([ada, guest], ['here again;']);
    expect(tokens).toBe(2);
  });

  it('[CLI-9] ends y-websocket 3.1 for good, until the application gives it another and connects', async () => {
    const document = 'renewed by y-websocket';
    const ada = await author(document);
    const provider = new WebsocketProvider(server.sync, document, new Y.Doc(), {
      WebSocketPolyfill: tapped({}) as unknown as typeof globalThis.WebSocket,
      params: { token: await tokenOf({ life: 2 }) },
      disableBc: true,
    });
    leaving.push(() => provider.destroy());
    const closed = new Promise<number>((resolve) => provider.on('closed', ({ code }) => resolve(code)));
    await until('it to be synced', () => provider.synced);
    expect(await closed).toBe(4401);
    write(provider.doc, 'meanwhile;');
    provider.params = { token: await tokenOf() };
    provider.connect();
    await until('the author to read it', () => textOf(ada.doc) === 'meanwhile;');
  });

  it.each([
    ['1.5', WebsocketProvider1],
    ['2.1', WebsocketProvider2],
  ] as const)(
    '[CLI-17] ends y-websocket %s, which knocks on with the old one and is let in no more, ever more slowly, until it has another',
    async (version, Provider) => {
      const document = `renewed by y-websocket ${version}`;
      const ada = await author(document);
      const answers: string[] = [];
      const opened = (socket: WebSocket) => {
        socket.on('open', () => answers.push('let in'));
        socket.on('error', ({ message }) => answers.push(message));
      };
      const provider = new Provider(server.sync, document, new Y.Doc(), {
        WebSocketPolyfill: tapped({ opened }) as unknown as typeof globalThis.WebSocket,
        params: { token: await tokenOf({ life: 2 }) },
        disableBc: true,
      });
      leaving.push(() => provider.destroy());
      const pauses = pausesOf(provider);
      const closed = new Promise<CloseEvent | null>((resolve) => provider.once('connection-close', resolve));
      provider.awareness.setLocalStateField('user', { name: 'guest' });
      await untilAllSee([ada], ['author', 'guest']);
      expect(await closed).toMatchObject({ code: 4401 });

      write(provider.doc, 'meanwhile;');
      await until('many attempts', () => pauses.length >= 9);
      expect(pauses.slice(0, 9)).toEqual([100, 200, 400, 800, 1_600, 2_500, 2_500, 2_500, 2_500]); // the last one for ever
      expect(answers.slice(0, 9)).toEqual(['let in', ...Array(8).fill('Unexpected server response: 401')]);
      expect(namesSeenBy(ada)).toEqual(['author']);
      expect(await storedText(server, document)).toBe('');

      const token = await tokenOf();
      if (provider instanceof WebsocketProvider1) provider.url = `${server.sync}/${document}?token=${token}`;
      else provider.params = { token };
      await until('the author to read it', () => textOf(ada.doc) === 'meanwhile;');
    },
  );
});

/** How long a provider means to wait before each of its attempts to reconnect; it is spared all but `PAUSE_MS` of that. */
function pausesOf(provider: object): number[] {
  const pauses: number[] = [];
  const { setTimeout } = globalThis;
  const spared = (callback: (...values: unknown[]) => void, milliseconds?: number, ...values: unknown[]) => {
    if (values[0] !== provider) return setTimeout(callback, milliseconds, ...values);
    pauses.push(milliseconds ?? 0);
    return setTimeout(callback, PAUSE_MS, ...values);
  };
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(spared as typeof setTimeout);
  leaving.push(() => spy.mockRestore());
  return pauses;
}
