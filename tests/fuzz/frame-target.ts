import * as Y from 'yjs';
import { REFUSALS } from '../../lib/protocol/errors.ts';
import type { ServerMessage } from '../../lib/protocol/messages.ts';
import { Peer, type Voice } from '../support/peer.ts';
import { clientFrame, RawSocket } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { Witnesses } from '../support/witness.ts';
import { type Attack, type AttackConnection, BYSTANDERS, hex, type Session, type Step, unhex } from './frame-attack.ts';
import { HOST } from './frame-requests.ts';
import { captureSessions } from './frame-sessions.ts';

// A server under attack, and everything that must stay true meanwhile.
// Invariant: what it reports is the server's fault: it judges by the server's own processor time, its memory, its log, its disk and by
// people who did nothing wrong.

/** What went wrong. */
export type Fault =
  | 'the process ended'
  | 'a frame took too long'
  | 'memory grew'
  | 'a neighbour was disturbed'
  | 'people in the room do not read each other'
  | 'somebody in the room was sent what Yjs cannot apply'
  | 'a connection ended without a code of the table'
  | 'the server reports a fault of its own'
  | 'an answer of the HTTP server'
  | 'the stored document is another one';

export interface Failure {
  readonly fault: Fault;
  readonly detail: string;
  /** The step after which it showed. */
  readonly step: number;
}

/** Milliseconds of the main thread for one frame: three frames of a film. */
const FRAME_CPU_MS = 50;
const MiB = 1024 * 1024;
/** What the process may hold more than before, when an attack is over and its rubbish collected. */
const GROWTH = 32 * MiB;
/** What it may hold more at any moment. Node's young generation and the buffers of a moment are in it. */
const PEAK_GROWTH = 128 * MiB;
/** Steps between two looks at the people. */
const PULSE_EVERY = 10;
/** Milliseconds for a server to answer, on a busy machine. */
const PATIENCE_MS = 10_000;
/** Milliseconds for the answer to a ping behind half a frame, which will not come. */
const HALF_FRAME_MS = 30;

/** Codes with which a connection may end for what it sent. The others of the table are faults of the server's. */
const FAULTS_OF_THE_SERVER: readonly number[] = [
  REFUSALS.internal.closeCode,
  REFUSALS['storage-failed'].closeCode,
  REFUSALS['storage-full'].closeCode,
  REFUSALS['keys-unavailable'].closeCode,
  REFUSALS['document-unavailable'].closeCode,
  REFUSALS['server-restarting'].closeCode,
];
const CODES: ReadonlySet<number> = new Set(
  Object.values(REFUSALS)
    .map(({ closeCode }) => closeCode)
    .filter((code) => !FAULTS_OF_THE_SERVER.includes(code)),
);
const HTTP_STATUSES = [100, 101, 200, 201, 400, 403, 404, 405, 408, 413, 414, 415, 417, 426, 431, 501, 505];

/** Whether some item has its right neighbour before its left one, or elsewhere: where it lies, Yjs does not promise to be the same in two copies (docs/THREATS.md). */
function isForged(text: Y.Text): boolean {
  const places = new Map<Y.Item, number>();
  for (let item = text._start; item; item = item.right) places.set(item, places.size);
  const { doc } = text;
  const placeOf = (id: Y.ID) => doc && places.get(Y.getItem(doc.store, id) as Y.Item);
  return [...places.keys()].some(({ origin, rightOrigin }) => {
    if (!origin || !rightOrigin) return false;
    const [left, right] = [placeOf(origin), placeOf(rightOrigin)];
    return left === undefined || left === null || right === undefined || right === null || left >= right;
  });
}

/** Owned by the test; `close()` ends the server and everyone there. */
export class Target {
  readonly server: ServerProcess;
  readonly sessions: readonly Session[];
  readonly #neighbours: Witnesses;
  readonly #baseline: number;
  #slowestMs = 0;
  #frames = 0;
  readonly #ends = new Map<number, number>();

  private constructor(server: ServerProcess, sessions: readonly Session[], neighbours: Witnesses) {
    this.server = server;
    this.sessions = sessions;
    this.#neighbours = neighbours;
    this.#baseline = server.residentBytes();
  }

