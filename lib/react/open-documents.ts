import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { DocumentProvider, InkroomClient } from '../client/index.ts';

// Which documents the components on the page have open.
// Invariant: one provider per name, however many components use it, and it lives until the turn of the event loop in which nobody does
// any more is over. React's StrictMode mounts, unmounts and mounts again in one turn: that opens one connection, not two.

/** A provider that also tells who is here. */
export type SharedDocument = DocumentProvider & { readonly awareness: Awareness };

interface Open {
  readonly provider: SharedDocument;
  users: number;
}

export class OpenDocuments {
  readonly #start: () => InkroomClient;
  readonly #open = new Map<string, Open>();
  #client: InkroomClient | undefined;
  #sweep: ReturnType<typeof setTimeout> | undefined;

  /** `start` is called when the first document is opened, and again if one is opened after all were closed. */
  constructor(start: () => InkroomClient) {
    this.#start = start;
  }

  /** The caller uses the provider until it calls `release`, once. Document and presence belong to this object. */
  acquire(name: string): { provider: SharedDocument; release: () => void } {
    const open = this.#open.get(name) ?? this.#openNew(name);
    open.users += 1;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      open.users -= 1;
      this.#sweep ??= setTimeout(() => this.#closeUnused(), 0);
    };
    return { provider: open.provider, release };
  }

  #openNew(name: string): Open {
    this.#client ??= this.#start();
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    const provider = this.#client.open(name, { doc, awareness }) as SharedDocument; // it has the awareness that it was given
    const open: Open = { provider, users: 0 };
    this.#open.set(name, open);
    return open;
  }

  #closeUnused(): void {
    this.#sweep = undefined;
    for (const [name, { provider, users }] of this.#open) {
      if (users > 0) continue;
      this.#open.delete(name);
      provider.close();
      provider.awareness.destroy();
      provider.doc.destroy();
    }
    if (this.#open.size > 0) return;
    this.#client?.close();
    this.#client = undefined;
  }
}
