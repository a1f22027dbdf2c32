import * as Y from 'yjs';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import type { ClientMessage, ServerMessage } from '../../lib/protocol/messages.ts';
import type { StoredDocument } from '../../server/log/log.ts';
import { doorOf } from '../../server/sockets/upgrade.ts';
import { yWebsocketMessage } from './peer.ts';
import type { Link } from './world-network.ts';

// Somebody who sees the disk and every wire, and knows Yjs instead of our own check of updates.
// Invariant: what the server says (an update passed on, an acknowledgement) is on disk at the moment in which it is said.

/** What one session has sent that was not answered yet. */
interface Asked {
  readonly document: string;
  /** Of a reader's updates deletions are passed over: what it is told about them says nothing about the disk. */
  mayWrite: boolean;
  /** Stock Hocuspocus: every update and the first step2, oldest first. Its answers to further step1s it does not count. */
  unanswered: Uint8Array[];
  /** It has answered a step1. */
  hasAnswered: boolean;
  /** Inkroom: by number. */
  readonly numbered: Map<number, Uint8Array>;
}

export class Witness {
  /** What the server did wrong; empty when nothing. */
  readonly complaints: string[] = [];
  readonly #mayWrite: (token: string) => boolean;
  readonly #stored = new Map<string, Y.Doc>();
  /** Of the stored documents, made when asked for, until the next commit. */
  readonly #snapshots = new Map<string, Y.Snapshot>();
  /** Bytes of updates that are known to be on disk, so that Yjs need not be asked for each reader. */
  readonly #known = new Set<string>();
  readonly #asked = new Map<Link, Map<string, Asked>>();
  /** The document of each y-websocket link; undefined for the others. */
  readonly #documents = new Map<Link, string | undefined>();

  /** `mayWrite`: whether the holder of a token may. */
  constructor(mayWrite: (token: string) => boolean = () => true) {
    this.#mayWrite = mayWrite;
  }

  /** All that was ever committed for `document`, without garbage collection. */
  stored(document: string): Y.Doc {
    let doc = this.#stored.get(document);
    if (!doc) {
      doc = new Y.Doc({ gc: false });
      this.#stored.set(document, doc);
    }
    return doc;
  }

  committed(document: string, updates: readonly Uint8Array[]): void {
    const doc = this.stored(document);
    this.#snapshots.delete(document);
    for (const update of updates) {
      Y.applyUpdate(doc, update);
      this.#known.add(bytesOf(document, update));
    }
    if (hasPending(doc)) this.complain('an update with a gap is in the log');
  }

