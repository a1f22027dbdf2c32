import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import * as hocuspocus2 from 'hocuspocus-provider-2';
import * as hocuspocus3 from 'hocuspocus-provider-3';
import { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import { WebsocketProvider as WebsocketProvider1 } from 'y-websocket-1';
import { WebsocketProvider as WebsocketProvider2 } from 'y-websocket-2';
import * as Y from 'yjs';
import { InkroomClient } from '../../lib/client/index.ts';
import type { Voice } from './peer.ts';
import type { ServerProcess } from './server-process.ts';
import { type Tap, tapped } from './tap.ts';

// Real clients, unmodified, as an application would set them up, behind the few words that all of them share.
// Invariant: nothing here talks to the server; what the packages do is what is tested.

/** The server, or what stands in front of it. */
type Reached = Pick<ServerProcess, 'sync'>;

/** One of each dialect: the newest. */
export type Kind = Voice;
export const KINDS: readonly Kind[] = ['y-websocket', 'hocuspocus', 'inkroom'];

/** Every generation that applications use. A number is the package's major version; without one it is the newest. */
export const CLIENTS = [
  'y-websocket 1',
  'y-websocket 2',
  'y-websocket',
  'hocuspocus 2',
  'hocuspocus 3',
  'hocuspocus',
  'inkroom',
] as const;
export type Client = (typeof CLIENTS)[number];

export function voiceOf(client: Client): Voice {
  if (client === 'inkroom') return 'inkroom';
  return client.startsWith('y-websocket') ? 'y-websocket' : 'hocuspocus';
}

/** One person in one document. Owned by the test: `leave()` may be called twice. */
export interface Participant<C extends Client = Client> {
  readonly kind: C;
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** The provider says that the document is here. */
  synced(): boolean;
  /** Its own edits that are not on the server's disk, as it counts; undefined for y-websocket, which does not. */
  unsaved(): number | undefined;
  leave(): void;
}

export interface ParticipantOptions {
  /** What this person has already. */
  readonly doc?: Y.Doc;
  readonly tap?: Tap;
  /** Seen by the others. */
  readonly name?: string;
  /** y-websocket passes edits to other tabs of the same browser, past the server; here, to other clients of this process. */
  readonly tabs?: boolean;
  /** y-websocket has it in the URL, as it is now; the others ask for it at each connection. */
  readonly token?: string | (() => string | Promise<string>);
}

/** Milliseconds between attempts to reconnect: the packages' own seconds would only make tests wait. */
const RETRY_MS = 50;

export function participate<C extends Client>(
  kind: C,
  server: Reached,
  document: string,
  options: ParticipantOptions = {},
): Participant<C> {
  const { doc = new Y.Doc(), tap = {}, tabs = false, name, token } = options;
  const participant = PROVIDERS[kind]({ server, document, doc, tap, tabs, token });
  if (name !== undefined) participant.awareness.setLocalStateField('user', { name });
  return { kind, doc, ...participant };
}

interface Place {
  readonly server: Reached;
  readonly document: string;
  readonly doc: Y.Doc;
  readonly tap: Tap;
  readonly tabs: boolean;
  readonly token: ParticipantOptions['token'];
}

type Provider = Omit<Participant, 'kind' | 'doc'>;

const PROVIDERS: Record<Client, (place: Place) => Provider> = {
  'y-websocket 1': (place) => yWebsocket(WebsocketProvider1, place),
  'y-websocket 2': (place) => yWebsocket(WebsocketProvider2, place),
  'y-websocket': (place) => yWebsocket(WebsocketProvider, place),
  'hocuspocus 2': ({ server, document, doc, tap, token = null }) => {
    const socket = new hocuspocus2.HocuspocusProviderWebsocket(socketOptions(server, tap));
    const options = {
      websocketProvider: socket,
      name: document,
      document: doc,
      token: tokenOf(token),
      broadcast: false,
    };
    return hocuspocus(new hocuspocus2.HocuspocusProvider(options), socket); // it attaches by itself
  },
  'hocuspocus 3': ({ server, document, doc, tap, token = null }) => {
    const socket = new hocuspocus3.HocuspocusProviderWebsocket(socketOptions(server, tap));
    const options = { websocketProvider: socket, name: document, document: doc, token: tokenOf(token) };
    const provider = new hocuspocus3.HocuspocusProvider(options);
    provider.attach();
    return hocuspocus(provider, socket);
  },
  hocuspocus: ({ server, document, doc, tap, token = null }) => {
    const socket = hocuspocusSocket(server, tap);
    return hocuspocus(attach(socket, document, doc, { token: tokenOf(token) }), socket);
  },
  inkroom: ({ server, document, doc, tap, token }) => {
    const client = inkroomClient(server, tap, typeof token === 'string' ? () => token : token);
    const awareness = new Awareness(doc);
    const provider = client.open(document, { doc, awareness });
    return {
      awareness,
      synced: () => provider.state.state === 'saved' || provider.state.state === 'saving',
      unsaved: () => provider.unsavedChanges(),
      leave: () => {
        client.close();
        awareness.destroy();
      },
    };
  },
};

function yWebsocket(
  Provider: typeof WebsocketProvider1 | typeof WebsocketProvider2 | typeof WebsocketProvider,
  { server, document, doc, tap, tabs, token }: Place,
): Provider {
  if (typeof token === 'function') throw new Error('y-websocket takes a token that is there.');
  const provider = new Provider(server.sync, document, doc, {
    WebSocketPolyfill: tapped(tap) as unknown as typeof globalThis.WebSocket,
    maxBackoffTime: RETRY_MS,
    disableBc: !tabs,
    params: token === undefined ? {} : { token },
  });
  return {
    awareness: provider.awareness,
    synced: () => provider.synced,
    unsaved: () => undefined,
    leave: () => provider.destroy(),
  };
}

/** What the providers of all generations have in common. */
interface HocuspocusOfAnyAge {
  readonly awareness: Awareness | null;
  readonly synced: boolean;
  readonly unsyncedChanges: number;
  destroy(): void;
}

function hocuspocus(provider: HocuspocusOfAnyAge, socket: { destroy(): void }): Provider {
  return {
    awareness: provider.awareness as Awareness,
    synced: () => provider.synced,
    unsaved: () => provider.unsyncedChanges,
    leave: () => {
      provider.destroy();
      socket.destroy();
    },
  };
}

/** The types of the providers want a promise or none; what they do is to await whatever comes. */
function tokenOf(token: string | (() => string | Promise<string>) | null): string | (() => Promise<string>) | null {
  return typeof token === 'function' ? async () => token() : token;
}

export function inkroomClient(server: Reached, tap: Tap = {}, token?: () => string | Promise<string>): InkroomClient {
  return new InkroomClient({
    url: server.sync,
    token,
    WebSocket: tapped(tap),
    offline: null,
    random: () => RETRY_MS / 500, // of half a second at first
    onError: (error) => {
      queueMicrotask(() => {
        throw error; // nothing in these tests may upset it
      });
    },
  });
}

/** The socket that several documents of one Hocuspocus client share. */
export function hocuspocusSocket(server: Reached, tap: Tap = {}): HocuspocusProviderWebsocket {
  return new HocuspocusProviderWebsocket(socketOptions(server, tap));
}

export function socketOptions(server: Reached, tap: Tap) {
  return {
    url: server.sync,
    WebSocketPolyfill: tapped(tap),
    delay: RETRY_MS,
    minDelay: RETRY_MS,
    maxDelay: RETRY_MS,
  };
}

export function attach(
  websocketProvider: HocuspocusProviderWebsocket,
  name: string,
  document: Y.Doc,
  options: { sessionAwareness?: boolean; token?: string | (() => Promise<string>) | null } = {},
): HocuspocusProvider {
  const provider = new HocuspocusProvider({ websocketProvider, name, document, ...options });
  provider.attach();
  return provider;
}