  static async launch(entry?: string): Promise<Target> {
    const server = await ServerProcess.launch(entry === undefined ? {} : { entry });
    const sessions = await captureSessions(server);
    const neighbours = new Witnesses(server, 'neighbour');
    await neighbours.pulse();
    await warmUp(server, sessions);
    return new Target(server, sessions, neighbours);
  }

  get figures(): string {
    const ends = [...this.#ends].sort(([a], [b]) => a - b).map(([code, times]) => `${code}: ${times}`);
    return (
      `${this.#frames} frames, the slowest ${this.#slowestMs.toFixed(1)} ms, ` +
      `${Math.round((this.server.residentBytes() - this.#baseline) / MiB)} MiB more than before, ends ${ends.join(', ')}`
    );
  }

  /** Undefined: nothing went wrong. */
  async play(attack: Attack): Promise<Failure | undefined> {
    const { server } = this;
    const bystanders = await Promise.all([
      Bystander.join(server, attack.document, 'y-websocket', BYSTANDERS[0]),
      Bystander.join(server, attack.document, 'hocuspocus', BYSTANDERS[1]),
    ]);
    const attackers = attack.connections.map((connection) => new Attacker(server, connection));
    let at = 0;
    const failure = (fault: Fault, detail: string): Failure => ({ fault, detail, step: at });
    try {
      server.forgetPeak();
      const before = server.residentBytes();
      for (const step of attack.steps) {
        const cpu = server.cpuMs();
        const strange = step.do === 'request' ? await this.#request(step) : await this.#step(step, attackers);
        const took = server.cpuMs() - cpu;
        this.#frames++;
        this.#slowestMs = Math.max(this.#slowestMs, took);
        if (!server.running) return failure('the process ended', server.errors);
        if (strange) return failure(strange.fault, strange.detail);
        if (took > FRAME_CPU_MS) return failure('a frame took too long', `${took.toFixed(1)} ms`);
        if (at % PULSE_EVERY === PULSE_EVERY - 1) {
          const disturbed = await this.#pulse(bystanders);
          if (disturbed) return failure(...disturbed);
        }
        at++;
      }
      for (const attacker of attackers) await attacker.end();
      const peak = server.peakBytes() - before;
      if (peak > PEAK_GROWTH) return failure('memory grew', `${Math.round(peak / MiB)} MiB at its peak`);
      const disturbed = (await this.#pulse(bystanders)) ?? (await this.#stored(attack.document, bystanders));
      if (disturbed) return failure(...disturbed);
      const faults = server.log.filter(({ level }) => Number(level) >= 50);
      if (faults.length > 0) return failure('the server reports a fault of its own', JSON.stringify(faults[0]));
      if (server.errors) return failure('the server reports a fault of its own', server.errors);
      return (await this.#memoryIsBack()) ? undefined : failure('memory grew', this.figures);
    } catch (error) {
      if (!server.running) return failure('the process ended', server.errors);
      throw error;
    } finally {
      for (const attacker of attackers) attacker.drop();
      for (const bystander of bystanders) await bystander.leave();
    }
  }

  async close(): Promise<void> {
    this.#neighbours.leave();
    await this.server.close();
  }

  async #step(
    step: Exclude<Step, { do: 'request' }>,
    attackers: readonly Attacker[],
  ): Promise<{ fault: Fault; detail: string } | undefined> {
    const attacker = attackers[step.connection];
    if (!attacker) return undefined;
    const code = await attacker.take(step);
    if (code === undefined) return undefined;
    this.#ends.set(code, (this.#ends.get(code) ?? 0) + 1);
    const isLoose = attacker.brokeTheRfc;
    attacker.drop();
    const isKnown = CODES.has(code) || isProtocolCode(code) || (isLoose && !FAULTS_OF_THE_SERVER.includes(code));
    return isKnown ? undefined : { fault: 'a connection ended without a code of the table', detail: `${code}` };
  }

  /** Whether what came back, if anything did, is an answer that a server may give. */
  async #request(step: Step & { do: 'request' }): Promise<{ fault: Fault; detail: string } | undefined> {
    const raw = await RawSocket.connect(this.server.port);
    raw.write(Buffer.from(unhex(step.bytes)).toString('latin1').replaceAll(HOST, `127.0.0.1:${this.server.port}`));
    await patiently(() => raw.ended || raw.text.includes('\r\n\r\n'), HALF_FRAME_MS);
    const { text } = raw;
    await raw.close();
    if (text === '') return undefined; // it waits for the rest of the request
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
    return HTTP_STATUSES.includes(status) ? undefined : { fault: 'an answer of the HTTP server', detail: text };
  }

  async #pulse(bystanders: readonly Bystander[]): Promise<[Fault, string] | undefined> {
    try {
      await this.#neighbours.pulse();
    } catch (error) {
      return ['a neighbour was disturbed', String(error)];
    }
    for (const bystander of bystanders) bystander.write();
    const theyAgree = () => bystanders.every((one) => bystanders.every((other) => one.hasRead(other)));
    const poisoned = () => bystanders.find(({ poison }) => poison !== undefined)?.poison;
    const met = await patiently(() => theyAgree() || poisoned() !== undefined, PATIENCE_MS);
    const poison = poisoned();
    if (poison !== undefined) return ['somebody in the room was sent what Yjs cannot apply', poison];
    if (met) return undefined;
    return ['people in the room do not read each other', bystanders.map(({ state }) => state).join('; ')];
  }

