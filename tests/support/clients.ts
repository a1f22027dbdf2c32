import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { InkroomClient } from '../../lib/client/index.ts';
import type { Voice } from './peer.ts';
import type { ServerProcess } from './server-process.ts';
import { type Tap, tapped } from './tap.ts';

// Real clients, unmodified, as an application would set them up, behind the few words that all of them share.
// Invariant: nothing here talks to the server; what the packages do is what is tested.

export type Kind = Voice;
export const KINDS: readonly Kind[] = ['y-websocket', 'hocuspocus', 'inkroom'];

/** One person in one document. Owned by the test: `leave()` may be called twice. */
export interface Participant {
  readonly kind: Kind;
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** The provider says that the document is here. */
  synced(): boolean;
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
}

/** Milliseconds between attempts to reconnect: the packages' own seconds would only make tests wait. */
const RETRY_MS = 50;

export function participate(
  kind: Kind,
  server: ServerProcess,
  document: string,
  options: ParticipantOptions = {},
): Participant {
  const doc = options.doc ?? new Y.Doc();
  const participant = PROVIDERS[kind]({ server, document, doc, tap: options.tap ?? {}, tabs: options.tabs ?? false });
  if (options.name !== undefined) participant.awareness.setLocalStateField('user', { name: options.name });
  return participant;
}

interface Place {
  readonly server: ServerProcess;
  readonly document: string;
  readonly doc: Y.Doc;
  readonly tap: Tap;
  readonly tabs: boolean;
}

const PROVIDERS: Record<Kind, (place: Place) => Participant> = {
  'y-websocket': ({ server, document, doc, tap, tabs }) => {
    const provider = new WebsocketProvider(server.sync, document, doc, {
      WebSocketPolyfill: tapped(tap) as unknown as typeof globalThis.WebSocket,
      maxBackoffTime: RETRY_MS,
      disableBc: !tabs,
    });
    return {
      kind: 'y-websocket',
      doc,
      awareness: provider.awareness,
      synced: () => provider.synced,
      leave: () => provider.destroy(),
    };
  },
  hocuspocus: ({ server, document, doc, tap }) => {
    const socket = hocuspocusSocket(server, tap);
    const provider = attach(socket, document, doc);
    return {
      kind: 'hocuspocus',
      doc,
      awareness: provider.awareness as Awareness,
      synced: () => provider.synced,
      leave: () => {
        provider.destroy();
        socket.destroy();
      },
    };
  },
  inkroom: ({ server, document, doc, tap }) => {
    const client = inkroomClient(server, tap);
    const awareness = new Awareness(doc);
    const provider = client.open(document, { doc, awareness });
    return {
      kind: 'inkroom',
      doc,
      awareness,
      synced: () => provider.state.state === 'saved' || provider.state.state === 'saving',
      leave: () => {
        client.close();
        awareness.destroy();
      },
    };
  },
};

export function inkroomClient(server: ServerProcess, tap: Tap = {}): InkroomClient {
  return new InkroomClient({
    url: server.sync,
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
export function hocuspocusSocket(server: ServerProcess, tap: Tap = {}): HocuspocusProviderWebsocket {
  return new HocuspocusProviderWebsocket({
    url: server.sync,
    WebSocketPolyfill: tapped(tap),
    delay: RETRY_MS,
    minDelay: RETRY_MS,
    maxDelay: RETRY_MS,
  });
}

export function attach(
  websocketProvider: HocuspocusProviderWebsocket,
  name: string,
  document: Y.Doc,
  options: { sessionAwareness?: boolean; token?: () => Promise<string> } = {},
): HocuspocusProvider {
  const provider = new HocuspocusProvider({ websocketProvider, name, document, ...options });
  provider.attach();
  return provider;
}
