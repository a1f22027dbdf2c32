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
  /** May read and not write. */
  readonly isReader: boolean;
  /** All that was ever written into Inkroom's tabs: none of it may be lost, whatever becomes of the tabs. */
  readonly kept: Uint8Array[] = [];
  /** Without a network. */
  isCut = false;
  readonly #world: World;
  readonly #random: Random;
  readonly #ids: Set<number>;
  readonly #kind: WorldClient['kind'];
  readonly #store: MemoryOfflineStore;
  #tab: { doc: Y.Doc; client: WorldClient; undo: Y.UndoManager };

  /** `ids`: the Yjs ids that are taken. `others`: those who came before; some share a browser. */
  constructor(world: World, random: Random, { ids, others }: { ids: Set<number>; others: readonly Person[] }) {
    this.#world = world;
    this.#random = random;
    this.#ids = ids;
    this.#kind = random.pick(KINDS);
    this.isReader = others.length > 0 && random.between(0, 9) === 0;
    this.name = `${this.isReader ? 'reading-' : ''}${this.#kind}-${others.length}`;
    const shared = others.find((other) => !other.isReader && !this.isReader && random.between(0, 3) === 0);
    this.#store = shared ? shared.#store : this.#openStore();
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

  /** Another tab of the same browser tells this one what it has: y-websocket does, over a BroadcastChannel, whatever the server has of it. */
  overhear(other: Person): string | undefined {
    if (this.isReader || this.#kind !== 'y-websocket' || other.client.kind !== 'y-websocket' || other === this)
      return undefined;
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(other.doc, Y.encodeStateVector(this.doc)), this.client);
    return `${this.name} overhears ${other.name}`;
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

  /** A storage that answers at once, soon, or later than anybody waits. */
  #openStore(): MemoryOfflineStore {
    return new MemoryOfflineStore((give) => this.#world.clock.after(this.#random.pick([0, 0, 30, 4_000]), give));
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
    const token = this.isReader ? 'view' : 'edit';
    switch (this.#kind) {
      case 'y-websocket':
        return this.#world.yWebsocket({ doc, token });
      case 'hocuspocus':
        return this.#world.hocuspocus({
          doc,
          token,
          key: this.#random.pick([DOCUMENT, `${DOCUMENT}\0${doc.clientID}`]),
        });
      case 'inkroom':
        return this.#world.inkroom({ doc, token, store: this.#store });
      default:
        return this.#kind satisfies never;
    }
  }
}