  /** The disk holds what those in the room have, and Yjs can read it. */
  async #stored(document: string, bystanders: readonly Bystander[]): Promise<[Fault, string] | undefined> {
    const whole = new Y.Doc();
    try {
      Y.applyUpdate(whole, Y.encodeStateAsUpdate(await this.server.stored(document)));
    } catch (error) {
      return ['the stored document is another one', String(error)];
    }
    if (whole.store.pendingStructs || whole.store.pendingDs)
      return ['the stored document is another one', 'it has gaps'];
    const stored = Y.decodeStateVector(Y.encodeStateVector(whole));
    const fresh = await Bystander.join(this.server, document, 'inkroom', 1_003);
    await fresh.leave();
    for (const { doc, poison } of [...bystanders, fresh]) {
      if (poison !== undefined) return ['the stored document is another one', poison];
      if (doc.store.pendingStructs || doc.store.pendingDs)
        return ['the stored document is another one', 'somebody waits for what never comes'];
      const shown = Y.decodeStateVector(Y.encodeStateVector(doc));
      for (const client of new Set([...stored.keys(), ...shown.keys()])) {
        if (stored.get(client) === shown.get(client)) continue;
        return [
          'the stored document is another one',
          `client ${client}: ${stored.get(client)} on disk, ${shown.get(client)} shown to ${doc.clientID}`,
        ];
      }
      if (!isForged(whole.getText('text')) && doc.getText('text').toString() !== whole.getText('text').toString())
        return ['the stored document is another one', 'its text differs'];
    }
    return undefined;
  }

  /** Garbage is collected when there is reason to, rooms close some seconds after the last has left, idle threads end after half a minute. */
  async #memoryIsBack(): Promise<boolean> {
    const isBack = () => this.server.residentBytes() - this.#baseline < GROWTH;
    if (isBack()) return true;
    const look = async () => {
      await this.#neighbours.pulse();
      return isBack();
    };
    return patiently(look, 60_000);
  }
}

/** Somebody who writes and reads in the attacked document, and does nothing wrong. */
class Bystander {
  readonly doc = new Y.Doc();
  readonly #peer: Peer;
  /** Why Yjs could not apply what arrived. */
  poison: string | undefined;

  private constructor(peer: Peer, id: number) {
    this.#peer = peer;
    this.doc.clientID = id;
    this.doc.getText('text');
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) peer.sendUpdate(update);
    });
  }

  static async join(server: ServerProcess, document: string, voice: Voice, id: number): Promise<Bystander> {
    let bystander: Bystander | undefined;
    const onMessage = (message: ServerMessage) => bystander?.hear(message);
    const peer = await Peer.join({ sync: server.sync, document, voice, forgetful: true, onMessage });
    bystander = new Bystander(peer, id);
    for (const message of peer.heard) bystander.hear(message);
    return bystander;
  }

  get state(): string {
    const clocks = [...Y.decodeStateVector(Y.encodeStateVector(this.doc))].map(([id, clock]) => `${id}:${clock}`);
    const end = this.#peer.ended;
    return `${this.doc.clientID} has ${clocks.join(' ')}${end ? `, and was cut off with ${end.code}` : ''}`;
  }

  write(): void {
    const text = this.doc.getText('text');
    text.insert(text.length, `${this.doc.clientID};`);
  }

  hasRead(other: Bystander): boolean {
    const clocks = (doc: Y.Doc) => Y.decodeStateVector(Y.encodeStateVector(doc));
    const [mine, theirs] = [clocks(this.doc), clocks(other.doc)];
    return [...theirs].every(([client, clock]) => (mine.get(client) ?? 0) >= clock);
  }

  async leave(): Promise<void> {
    await this.#peer.close();
  }

  hear(message: ServerMessage): void {
    if (message.type !== 'update' && message.type !== 'step2') return;
    try {
      Y.applyUpdate(this.doc, message.update, this);
    } catch (error) {
      this.poison ??= `${String(error)}: ${hex(message.update)}`;
    }
  }
}

