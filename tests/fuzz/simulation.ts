import * as Y from 'yjs';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import { Reader } from '../../lib/protocol/reader.ts';
import type { Authorize } from '../../server/grants/auth.ts';
import { LIMITS, type Limits } from '../../server/limits.ts';
import type { Logger } from '../../server/logger.ts';
import { yWebsocketMessage } from '../support/peer.ts';
import { Random } from '../support/random.ts';
import { World } from '../support/world.ts';
import type { Link } from '../support/world-network.ts';
import { editAtRandom, pruneAtRandom } from './simulation-edits.ts';
import { Person } from './simulation-people.ts';
import { judge } from './simulation-verdict.ts';

// One schedule: some people, a server, and a few hundred random steps of what may happen to them, then peace and a verdict.
// Invariant: the seed decides everything.

/** What a seed chooses before it begins. */
interface Weather {
  readonly people: number;
  readonly steps: number;
  /** How often each kind of step is taken, relative to the others. */
  readonly weights: Readonly<Record<Step, number>>;
  readonly limits: Partial<Record<keyof Limits, number>>;
}

const STEPS = {
  edit: 30,
  prune: 4,
  undo: 4,
  deliver: 60,
  burst: 12,
  disk: 40,
  threads: 8,
  moment: 12,
  while: 2,
  wait: 0.4,
  cut: 2,
  mend: 6,
  closeTab: 1.5,
  stopServer: 0.5,
  crashServer: 0.8,
  startServer: 6,
  fill: 0.6,
  empty: 4,
  overhear: 1,
  presence: 2,
} as const;

type Step = keyof typeof STEPS;

export class Simulation {
  readonly seed: number;
  readonly world: World;
  readonly people: Person[] = [];
  /** What happened, for people who read failing runs. */
  readonly steps: string[] = [];
  readonly #random: Random;
  readonly #weather: Weather;
  readonly #traced: boolean;
  #stopping = false;

