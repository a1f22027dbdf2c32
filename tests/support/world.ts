import * as Y from 'yjs';
import { type Authorize, openToEveryone } from '../../server/grants/auth.ts';
import type { Log } from '../../server/log/log.ts';
import { type Logger, silentLogger } from '../../server/logger.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryLog } from './memory-log.ts';
import type { Voice } from './peer.ts';
import { Random } from './random.ts';
import { inProcessDocuments } from './world-documents.ts';
import { Gate } from './world-gate.ts';
import { HocuspocusClient } from './world-hocuspocus.ts';
import { InkroomTab, MemoryOfflineStore } from './world-inkroom.ts';
import { Caller, type Link, Network } from './world-network.ts';
import { RawClient } from './world-raw.ts';
import { WorldServer } from './world-server.ts';
import type { StockOptions } from './world-stock-client.ts';
import { Witness } from './world-witness.ts';
import { YWebsocketClient } from './world-y-websocket.ts';

// A whole Inkroom in one process: server, disk, network, clocks and clients, all moved by the test and by nothing else.
// Invariant: nothing happens by itself; two runs that do the same steps see the same things.

export interface WorldOptions {
  readonly authorize?: Authorize;
  /** Whether the holder of a token may write: what `authorize` says, for the witness. */
  readonly mayWrite?: (token: string) => boolean;
  readonly logger?: Logger;
  /** Seeds what clients roll dice for: how long they wait before they try again. */
  readonly seed?: number;
}

/** The document that everybody opens, unless told otherwise. */
export const DOCUMENT = 'notes';

const SYNC = 'ws://world/sync';

interface Joining {
  readonly document?: string;
  readonly doc?: Y.Doc;
  readonly token?: string;
}

/** A token, or somebody who fetches one. */
type Token = string | (() => string | Promise<string>);

interface HocuspocusJoining extends Omit<Joining, 'token'> {
  /** The session's key, `name NUL session` where a socket is shared. */
  readonly key?: string;
  readonly token?: Token;
}

interface InkroomJoining extends Omit<Joining, 'token'> {
  readonly store?: MemoryOfflineStore;
  readonly token?: Token;
}

/** What the world lends to a client. */
type Means = Pick<StockOptions, 'Socket' | 'clock' | 'random'>;

/** Those who act by themselves. */
export type WorldClient = YWebsocketClient | HocuspocusClient | InkroomTab;

