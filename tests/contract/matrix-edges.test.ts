import * as hocuspocus2 from 'hocuspocus-provider-2';
import * as hocuspocus3 from 'hocuspocus-provider-3';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebsocketProvider } from 'y-websocket';
import { WebsocketProvider as WebsocketProvider1 } from 'y-websocket-1';
import { WebsocketProvider as WebsocketProvider2 } from 'y-websocket-2';
import * as Y from 'yjs';
import { decodeClientFrame } from '../../lib/protocol/hocuspocus.ts';
import { attach, CLIENTS, hocuspocusSocket, type Participant, participate, socketOptions } from '../support/clients.ts';
import { yWebsocketMessage } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { type Tap, tapped } from '../support/tap.ts';
import { storedText, textOf, untilAllRead, untilSynced, write } from '../support/text.ts';
import { TOKENS, tokenOf } from '../support/tokens.ts';
import { until } from '../support/until.ts';

// Options and habits of single generations: several documents on one socket, odd names, farewells, asking again.

let open: ServerProcess;
let guarded: ServerProcess;
const leaving: (() => void)[] = [];

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined); // the providers say so when they are refused
  [open, guarded] = await Promise.all([ServerProcess.launch(), ServerProcess.launch({ env: TOKENS })]);
});
afterAll(() => Promise.all([open.close(), guarded.close()]));
afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

/** A provider of any generation, as far as these tests look. */
interface Provider {
  readonly document: Y.Doc;
  readonly synced: boolean;
  readonly unsyncedChanges: number;
  destroy(): void;
}

type Open = (name: string, token: string | null) => Provider;

/** Opens documents of one socket, by generation. */
const SHARED: Record<string, (server: ServerProcess, tap: Tap) => Open> = {
  'hocuspocus 2': (server, tap) => {
    const socket = new hocuspocus2.HocuspocusProviderWebsocket(socketOptions(server, tap));
    leaving.push(() => socket.destroy());
    return (name, token) =>
      new hocuspocus2.HocuspocusProvider({
        websocketProvider: socket,
        name,
        document: new Y.Doc(),
        token,
        broadcast: false,
      });
  },
  'hocuspocus 3': (server, tap) => {
    const socket = new hocuspocus3.HocuspocusProviderWebsocket(socketOptions(server, tap));
    leaving.push(() => socket.destroy());
    return (name, token) => {
      const provider = new hocuspocus3.HocuspocusProvider({
        websocketProvider: socket,
        name,
        document: new Y.Doc(),
        token,
      });
      provider.attach();
      return provider;
    };
  },
  hocuspocus: (server, tap) => {
    const socket = hocuspocusSocket(server, tap);
    leaving.push(() => socket.destroy());
    return (name, token) => attach(socket, name, new Y.Doc(), { token });
  },
};

describe.each(Object.keys(SHARED))('%s', (client) => {
  const shared = (server: ServerProcess, tap: Tap = {}) =>
    (SHARED[client] as (typeof SHARED)['hocuspocus'])(server, tap);

  it('[CLI-10] has many documents on one socket, and one that is refused disturbs none of them', async () => {
    let sockets = 0;
    const join = shared(guarded, {
      opened: () => {
        sockets++;
      },
    });
    const token = await tokenOf({ user: 'ada', documents: [`${client} *`] });
    const names = Array.from({ length: 20 }, (_, index) => `${client} ${index}`);
    const providers = names.map((name) => join(name, token));
    const refused = join('of somebody else', token);
    leaving.push(...[...providers, refused].map((provider) => () => provider.destroy()));
    await until('all but one to be synced', () => providers.every((provider) => provider.synced));
    for (const [index, provider] of providers.entries()) write(provider.document, `in ${index};`);
    await until('nothing to be unsaved', () => providers.every((provider) => provider.unsyncedChanges === 0));
    for (const [index, name] of names.entries()) expect(await storedText(guarded, name)).toBe(`in ${index};`);
    expect(refused.synced).toBe(false);
    expect(sockets).toBe(1);
  });

  it('[CLI-11] says farewell when it is destroyed, and may open the same document on the same socket again', async () => {
    const farewells: string[] = [];
    const join = shared(open, {
      outbound: (frame, pass) => {
        const { key, message } = decodeClientFrame(frame);
        if (key !== undefined && message.type === 'leave') farewells.push(key);
        pass();
      },
    });
    const name = `left and entered by ${client}`;
    const stays = join(`kept by ${client}`, null);
    const first = join(name, null);
    leaving.push(() => stays.destroy());
    await until('both to be synced', () => first.synced && stays.synced);
    write(first.document, 'first;');
    await until('it to be saved', () => first.unsyncedChanges === 0);
    first.destroy();
    expect(farewells).toEqual([name]);
    const second = join(name, null);
    leaving.push(() => second.destroy());
    await until('it to read what was there', () => textOf(second.document) === 'first;');
    write(second.document, 'second;');
    write(stays.document, 'still;');
    await until('both to be saved', () => second.unsyncedChanges === 0 && stays.unsyncedChanges === 0);
    expect(await storedText(open, name)).toBe('second;first;');
  });
});

