import type * as Y from 'yjs';
import { type DocumentProvider, InkroomClient, type KeptEdit, type OfflineStore } from '../../lib/client/index.ts';
import type { FakeClock } from './fake-clock.ts';
import type { SocketClass } from './world-stock-client.ts';

// Inkroom's own provider in a world: the real one, with the world's sockets, clock and a store that outlives its tab.
// Invariant: after `kill` nothing of the tab happens any more.

/** A browser's storage: what was put stays until it is removed, whatever becomes of the tab. */
export class MemoryOfflineStore implements OfflineStore {
  readonly durable = true;
  readonly #answers: (give: () => void) => void;
  #edits: KeptEdit[] = [];

  /** `answers`: when what is loaded is handed over; at once unless told otherwise. */
  constructor(answers: (give: () => void) => void = (give) => give()) {
    this.#answers = answers;
  }

  put(edit: KeptEdit): void {
    this.#edits.push(edit);
  }

  load(document: string): Promise<KeptEdit[]> {
    const found = this.#edits.filter((edit) => edit.document === document);
    return new Promise((resolve) => this.#answers(() => resolve(found)));
  }

  remove(document: string, session: string, upTo: number): void {
    const isGone = (edit: KeptEdit) => edit.document === document && edit.session === session && edit.number <= upTo;
    this.#edits = this.#edits.filter((edit) => !isGone(edit));
  }

  subscribe(): () => void {
    return () => undefined;
  }

  close(): void {
    // It belongs to the browser, not to the tab.
  }

  /** How many edits are kept. */
  get size(): number {
    return this.#edits.length;
  }
}

export interface InkroomOptions {
  readonly doc: Y.Doc;
  readonly document: string;
  readonly clock: FakeClock;
  readonly Socket: SocketClass;
  readonly url: string;
  readonly random: () => number;
  readonly store: MemoryOfflineStore;
  readonly token: () => string | Promise<string>;
  readonly onError: (error: unknown) => void;
}

export class InkroomTab {
  readonly kind = 'inkroom';
  readonly doc: Y.Doc;
  readonly store: MemoryOfflineStore;
  readonly provider: DocumentProvider;
  readonly #client: InkroomClient;
  #alive = true;

  constructor(options: InkroomOptions) {
    const { doc, document, clock, Socket, url, random, store, token, onError } = options;
    this.doc = doc;
    this.store = store;
    const isAlive = () => this.#alive;
    this.#client = new InkroomClient({
      url,
      token,
      offline: whileAlive(store, isAlive),
      WebSocket: Socket,
      clock: {
        now: () => clock.now(),
        after: (milliseconds, task) => clock.after(milliseconds, () => isAlive() && task()),
        afterIdle: (milliseconds, task) => clock.afterIdle(milliseconds, () => isAlive() && task()),
      },
      random,
      onError,
    });
    this.provider = this.#client.open(document, { doc });
  }

  get isSynced(): boolean {
    return this.provider.state.state === 'saved';
  }

  /** Leaves the page as a person does: the provider is closed. */
  destroy(): void {
    this.#client.close();
    this.#alive = false;
  }

  /** The tab crashes: no more code of it runs. Its socket is for the world to break. */
  kill(): void {
    this.#alive = false;
  }
}

function whileAlive(store: OfflineStore, isAlive: () => boolean): OfflineStore {
  return {
    durable: true,
    put: (edit) => isAlive() && store.put(edit),
    load: (document) => store.load(document),
    remove: (document, session, upTo) => isAlive() && store.remove(document, session, upTo),
    subscribe: (listener) => store.subscribe(listener),
    close: () => undefined,
  };
}
