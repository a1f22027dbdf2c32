import { type ClientState, deadline, type Event, IDLE, step } from '../../lib/client/connection.ts';
import type { Effect } from '../../lib/client/effects.ts';
import { type SyncState, view } from '../../lib/client/sync-state.ts';
import type { ClientMessage, ServerMessage } from '../../lib/protocol/messages.ts';

// The client's pure step and the story told to it: no sockets, no timers, no documents.
// `effects` is everything that it asked for since it was last read.

type Sent = ClientMessage | { type: 'difference'; number: number; stateVector: Uint8Array } | { type: 'vector' };

const VECTOR = new Uint8Array([0]);
const UPDATE = new Uint8Array([0, 0]);

export class World {
  client: ClientState = IDLE;
  now = 0;
  /** What chance says next: from 0 up to 1. */
  random = 0.5;
  /** 'later': somebody calls `token()`. */
  tokens: 'at once' | 'later' = 'at once';
  #effects: Effect[] = [];
  #made = new Map<number, number>();
  #lastId = 0;

  /** Opens a document without kept edits, and ends the turn. */
  open(name: string): number {
    const id = this.begin(name);
    this.happens({ type: 'settle' });
    this.happens({ type: 'loaded', session: id, made: 0, serverLacks: false });
    return id;
  }

  /** Opens a document; the turn goes on, and what was kept is still to come. */
  begin(name: string): number {
    const id = ++this.#lastId;
    this.happens({ type: 'open', session: id, name });
    return id;
  }

  close(id: number): void {
    this.happens({ type: 'close', session: id });
  }

  load(id: number, edits: number): void {
    this.#made.set(id, this.made(id) + edits);
    this.happens({ type: 'loaded', session: id, made: this.made(id), serverLacks: false });
  }

  /** One local edit; returns its number. */
  type(id: number): number {
    this.#made.set(id, this.made(id) + 1);
    this.happens({ type: 'edited', session: id, made: this.made(id), update: UPDATE });
    return this.made(id);
  }

  made(id: number): number {
    return this.#made.get(id) ?? 0;
  }

  /** The socket opens. */
  up(): void {
    this.happens({ type: 'opened' });
  }

  cut(code = 1006, reason = ''): void {
    this.happens({ type: 'lost', code, reason });
  }

  /** The server speaks to a document, under the newest key that it was joined with. */
  say(id: number, message: ServerMessage, options: { serverLacks?: boolean } = {}): void {
    const { serverLacks = false } = options;
    const incoming = message.type === 'step1' ? { ...message, serverLacks } : message;
    this.happens({ type: 'message', key: this.key(id), message: incoming });
  }

  key(id: number): string {
    const phase = this.client.sessions.get(id)?.phase;
    if (phase && 'key' in phase) return phase.key;
    throw new Error(`document ${id} is not joined`);
  }

  /** The server lets a document in and sends all of it. */
  sync(id: number, options: { role?: 'view' | 'edit'; serverLacks?: boolean } = {}): void {
    this.say(id, { type: 'granted', role: options.role ?? 'edit' });
    this.say(id, { type: 'role', role: options.role ?? 'edit' });
    this.say(id, { type: 'step1', stateVector: VECTOR }, options);
    this.say(id, { type: 'step2', update: UPDATE });
  }

  /** Opens a document and brings it up to date over a socket that is there by now. */
  live(name: string): number {
    const id = this.open(name);
    if (this.client.link.state === 'opening') this.up();
    this.sync(id);
    this.effects();
    return id;
  }

  pass(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (let due = deadline(this.client); due <= until; due = deadline(this.client)) {
      this.now = Math.max(this.now, due);
      this.happens({ type: 'tick' });
    }
    this.now = until;
  }

  happens(event: Event): void {
    const { client, effects } = step(this.client, event, { now: this.now, random: this.random });
    this.client = client;
    this.#effects.push(...effects);
    for (const effect of effects) {
      if (effect.do === 'askToken' && this.tokens === 'at once') this.token(effect.key);
    }
  }

  token(key: string): void {
    this.happens({ type: 'token', key, token: 'secret' });
  }

  state(id: number): SyncState {
    const session = this.client.sessions.get(id);
    if (!session) throw new Error(`document ${id} is closed`);
    return view(this.client, session).state;
  }

  /** Milliseconds until the next attempt, while the client waits. */
  get wait(): number {
    if (this.client.link.state !== 'waiting') throw new Error(`the client is ${this.client.link.state}`);
    return this.client.link.until - this.now;
  }

  effects(): Effect[] {
    return this.#effects.splice(0);
  }

  /** What was asked for of one kind, since effects were last read. */
  did<K extends Effect['do']>(kind: K): (Effect & { do: K })[] {
    return this.effects().filter((effect): effect is Effect & { do: K } => effect.do === kind);
  }

  /** What was sent about documents since effects were last read. */
  sent(): { key: string; message: Sent }[] {
    const sent: { key: string; message: Sent }[] = [];
    for (const effect of this.effects()) {
      if (effect.do === 'send') sent.push({ key: effect.key, message: effect.message });
      if (effect.do === 'sendVector') sent.push({ key: effect.key, message: { type: 'vector' } });
      if (effect.do === 'sendDifference') {
        const { key, number, stateVector } = effect;
        sent.push({ key, message: { type: 'difference', number, stateVector } });
      }
    }
    return sent;
  }
}