class Attacker {
  readonly #server: ServerProcess;
  readonly #options: AttackConnection;
  #raw: RawSocket | undefined;
  /** From then on the connection may end with whatever code it likes: half a frame makes anything of the next one. */
  brokeTheRfc = false;

  constructor(server: ServerProcess, options: AttackConnection) {
    this.#server = server;
    this.#options = options;
  }

  /** Does the step. Resolves when the server has taken it: with the close code when it ended the connection for it. */
  async take(step: Exclude<Step, { do: 'request' }>): Promise<number | undefined> {
    if (step.do === 'reset') {
      this.#raw?.reset();
      this.drop();
      return undefined;
    }
    const raw = this.#raw ?? (await this.#open());
    const bytes = unhex(step.bytes);
    if (step.do === 'bytes') {
      this.brokeTheRfc = true;
      raw.write(bytes);
    } else {
      for (const part of inFragments(bytes, step.fragments)) raw.write(part);
    }
    const taken = await raw.untilTaken(this.brokeTheRfc ? HALF_FRAME_MS : PATIENCE_MS).catch(() => true);
    if (taken) {
      raw.forget();
      return undefined;
    }
    const code = raw.closeCode;
    if (code === undefined) return this.brokeTheRfc ? 1_002 : 1_006;
    await raw.untilRefused();
    return code;
  }

  /** Leaves like somebody who closes a tab. */
  async end(): Promise<void> {
    const raw = this.#raw;
    if (!raw || raw.ended) return;
    await raw.close();
    this.drop();
  }

  drop(): void {
    if (this.#raw && !this.#raw.ended) this.#raw.reset();
    this.#raw = undefined;
    this.brokeTheRfc = false;
  }

  async #open(): Promise<RawSocket> {
    const raw = await RawSocket.upgrade(this.#server.port, this.#options.path);
    this.#raw = raw;
    for (const frame of this.#options.greeting) raw.send({ opcode: BINARY, payload: unhex(frame) });
    return raw;
  }
}

const BINARY = 2;
const CONTINUATION = 0;

function inFragments(message: Uint8Array, fragments: number): Buffer[] {
  const size = Math.max(1, Math.ceil(message.length / fragments));
  const parts: Buffer[] = [];
  for (let start = 0; start < message.length || start === 0; start += size) {
    const fin = start + size >= message.length;
    const opcode = start === 0 ? BINARY : CONTINUATION;
    parts.push(clientFrame({ opcode, fin, payload: message.subarray(start, start + size) }));
  }
  return parts;
}

/** Codes of RFC 6455 with which `ws` answers what the RFC forbids. */
function isProtocolCode(code: number): boolean {
  return code === 1_002 || code === 1_007 || code === 1_008 || code === 1_009;
}

/** Whether it came to that in time. */
async function patiently(look: () => boolean | Promise<boolean>, patience: number): Promise<boolean> {
  return until('it', look, patience).then(
    () => true,
    () => false,
  );
}

/** A process that has just started compiles what it is first asked for, and grows by what its engine keeps at hand, whoever talks to it. */
async function warmUp(server: ServerProcess, sessions: readonly Session[]): Promise<void> {
  for (let round = 0; round < 30; round++) {
    for (const { voice, frames } of sessions) {
      const document = `warming ${voice}`;
      const peer = await Peer.join({ sync: server.sync, document, voice, forgetful: true });
      for (const frame of frames) peer.sendFrame(frame);
      for (let length = 1; length < 10; length++) peer.sendFrame(new Uint8Array(length * 100));
      await peer.untilEnded();
    }
  }
  const peer = await Peer.join({ sync: server.sync, document: 'warming', voice: 'hocuspocus' });
  peer.sendFrame(new Uint8Array(9 * MiB));
  await peer.untilEnded();
}