it('[CLI-12] version 2 without a token never says so: it is somebody unknown, whom the rule lets in or not', async () => {
  const join = (server: ServerProcess) => {
    const participant = participate('hocuspocus 2', server, 'without a token');
    leaving.push(() => participant.leave());
    return participant;
  };
  const inside = join(open);
  const outside = join(guarded);
  await untilSynced([inside]);
  write(inside.doc, 'inside;');
  await until('it to be saved', () => inside.unsaved() === 0);
  expect(outside.synced()).toBe(false);
});

it.each([
  ['slashes and dots', 'team/2026/11.25/minutes'],
  ['unicode', '會議記錄 – é🙂'],
  ['what a URL treats as special', "a b+c&d=e;f,g'h(i)!~*$@:|"],
])('[CLI-13] a name with %s is one document for every generation', async (_, document) => {
  const all: Participant[] = CLIENTS.map((client) => participate(client, open, document));
  leaving.push(...all.map((participant) => () => participant.leave()));
  await untilSynced(all);
  for (const { doc, kind } of all) write(doc, `${kind};`);
  await untilAllRead(
    all,
    CLIENTS.map((client) => `${client};`),
  );
});

it('[CLI-13] a percent sign is itself in a frame, and encoded in the URL of y-websocket', async () => {
  const document = '100% of 50%25';
  const all = [
    ...(['hocuspocus 2', 'hocuspocus 3', 'hocuspocus', 'inkroom'] as const).map((client) =>
      participate(client, open, document),
    ),
    ...(['y-websocket 1', 'y-websocket 2', 'y-websocket'] as const).map((client) =>
      participate(client, open, encodeURIComponent(document)),
    ),
  ];
  leaving.push(...all.map((participant) => () => participant.leave()));
  await untilSynced(all);
  for (const { doc, kind } of all) write(doc, `${kind};`);
  await untilAllRead(
    all,
    all.map(({ kind }) => `${kind};`),
  );
});

it.each([
  ['y-websocket 1', WebsocketProvider1],
  ['y-websocket 2', WebsocketProvider2],
  ['y-websocket', WebsocketProvider],
] as const)(
  '[CLI-14] %s asks again at its interval, and each time gets an answer; foreign params are passed over',
  async (client, Provider) => {
    vi.stubGlobal('WebSocket', { OPEN: 1 }); // versions 1 and 2 look there for the word
    let answers = 0;
    const inbound = (frame: Uint8Array, pass: () => void) => {
      if (yWebsocketMessage(frame)?.type === 'step2') answers++;
      pass();
    };
    const provider = new Provider(open.sync, `asked again by ${client}`, new Y.Doc(), {
      WebSocketPolyfill: tapped({ inbound }) as unknown as typeof globalThis.WebSocket,
      resyncInterval: 20,
      params: { version: '7', 'a b': 'c&d' },
      disableBc: true,
    });
    leaving.push(
      () => provider.destroy(),
      () => vi.unstubAllGlobals(),
    );
    await until('five answers', () => answers >= 5);
    expect(provider.synced).toBe(true);
    expect(provider.wsconnected).toBe(true);
  },
);

it('[CLI-15] version 4 answers a ping, and what it says then disturbs nothing', async () => {
  const said: string[] = [];
  let ping: () => void = () => undefined;
  const socket = hocuspocusSocket(open, {
    opened: (webSocket) => {
      ping = () => webSocket.emit('message', Uint8Array.of(9).buffer, true);
    },
    outbound: (frame, pass) => {
      said.push(Buffer.from(frame).toString('hex'));
      pass();
    },
  });
  const provider = attach(socket, 'pinged', new Y.Doc());
  leaving.push(
    () => provider.destroy(),
    () => socket.destroy(),
  );
  await until('it to be synced', () => provider.synced);
  ping();
  expect(said.at(-1)).toBe('0a');
  write(provider.document, 'afterwards;');
  await until('it to be saved', () => provider.unsyncedChanges === 0);
  expect(await storedText(open, 'pinged')).toBe('afterwards;');
});
