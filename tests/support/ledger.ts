import * as Y from 'yjs';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import { hocuspocusMessage, type Voice, yWebsocketMessage } from './peer.ts';
import type { Tap } from './tap.ts';

// What the server must never lose: every update that it has acknowledged, and every update that it has shown to any client.
// Invariant: it knows only what was on the wire, so it believes no client's own idea of what is saved.

export class Ledger {
  /** Per document, all that must be there: each update once, however many clients it was shown to. */
  readonly #known = new Map<string, Set<string>>();
  /** The same, applied, as far as it was asked for. */
  readonly #documents = new Map<string, { doc: Y.Doc; applied: number }>();
  readonly #onEntry: () => void;
  /** Updates that were acknowledged, and updates that were shown. */
  acknowledged = 0;
  shown = 0;

  /** `onEntry`: called at the moment at which the server has committed itself to one more update. */
  constructor(onEntry: () => void) {
    this.#onEntry = onEntry;
  }

  get documents(): Iterable<string> {
    return this.#known.keys();
  }

  /** Reads along with one client of one document, real or not. */
  tap(voice: Voice, document: string): Tap {
    return voice === 'y-websocket' ? this.#tapYWebsocket(document) : this.#tapHocuspocus(document);
  }

  /**
   * All that must be there by now, as one update. To be taken before a fresh client joins: who writes on meanwhile may be shown to one
   * client a moment before it reaches the fresh one.
   */
  owed(document: string): Uint8Array {
    // What is known may build on an edit that was stored, but died before it was acknowledged or shown: it must be there all the same.
    return Y.encodeStateAsUpdate(this.#document(document));
  }

  /** Why `found` does not hold all that was `owed`; undefined when nothing is missing. */
  missing(document: string, must: Uint8Array, found: Y.Doc): string | undefined {
    if (found.store.pendingStructs || found.store.pendingDs) return `${document}: it has gaps`;
    const clocks = Y.decodeStateVector(Y.encodeStateVector(found));
    for (const [client, clock] of Y.parseUpdateMeta(must).to) {
      const there = clocks.get(client) ?? 0;
      if (there < clock) return `${document}: ${clock - there} of ${clock} characters of client ${client} are gone`;
    }
    if (!Y.snapshotContainsUpdate(Y.snapshot(found), must)) return `${document}: what was deleted is back`;
    const text = found.getText('text').toString();
    Y.applyUpdate(found, must);
    return found.getText('text').toString() === text ? undefined : `${document}: the text is another one`;
  }

  #tapYWebsocket(document: string): Tap {
    return {
      inbound: (frame, pass) => {
        const message = yWebsocketMessage(frame);
        if (message?.type === 'update' || message?.type === 'step2') this.#show(document, message.update);
        pass();
      },
    };
  }

  /** Stock clients are acknowledged one by one, Inkroom's by numbers. What is under way ends with its connection. */
  #tapHocuspocus(document: string): Tap {
    let inTurn: Uint8Array[] = [];
    let byNumber = new Map<number, Uint8Array>();
    return {
      opened: () => {
        inTurn = [];
        byNumber = new Map();
      },
      outbound: (frame, pass) => {
        const { key, message } = hocuspocus.decodeClientFrame(frame);
        if (key !== undefined && message.type === 'update') inTurn.push(message.update);
        if (key !== undefined && message.type === 'numberedUpdate') byNumber.set(message.number, message.update);
        pass();
      },
      inbound: (frame, pass) => {
        const message = hocuspocusMessage(frame);
        if (message?.type === 'update' || message?.type === 'step2') this.#show(document, message.update);
        if (message?.type === 'refused') byNumber.delete(message.number);
        if (message?.type === 'syncStatus') {
          const update = inTurn.shift();
          if (!update) throw new Error(`${document}: an acknowledgement of nothing`);
          if (message.saved) this.#acknowledge(document, update);
        }
        if (message?.type === 'saved') {
          for (const [number, update] of byNumber) {
            if (number > message.number) continue;
            byNumber.delete(number);
            this.#acknowledge(document, update);
          }
        }
        pass();
      },
    };
  }

  #acknowledge(document: string, update: Uint8Array): void {
    this.acknowledged++;
    this.#add(document, update);
  }

  #show(document: string, update: Uint8Array): void {
    this.shown++;
    this.#add(document, update);
  }

  #add(document: string, update: Uint8Array): void {
    let known = this.#known.get(document);
    if (!known) {
      known = new Set();
      this.#known.set(document, known);
    }
    known.add(Buffer.from(update).toString('latin1'));
    this.#onEntry();
  }

  #document(document: string): Y.Doc {
    const kept = this.#documents.get(document) ?? { doc: new Y.Doc(), applied: 0 };
    this.#documents.set(document, kept);
    const news = [...(this.#known.get(document) ?? [])].slice(kept.applied);
    kept.applied += news.length;
    for (const update of news) Y.applyUpdate(kept.doc, Buffer.from(update, 'latin1'));
    return kept.doc;
  }
}
