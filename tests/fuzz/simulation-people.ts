import * as Y from 'yjs';
import type { Random } from '../support/random.ts';
import { DOCUMENT, type World, type WorldClient } from '../support/world.ts';
import { MemoryOfflineStore } from '../support/world-inkroom.ts';
import { rootsOf } from './simulation-edits.ts';

// The people of a simulation: each has one tab at a time, and a browser that outlives it.
// Invariant: a new tab begins with an empty document, and with what the browser kept, if its client keeps anything.

const KINDS = ['y-websocket', 'hocuspocus', 'inkroom'] as const;

export class Person {
  readonly name: string;
  /** All that was ever written into Inkroom's tabs: none of it may be lost, whatever becomes of the tabs. */
  readonly kept: Uint8Array[] = [];
  /** Without a network. */
  isCut = false;
  readonly #world: World;
  readonly #random: Random;
  readonly #ids: Set<number>;
  readonly #kind: WorldClient['kind'];
  readonly #store = new MemoryOfflineStore();
  #tab: { doc: Y.Doc; client: WorldClient; undo: Y.UndoManager };

  /** `ids`: the Yjs ids that are taken. */
  constructor(world: World, random: Random, ids: Set<number>) {
    this.#world = world;
    this.#random = random;
    this.#ids = ids;
    this.#kind = random.pick(KINDS);
    this.name = `${this.#kind}-${ids.size}`;
    this.#tab = this.#open();
  }

  get doc(): Y.Doc {
    return this.#tab.doc;
  }

  get client(): WorldClient {
    return this.#tab.client;
  }

  get undo(): Y.UndoManager {
    return this.#tab.undo;
  }

  /** Edits that the browser keeps because nobody said that they are saved. */
  get unsent(): number {
    return this.#store.size;
  }

  cut(): string {
    this.isCut = true;
    this.#world.cut(this.client);
    return `${this.name} loses the network`;
  }

  mend(): string {
    this.isCut = false;
    this.#world.mend(this.client);
    return `${this.name} has a network`;
  }

  /** Closes the tab, or lets it crash, and opens another. */
  reopen(): string {
    const { client } = this;
    this.undo.destroy();
    this.mend();
    const crashes = client.kind === 'inkroom' && this.#random.between(0, 1) === 0;
    if (crashes) this.#world.killTab(client);
    else client.destroy();
    this.#tab = this.#open();
    return `${this.name} ${crashes ? 'loses the tab' : 'reloads'}`;
  }

  #open() {
    const random = this.#random;
    const doc = new Y.Doc({ gc: random.between(0, 4) > 0 });
    doc.clientID = this.#freshId();
    const undo = new Y.UndoManager(Object.values(rootsOf(doc)) as Y.AbstractType<unknown>[], {
      trackedOrigins: new Set([this.name]),
      captureTimeout: 0, // else it asks the wall clock
    });
    const client = this.#connect(doc);
    if (client.kind === 'inkroom') {
      doc.on('update', (update: Uint8Array, origin: unknown) => {
        if (origin !== client.provider) this.kept.push(update);
      });
    }
    return { doc, undo, client };
  }

  /** Small ids and large ones: they decide whose text comes first, and how many bytes they take. No two documents share one. */
  #freshId(): number {
    let id: number;
    do id = this.#random.between(1, this.#random.pick([200, 2 ** 32 - 1]));
    while (this.#ids.has(id));
    this.#ids.add(id);
    return id;
  }

  #connect(doc: Y.Doc): WorldClient {
    switch (this.#kind) {
      case 'y-websocket':
        return this.#world.yWebsocket({ doc });
      case 'hocuspocus':
        return this.#world.hocuspocus({ doc, key: this.#random.pick([DOCUMENT, `${DOCUMENT}\0${doc.clientID}`]) });
      case 'inkroom':
        return this.#world.inkroom({ doc, store: this.#store });
      default:
        return this.#kind satisfies never;
    }
  }
}
