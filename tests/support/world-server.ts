import { Budgets } from '../../server/budgets.ts';
import type { Clock } from '../../server/clock.ts';
import type { Documents } from '../../server/documents/documents.ts';
import type { Wire } from '../../server/frames/outbox.ts';
import { type Authorize, openToEveryone } from '../../server/grants/auth.ts';
import { LIMITS } from '../../server/limits.ts';
import type { Log } from '../../server/log/log.ts';
import type { Logger } from '../../server/logger.ts';
import { Rooms } from '../../server/rooms/rooms.ts';
import { Connection } from '../../server/sockets/connection.ts';
import { doorOf } from '../../server/sockets/upgrade.ts';
import type { FakeClock } from './fake-clock.ts';
import type { Gate, Order } from './world-gate.ts';
import type { Link, Peer } from './world-network.ts';

// One life of the server in a world: what server.ts puts together, without sockets, threads and files.
// Invariant: after `kill` nothing of it happens any more: no timer, no write, no answer.

export interface WorldServerOptions {
  readonly clock: FakeClock;
  readonly log: Log;
  readonly documents: Documents;
  readonly disk: Gate;
  readonly threads: Gate;
  readonly authorize: Authorize;
  readonly logger: Logger;
  /** Every frame that is written to a client, before it travels. */
  readonly onWritten: (link: Link, frame: Uint8Array) => void;
  readonly onReceived: (link: Link, frame: Uint8Array) => void;
}

/** What clients are asked to wait after `stop`. */
const RETURN_MS = 1;

export class WorldServer {
  readonly rooms: Rooms;
  /** The log said that it can never store anything again. */
  storageLost: unknown;
  readonly #options: WorldServerOptions;
  readonly #clock: Clock;
  readonly #budgets: Budgets;
  readonly #connections = new Map<Link, Connection>();
  #state: 'serving' | 'draining' | 'dead' = 'serving';