  /** `traced`: the steps tell also what is in the packets. */
  constructor(seed: number, { traced = false } = {}) {
    this.seed = seed;
    this.#traced = traced;
    this.#random = new Random(seed);
    this.#weather = weatherOf(this.#random);
    Object.assign(LIMITS, this.#weather.limits); // a copy of the table that belongs to the test
    const mayWrite = (token: string) => token !== 'view';
    const authorize: Authorize = ({ token }) => ({ user: undefined, role: mayWrite(token) ? 'edit' : 'view' });
    this.world = new World({ seed, authorize, mayWrite, logger: this.#logger() });
    this.world.disk.held = true;
    this.world.threads.held = true;
    const ids = new Set<number>();
    while (this.people.length < this.#weather.people) {
      this.people.push(new Person(this.world, this.#random, { ids, others: this.people }));
    }
  }

  /** Throws when something is wrong, with the seed and what happened. */
  async run(): Promise<void> {
    try {
      for (let i = 0; i < this.#weather.steps; i++) {
        await this.#step();
        this.#complain();
      }
      await this.#makePeace();
      await judge(this.world, this.people);
      this.#complain();
    } catch (error) {
      throw new Error(`SEED=${this.seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  #complain(): void {
    const [complaint] = this.world.witness.complaints;
    if (complaint !== undefined) throw new Error(complaint);
    if (this.world.errors.length > 0) throw this.world.errors[0];
  }

  async #step(): Promise<void> {
    const step = this.#chooseStep();
    const did = await this.#do(step);
    if (did === undefined) return;
    this.steps.push(did);
    await this.world.endTurn();
  }

  #chooseStep(): Step {
    const { weights } = this.#weather;
    let sum = 0;
    for (const weight of Object.values(weights)) sum += weight;
    let at = this.#random.next() * sum;
    for (const [step, weight] of Object.entries(weights)) {
      at -= weight;
      if (at < 0) return step as Step;
    }
    return 'edit';
  }

  /** Returns what was done; undefined when there was nothing to do. */
  async #do(step: Step): Promise<string | undefined> {
    const { world } = this;
    const random = this.#random;
    switch (step) {
      case 'edit': {
        const person = random.pick(this.#writers);
        const did: string[] = [];
        person.doc.transact(() => {
          for (let count = random.between(1, 3); count > 0; count--) did.push(editAtRandom(person.doc, random));
        }, person.name);
        return `${person.name} ${did.join(', ')}`;
      }
      case 'prune': {
        const { doc, name } = random.pick(this.#writers);
        return `${name} ${doc.transact(() => pruneAtRandom(doc, random), name)}`;
      }
      case 'undo': {
        const person = random.pick(this.#writers);
        const redo = random.between(0, 2) === 0;
        if (redo) person.undo.redo();
        else person.undo.undo();
        return `${person.name} ${redo ? 'redo' : 'undo'}`;
      }
      case 'deliver':
        return this.#deliver(1);
      case 'burst':
        return this.#deliver(random.between(2, 30));
      case 'disk': {
        if (world.disk.waiting === 0) return undefined;
        if (random.between(0, 1) === 0) await world.disk.work((count) => random.between(0, count - 1));
        else world.disk.answer((count) => random.between(0, count - 1));
        return 'disk';
      }
      case 'threads': {
        if (world.threads.waiting === 0) return undefined;
        if (random.between(0, 1) === 0) await world.threads.work((count) => random.between(0, count - 1));
        else world.threads.answer((count) => random.between(0, count - 1));
        return 'threads';
      }
      case 'moment':
        return this.#pass(random.between(1, 40));
      case 'while':
        return this.#pass(random.between(200, 3_000));
      case 'wait':
        return this.#pass(random.between(5_000, 40_000));
      case 'cut':
        return random.pick(this.people).cut();
      case 'mend':
        return this.people.find(({ isCut }) => isCut)?.mend();
      case 'closeTab':
        return random.pick(this.people).reopen();
      case 'stopServer':
        if (!world.isServerRunning || this.#stopping) return undefined;
        this.#stopping = true;
        void world.stopServer().then(() => {
          this.#stopping = false;
        });
        return 'the server is stopped';
      case 'crashServer':
        if (!world.isServerRunning) return undefined;
        world.killServer();
        this.#stopping = false;
        await world.inspect();
        return 'the server crashes';
      case 'startServer':
        if (world.isServerRunning) return undefined;
        world.startServer();
        return 'the server starts';
      case 'fill':
        if (world.diskFault) return undefined;
        world.diskFault = 'full';
        return 'the disk is full';
      case 'empty':
        if (!world.diskFault) return undefined;
        world.diskFault = undefined;
        return 'the disk has room';
      case 'overhear':
        return random.pick(this.people).overhear(random.pick(this.people));
      case 'presence': {
        const { client, name } = random.pick(this.people);
        if (client.kind === 'inkroom') return undefined;
        client.showPresence({ at: random.between(0, 99) });
        return `${name} moves`;
      }
      default:
        return step satisfies never;
    }
  }

  /** On one connection, in one direction, in order. */
  #deliver(count: number): string | undefined {
    const random = this.#random;
    const links = [...this.world.network.links].filter((link) => link.up.length > 0 || link.down.length > 0);
    if (links.length === 0) return undefined;
    const link = random.pick(links);
    const up = link.down.length === 0 || (link.up.length > 0 && random.between(0, 1) === 0);
    const delivered: string[] = [];
    while (delivered.length < count && (up ? link.up : link.down).length > 0) {
      delivered.push(this.#traced ? describe(link, up) : '');
      if (up) link.deliverUp();
      else link.deliverDown();
    }
    this.world.network.forgetFinished();
    return `${this.#nameOf(link)} ${up ? '>' : '<'} ${delivered.join(', ')}`;
  }

  #pass(milliseconds: number): string {
    this.world.clock.advance(milliseconds);
    return `${milliseconds} ms pass`;
  }

  #nameOf(link: Link): string {
    return this.people.find(({ client }) => this.world.linksOf(client).includes(link))?.name ?? 'somebody gone';
  }

  /** Everything works again, and time passes until nobody has anything left to do. */
  async #makePeace(): Promise<void> {
    const { world } = this;
    this.steps.push('peace');
    world.diskFault = undefined;
    for (const person of this.people) person.mend();
    await world.disk.release();
    await world.threads.release();
    await world.settle();
    if (this.#stopping) await world.pass(1_000); // a server that stops writes first what its rooms still collect
    if (!world.isServerRunning) world.startServer();
    await world.settle();
    for (let seconds = 0; seconds < 300 && !this.isCalm(); seconds++) await world.pass(1_000, 1_000);
    await world.pass(18_000, 3_000); // presence is renewed every 15 s
  }

  get #writers(): Person[] {
    return this.people.filter(({ isReader }) => !isReader);
  }

  isCalm(): boolean {
    return this.people.every(({ client }) => client.isSynced) && this.world.disk.waiting === 0;
  }

  /** What the server logs as an error is one, but for the disk that the schedule filled. An honest client is never refused for good. */
  #logger(): Logger {
    const ignore = () => undefined;
    return {
      debug: ignore,
      warn: ignore,
      info: (fields, message) => {
        if (message !== 'connection refused') return;
        const { code, detail } = fields as { code: string; detail: string };
        this.steps.push(`(refused: ${code} ${detail})`);
        if (!EXPECTED_REFUSALS.has(code))
          this.world.witness.complain(`an honest client was refused: ${code}, ${detail}`);
      },
      error: (fields, message) => {
        if (message.startsWith('no room on the disk')) return;
        const { err } = fields as { err?: unknown };
        this.world.witness.complain(
          `the server logged an error: ${message}: ${err instanceof Error ? err.stack : String(err)}`,
        );
      },
    };
  }
}

const EXPECTED_REFUSALS = new Set(['storage-full', 'slow-reader', 'auth-timeout']);

/** The packet that is delivered next, in words. */
function describe(link: Link, up: boolean): string {
  const packet = up ? link.up[0] : link.down[0];
  if (packet?.kind !== 'frame') return packet?.kind ?? '';
  const single = link.url.includes('/sync/');
  const decoded = single
    ? { message: yWebsocketMessage(packet.data) }
    : up
      ? hocuspocus.decodeClientFrame(packet.data)
      : hocuspocus.decodeServerFrame(packet.data);
  const { message } = decoded;
  if (message === undefined || typeof message === 'string') return `${message}`;
  const details: string[] = [message.type];
  if ('answer' in message && message.answer) details.push('answer');
  if ('saved' in message) details.push(`${message.saved}`);
  if ('number' in message) details.push(`${message.number}`);
  if ('update' in message) details.push(message.type === 'awareness' ? whoIn(message.update) : sizeOf(message.update));
  if ('stateVector' in message) details.push(JSON.stringify([...Y.decodeStateVector(message.stateVector)]));
  return details.join(' ');
}

/** Which clocks of which clients an update covers. */
function sizeOf(update: Uint8Array): string {
  const { from, to } = Y.parseUpdateMeta(update);
  return [...to].map(([client, end]) => `${client}:${from.get(client)}-${end}`).join(' ');
}

/** Whom an awareness update tells of, under which clocks; `-`: that they are gone. */
function whoIn(update: Uint8Array): string {
  const reader = new Reader(update);
  const told: string[] = [];
  for (let left = reader.varUint(); left > 0; left--) {
    const client = reader.varUint();
    const clock = reader.varUint();
    told.push(`${client}:${clock}${reader.varString() === 'null' ? '-' : ''}`);
  }
  return told.join(' ');
}

function weatherOf(random: Random): Weather {
  const weights: Record<Step, number> = { ...STEPS };
  // Each schedule has its own temper: some things hardly ever happen in it, others all the time.
  for (const step of Object.keys(weights) as Step[]) weights[step] *= random.pick([0.2, 1, 1, 3]);
  const KiB = 1024;
  const limits = {
    tailUpdates: random.pick([4, 15, 60, 2_000]),
    tailBytes: random.pick([200, 3_000, 512 * KiB]),
    mergeRest: random.pick([0, 10]),
    diffBytes: random.pick([1, 500, 64 * KiB]),
    copyMs: random.pick([1, 500, 5_000]),
    lingerMs: random.pick([1, 500, 5_000]),
    queuedBytes: random.pick([500, 16 * KiB * KiB, 16 * KiB * KiB]),
  };
  return { people: random.pick([2, 2, 3, 3, 4, 5, 6, 8]), steps: random.between(60, 300), weights, limits };
}