export class World {
  readonly clock = new FakeClock();
  readonly random: Random;
  readonly witness: Witness;
  /** Where appends and loads wait when they are held. */
  readonly disk = new Gate();
  /** Where merges and differences wait when they are held. */
  readonly threads = new Gate();
  readonly network = new Network((link) => this.#server?.accept(link));
  /** What clients reported. */
  readonly errors: unknown[] = [];
  /** The log, past the server and past what holds its answers back. */
  readonly log: Log = this.#witnessed();
  #memory = new MemoryLog();
  readonly #authorize: Authorize;
  readonly #logger: Logger;
  #server: WorldServer | undefined;
  readonly #callers = new Map<WorldClient, Caller>();

  constructor({ authorize = openToEveryone, mayWrite, logger = silentLogger, seed = 1 }: WorldOptions = {}) {
    this.witness = new Witness(mayWrite);
    this.#authorize = authorize;
    this.#logger = logger;
    this.random = new Random(seed);
    this.startServer();
  }

  /** The running server. Throws while there is none. */
  get server(): WorldServer {
    if (!this.#server) throw new Error('no server is running');
    return this.#server;
  }

  get isServerRunning(): boolean {
    return this.#server !== undefined;
  }

  // Who is there

  raw(voice: Voice = 'inkroom', { document = DOCUMENT }: Joining = {}): RawClient {
    const url = voice === 'y-websocket' ? `${SYNC}/${encodeURIComponent(document)}` : SYNC;
    const Socket = this.network.socketClass(new Caller());
    const socket = new Socket(url);
    return new RawClient({ socket, voice, document });
  }

  yWebsocket({ document = DOCUMENT, doc = new Y.Doc(), token = '' }: Joining = {}): YWebsocketClient {
    const url = `${SYNC}/${encodeURIComponent(document)}?token=${token}`;
    return this.#introduce((means) => new YWebsocketClient({ doc, url, ...means }));
  }

  hocuspocus({
    document = DOCUMENT,
    doc = new Y.Doc(),
    key = document,
    token = '',
  }: HocuspocusJoining = {}): HocuspocusClient {
    const fetchToken = typeof token === 'string' ? () => token : token;
    return this.#introduce((means) => new HocuspocusClient({ doc, key, token: fetchToken, url: SYNC, ...means }));
  }

  /** A tab of Inkroom's page. `store`: what the browser has kept of earlier tabs. */
  inkroom({
    document = DOCUMENT,
    doc = new Y.Doc(),
    store = new MemoryOfflineStore(),
    token = '',
  }: InkroomJoining = {}): InkroomTab {
    const fetchToken = typeof token === 'string' ? () => token : token;
    const own = { doc, document, url: SYNC, store, token: fetchToken };
    const onError = (error: unknown) => this.errors.push(error);
    return this.#introduce((means) => new InkroomTab({ ...own, onError, ...means }));
  }

  // What they do

  type(client: { doc: Y.Doc }, text: string): void {
    const shared = client.doc.getText('text');
    shared.insert(shared.length, text);
  }

  text(client: { doc: Y.Doc }): string {
    return client.doc.getText('text').toString();
  }

  // What happens to them

  /** The client loses its network: what is on the way is lost, and what it dials does not answer, until `mend`. */
  cut(client: WorldClient): void {
    const caller = this.#callerOf(client);
    caller.reachable = false;
    for (const link of caller.links) link.cut();
  }

  mend(client: WorldClient): void {
    this.#callerOf(client).reachable = true;
  }

  /** The client's connections, finished ones among them. */
  linksOf(client: WorldClient): Link[] {
    return [...this.#callerOf(client).links];
  }

  /** The tab crashes, or the browser is killed. What is on the way to the server arrives. */
  killTab(tab: InkroomTab): void {
    tab.kill();
    for (const link of this.linksOf(tab)) link.socket.abandon();
  }

  startServer(): void {
    if (this.#server) throw new Error('a server is running');
    this.#server = new WorldServer({
      clock: this.clock,
      log: this.log,
      documents: inProcessDocuments,
      disk: this.disk,
      threads: this.threads,
      authorize: this.#authorize,
      logger: this.#logger,
      onWritten: (link, frame) => this.witness.written(link, frame),
      onReceived: (link, frame) => this.witness.received(link, frame),
    });
  }

  /** SIGTERM: resolves when the process has ended. Nothing must be held, or it waits for that. */
  async stopServer(): Promise<void> {
    const { server } = this;
    await server.stop();
    if (this.#server === server) this.#server = undefined;
  }

  async restartServer(): Promise<void> {
    await this.stopServer();
    this.startServer();
  }

  /** SIGKILL and a start: what was not committed is lost, connections drop. */
  crashServer(): void {
    this.killServer();
    this.startServer();
  }

  killServer(): void {
    this.server.kill();
    this.#server = undefined;
    this.#memory = this.#memory.crash();
  }

  /** `full`: appends are refused until there is room again. `failed`: they are refused for good. */
  set diskFault(fault: 'full' | 'failed' | undefined) {
    this.#memory.fault = fault;
  }

  get diskFault(): 'full' | 'failed' | undefined {
    return this.#memory.fault;
  }

  /** What is stored of a document no longer matches its checksum. */
  damage(document = DOCUMENT): void {
    this.#memory.damage(document);
  }

  // How time passes

  /** Delivers what is on the way and lets everybody act, until nothing is left to do at this time. What is held stays held. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet++) {
      await this.endTurn();
      if (this.network.deliverAll()) quiet = -1;
    }
  }

  /** Lets promises and the tasks of this turn run. */
  async endTurn(): Promise<void> {
    this.clock.advance(0);
    await new Promise((resolve) => setImmediate(resolve)); // a real turn: all promises that can settle have settled
    this.clock.advance(0);
  }

  /** Lets time pass, in steps of `step` milliseconds, settling after each. */
  async pass(milliseconds: number, step = Math.max(1, milliseconds / 20)): Promise<void> {
    await this.settle();
    for (let left = milliseconds; left > 0; left -= step) {
      this.clock.advance(Math.min(left, step));
      await this.settle();
    }
  }

  // What is true

  /** What lies on the disk, applied to a fresh document. */
  async stored(document = DOCUMENT): Promise<Y.Doc> {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, await inProcessDocuments.merge(await this.log.load(document)));
    return doc;
  }

  /** Compares the disk with what was ever committed to it. */
  async inspect(document = DOCUMENT): Promise<void> {
    this.witness.inspect(document, await this.log.load(document));
  }

  #introduce<C extends WorldClient>(make: (means: Means) => C): C {
    const caller = new Caller();
    const Socket = this.network.socketClass(caller);
    const client = make({ Socket, clock: this.clock, random: () => this.random.next() });
    this.#callers.set(client, caller);
    return client;
  }

  #callerOf(client: WorldClient): Caller {
    const caller = this.#callers.get(client);
    if (!caller) throw new Error('a client of another world');
    return caller;
  }

  #witnessed(): Log {
    return {
      ready: () => this.#memory.ready(),
      append: async (document, updates) => {
        const sequence = await this.#memory.append(document, updates);
        this.witness.committed(document, updates);
        return sequence;
      },
      load: (document) => this.#memory.load(document),
      replace: (document, snapshot, upTo) => this.#memory.replace(document, snapshot, upTo),
      delete: (document) => this.#memory.delete(document),
      info: (document) => this.#memory.info(document),
      list: (options) => this.#memory.list(options),
      scan: (cursor, limit) => this.#memory.scan(cursor, limit),
      probe: () => this.#memory.probe(),
      close: () => this.#memory.close(),
    };
  }
}