  constructor(options: WorldServerOptions) {
    this.#options = options;
    const { clock, log, documents, disk, threads, logger } = options;
    this.#clock = {
      now: () => clock.now(),
      after: (milliseconds, task) => clock.after(milliseconds, () => this.#ifAlive(task)),
      soon: (task) => clock.soon(() => this.#ifAlive(task)),
    };
    this.#budgets = new Budgets({ clock });
    this.rooms = new Rooms({
      log: this.#behind(disk, log),
      documents: this.#documentsBehind(threads, documents),
      clock: this.#clock,
      logger,
      stamps: options.authorize !== openToEveryone,
      onStorageLost: (error) => {
        this.storageLost ??= error;
      },
    });
    this.#tick();
  }

  get connections(): Iterable<Connection> {
    return this.#connections.values();
  }

  /** The connection at the other end of `link`; undefined once it has ended. */
  connectionOf(link: Link): Connection | undefined {
    return this.#connections.get(link);
  }

  /** Undefined while nobody is let in. */
  accept(link: Link): Peer | undefined {
    if (this.#state !== 'serving') return undefined;
    const { authorize, logger, onReceived } = this.#options;
    const { single } = doorOf(new URL(link.url).pathname + new URL(link.url).search);
    const wire = this.#wire(link);
    const connection = new Connection({
      wire,
      rooms: this.rooms,
      authorize,
      clock: this.#clock,
      budgets: this.#budgets,
      logger,
      single,
    });
    this.#connections.set(link, connection);
    return {
      receive: (data, isBinary) => {
        if (this.#state === 'serving') onReceived(link, data); // a draining connection takes nothing more
        connection.receive(data, isBinary);
      },
      closed: () => {
        this.#connections.delete(link);
        connection.closed();
      },
      drained: () => connection.drained(),
    };
  }

  /** SIGTERM: resolves when everything accepted is on disk and acknowledged, and all connections are closed. */
  async stop(): Promise<void> {
    this.#state = 'draining';
    for (const connection of this.#connections.values()) connection.drain();
    await this.rooms.close();
    if (this.#isDead()) return; // killed meanwhile
    for (const connection of this.#connections.values()) connection.dismiss(RETURN_MS);
    this.#state = 'dead';
    this.#options.threads.abandon();
    await this.#options.disk.finish();
  }

  /** SIGKILL. */
  kill(): void {
    this.#state = 'dead';
    for (const link of this.#connections.keys()) link.serverDied();
    this.#connections.clear();
    this.#options.disk.abandon();
    this.#options.threads.abandon();
  }

  #wire(link: Link): Wire {
    const write = (bytes: Uint8Array) => {
      if (this.#state === 'dead') return;
      for (const message of messagesIn(bytes)) {
        this.#options.onWritten(link, message);
        link.write(message);
      }
    };
    return {
      write,
      writeAll: (pieces) => write(Buffer.concat(pieces)),
      queued: () => link.queued,
      pause: () => {
        link.unread = true;
      },
      resume: () => {
        link.unread = false;
      },
      ping: () => this.#clock.soon(() => link.pongs && !link.isCut && this.#connections.get(link)?.heard()),
      close: (code, reason) => link.endByServer(code, reason),
      destroy: () => link.cut(),
    };
  }

  #behind(gate: Gate, log: Log): Log {
    return {
      ready: () => log.ready(),
      append: (document, updates) => this.#run(gate, 'append', 'ordered', () => log.append(document, updates)),
      load: (document) => this.#run(gate, 'load', 'any', () => log.load(document)),
      replace: (document, snapshot, upTo) =>
        this.#run(gate, 'replace', 'any', () => log.replace(document, snapshot, upTo)),
      delete: (document) => this.#run(gate, 'delete', 'ordered', () => log.delete(document)),
      info: (document) => this.#run(gate, 'info', 'any', () => log.info(document)),
      list: (options) => this.#run(gate, 'list', 'any', () => log.list(options)),
      scan: (cursor, limit) => this.#run(gate, 'scan', 'any', () => log.scan(cursor, limit)),
      probe: (bytes) => this.#run(gate, 'probe', 'any', () => log.probe(bytes)),
      close: () => Promise.resolve(), // the disk outlives the process
    };
  }

  #documentsBehind(gate: Gate, documents: Documents): Documents {
    return {
      compact: (stored) => this.#run(gate, 'compact', 'any', () => documents.compact(stored)),
      merge: (stored) => this.#run(gate, 'merge', 'any', () => documents.merge(stored)),
      diff: (stored, stateVector) => this.#run(gate, 'diff', 'any', () => documents.diff(stored, stateVector)),
      pending: 0,
      summary: (stored) => this.#run(gate, 'summary', 'any', () => documents.summary(stored)),
      links: (stored) => this.#run(gate, 'links', 'any', () => documents.links(stored)),
      uploads: (stored) => this.#run(gate, 'uploads', 'any', () => documents.uploads(stored)),
      picture: (stored, board) => this.#run(gate, 'picture', 'any', () => documents.picture(stored, board)),
      content: (stored) => this.#run(gate, 'content', 'any', () => documents.content(stored)),
      close: () => Promise.resolve(),
    };
  }

  #run<T>(gate: Gate, name: string, order: Order, run: () => Promise<T>): Promise<T> {
    return this.#state === 'dead' ? new Promise(() => undefined) : gate.run(name, order, run);
  }

  #tick(): void {
    this.#clock.after(LIMITS.tickMs, () => {
      for (const connection of [...this.#connections.values()]) connection.tick();
      this.#tick();
    });
  }

  #isDead(): boolean {
    return this.#state === 'dead';
  }

  #ifAlive(task: () => void): void {
    if (this.#state !== 'dead') task();
  }
}

/** Bodies of the unmasked WebSocket frames in `bytes`. Throws when they are not a run of whole ones. */
export function messagesIn(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (view.getUint8(at) !== 0x82) throw new Error(`not a binary frame at byte ${at}`);
    let length = view.getUint8(at + 1);
    at += 2;
    if (length === 126) {
      length = view.getUint16(at);
      at += 2;
    } else if (length === 127) {
      length = Number(view.getBigUint64(at));
      at += 8;
    }
    if (at + length > bytes.length) throw new Error('a frame is cut off');
    messages.push(bytes.subarray(at, at + length));
    at += length;
  }
  return messages;
}