  /** A frame of a client has reached the server. Called before the server acts on it. */
  received(link: Link, frame: Uint8Array): void {
    if (this.#documentOf(link) !== undefined) return; // y-websocket: nothing is ever acknowledged
    let decoded: ReturnType<typeof hocuspocus.decodeClientFrame>;
    try {
      decoded = hocuspocus.decodeClientFrame(frame);
    } catch {
      return; // what does not decode is refused, which is not this one's concern
    }
    if (decoded.key === undefined) return;
    const asked = this.#of(link, decoded.key);
    this.#noteReceived(asked, decoded.message);
  }

  /** The server has written a frame to a client. */
  written(link: Link, frame: Uint8Array): void {
    const document = this.#documentOf(link);
    if (document !== undefined) {
      const message = yWebsocketMessage(frame);
      if (message) this.#checkPassedOn(document, message);
      return;
    }
    const { key, message } = hocuspocus.decodeServerFrame(frame);
    if (key === undefined) return;
    this.#checkPassedOn(hocuspocus.documentOfKey(key), message);
    this.#checkAnswer(this.#of(link, key), message);
  }

  /** How many updates of a stock Hocuspocus session had no status yet. */
  unanswered(link: Link): number {
    let count = 0;
    for (const asked of this.#asked.get(link)?.values() ?? []) count += asked.unanswered.length;
    return count;
  }

  /** Whether everything that `update` says is on disk. Asks Yjs, not our own coverage. */
  holds(document: string, update: Uint8Array): boolean {
    const bytes = bytesOf(document, update);
    if (this.#known.has(bytes)) return true;
    if (!Y.snapshotContainsUpdate(this.#snapshot(document), update)) return false;
    this.#known.add(bytes);
    return true;
  }

  /** Compares what the log would load with what was committed to it. */
  inspect(document: string, loaded: StoredDocument): void {
    const doc = new Y.Doc();
    doc.transact(() => {
      for (const update of [...pieceTogether(loaded.snapshot), ...loaded.updates]) Y.applyUpdate(doc, update);
    });
    if (hasPending(doc)) this.complain('the stored document has gaps');
    if (!Y.equalSnapshots(Y.snapshot(doc), this.#snapshot(document))) {
      this.complain('the log does not hold what was committed to it');
    }
  }

  complain(what: string): void {
    this.complaints.push(what);
  }

  #documentOf(link: Link): string | undefined {
    if (!this.#documents.has(link)) {
      const { pathname, search } = new URL(link.url);
      this.#documents.set(link, doorOf(pathname + search).single?.document);
    }
    return this.#documents.get(link);
  }

  #snapshot(document: string): Y.Snapshot {
    let snapshot = this.#snapshots.get(document);
    if (!snapshot) {
      snapshot = Y.snapshot(this.stored(document));
      this.#snapshots.set(document, snapshot);
    }
    return snapshot;
  }

  #of(link: Link, key: string): Asked {
    let sessions = this.#asked.get(link);
    if (!sessions) {
      sessions = new Map();
      this.#asked.set(link, sessions);
    }
    let asked = sessions.get(key);
    if (!asked) {
      asked = {
        document: hocuspocus.documentOfKey(key),
        mayWrite: true,
        unanswered: [],
        hasAnswered: false,
        numbered: new Map(),
      };
      sessions.set(key, asked);
    }
    return asked;
  }

  #noteReceived(asked: Asked, message: ClientMessage): void {
    if (message.type === 'auth') asked.mayWrite = this.#mayWrite(message.token);
    else if (message.type === 'update') {
      if (!message.answer || !asked.hasAnswered) asked.unanswered.push(message.update);
      if (message.answer) asked.hasAnswered = true;
    } else if (message.type === 'numberedUpdate') asked.numbered.set(message.number, message.update);
    else if (message.type === 'leave') {
      asked.unanswered = [];
      asked.hasAnswered = false;
      asked.numbered.clear();
    }
  }

  #checkPassedOn(document: string, message: ServerMessage): void {
    if (message.type !== 'step2' && message.type !== 'update') return;
    if (!this.holds(document, message.update)) this.complain('an update was passed on before it was on disk');
  }

  #checkAnswer(asked: Asked, message: ServerMessage): void {
    const { document, mayWrite, numbered, unanswered } = asked;
    const isSafe = (update: Uint8Array) => !mayWrite || this.holds(document, update);
    if (message.type === 'saved') {
      for (const [number, update] of numbered) {
        if (number > message.number) continue;
        if (!isSafe(update)) this.complain(`update ${number} was acknowledged before it was on disk`);
        numbered.delete(number);
      }
    } else if (message.type === 'refused') {
      numbered.delete(message.number);
    } else if (message.type === 'syncStatus') {
      // A refusal is said at once: it is about the newest.
      const at = message.saved ? unanswered.findIndex(isSafe) : unanswered.length - 1;
      if (at < 0) this.complain('an update was acknowledged that is not on disk');
      else unanswered.splice(at, 1);
    }
  }
}

/** Pieces of one update, as one update; nothing when there are none. */
function pieceTogether(pieces: readonly Uint8Array[]): Uint8Array[] {
  return pieces.length === 0 ? [] : [Buffer.concat(pieces)];
}

function bytesOf(document: string, update: Uint8Array): string {
  return document + Buffer.from(update.buffer, update.byteOffset, update.byteLength).toString('latin1');
}

export function hasPending(doc: Y.Doc): boolean {
  return doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
}
