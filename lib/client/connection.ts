import type { Effect, Incoming, Moment } from './effects.ts';
import {
  heard,
  isDead,
  joining,
  type Link,
  lingering,
  linkDeadline,
  NEVER,
  opened,
  opening,
  probed,
  type Waiting,
  waiting,
} from './link.ts';
import { finalRefusal } from './refusal.ts';
import {
  bar,
  close,
  edit,
  join,
  keyOf,
  loaded,
  lose,
  openSession,
  receive,
  type Session,
  type Step,
  useToken,
} from './session.ts';

// The whole client as one pure step: `(client, event) -> { client, effects }`. The socket is in link.ts, a document in session.ts.
// Invariant: there is a socket, or an attempt at one to come, exactly while some document is in it or wants in.

export interface ClientState {
  readonly link: Link;
  /** By id, in the order in which they were opened. */
  readonly sessions: ReadonlyMap<number, Session>;
}

export type Event =
  | { type: 'open'; session: number; name: string }
  | { type: 'close'; session: number }
  /** The turn in which documents were opened is over: `settleSoon`. */
  | { type: 'settle' }
  /**
   * What this device kept is in the document, what earlier tabs left as edits up to `made`. `serverLacks`: as in step1, which may have come before.
   */
  | { type: 'loaded'; session: number; made: number; serverLacks: boolean }
  /** Some of what earlier tabs kept cannot be saved. */
  | { type: 'stranded'; session: number }
  /** Local edit number `made`. */
  | { type: 'edited'; session: number; made: number; update: Uint8Array }
  | { type: 'token'; key: string; token: string }
  | { type: 'noToken'; key: string }
  | { type: 'opened' }
  /** Also when no socket could be made. */
  | { type: 'lost'; code: number; reason: string }
  | { type: 'message'; key: string; message: Incoming }
  /** Something that concerns no document: a pong. */
  | { type: 'heard' }
  /** What came could not be understood, or not be put into the document. */
  | { type: 'garbled' }
  /** There may be a network again, or a person is looking: now is a good time to try. */
  | { type: 'wake' }
  /** The network may be gone: find out. */
  | { type: 'doubt' }
  /** `deadline(client)` has come. */
  | { type: 'tick' }
  | { type: 'shutDown' };

export const IDLE: ClientState = { link: { state: 'idle' }, sessions: new Map() };

/** A step in the making: the one place where the new state is put together. */
interface Turn extends Moment {
  link: Link;
  readonly sessions: Map<number, Session>;
  readonly effects: Effect[];
}

export function step(
  client: ClientState,
  event: Event,
  moment: Moment,
): { client: ClientState; effects: readonly Effect[] } {
  const turn: Turn = { ...moment, link: client.link, sessions: new Map(client.sessions), effects: [] };
  handle(turn, event);
  reconcile(turn);
  return { client: { link: turn.link, sessions: turn.sessions }, effects: turn.effects };
}

/** When the next `tick` is due, in milliseconds of the clock; NEVER: nothing is waited for. */
export function deadline({ link, sessions }: ClientState): number {
  let due = linkDeadline(link);
  for (const { phase } of sessions.values()) if (phase.phase === 'barred') due = Math.min(due, phase.until);
  return due;
}

function handle(turn: Turn, event: Event): void {
  switch (event.type) {
    case 'open':
      turn.sessions.set(event.session, openSession(event.session, event.name));
      turn.effects.push({ do: 'settleSoon' });
      break;
    case 'close': {
      const session = turn.sessions.get(event.session);
      if (session) turn.effects.push(...close(session));
      turn.sessions.delete(event.session);
      break;
    }
    case 'settle':
      settle(turn);
      break;
    case 'loaded':
      update(turn, turn.sessions.get(event.session), (session) => loaded(session, event.made, event.serverLacks));
      break;
    case 'stranded':
      update(turn, turn.sessions.get(event.session), (session) => ({
        session: { ...session, stranded: true },
        effects: [],
      }));
      break;
    case 'edited':
      update(turn, turn.sessions.get(event.session), (session) => edit(session, event.made, event.update));
      break;
    case 'token':
      update(turn, findByKey(turn, event.key), (session) => useToken(session, event.token));
      break;
    case 'noToken': {
      // A session that is live goes on with the grant that it has.
      const session = findByKey(turn, event.key);
      if (session?.phase.phase === 'joining') update(turn, session, () => bar(session, turn));
      break;
    }
    case 'opened':
      if (turn.link.state === 'opening') turn.link = opened(turn.link, turn.now);
      break;
    case 'lost':
      lost(turn, event.code, event.reason);
      break;
    case 'message': {
      const { key, message } = event;
      turn.link = heard(turn.link, turn.now);
      if (message.type === 'retryAfter' && turn.link.state === 'open') {
        turn.link = { ...turn.link, retryAfter: message.milliseconds };
      }
      // A key that is no longer used: the frame is late, and nobody's.
      update(turn, findByKey(turn, key), (session) => receive(session, message, turn));
      break;
    }
    case 'heard':
      turn.link = heard(turn.link, turn.now);
      break;
    case 'garbled':
      drop(turn);
      break;
    case 'wake':
      if (turn.link.state === 'waiting') hurry(turn, turn.link);
      else probe(turn);
      break;
    case 'doubt':
      probe(turn);
      break;
    case 'tick':
      tick(turn);
      break;
    case 'shutDown':
      for (const session of turn.sessions.values()) turn.effects.push(...close(session));
      turn.sessions.clear();
      turn.effects.push({ do: 'disconnect' });
      turn.link = { state: 'closed' };
      break;
    default:
      event satisfies never;
  }
}

/** Makes the link what the sessions need, after whatever happened. */
function reconcile(turn: Turn): void {
  const sessions = [...turn.sessions.values()];
  const needed = sessions.some(({ phase }) => phase.phase !== 'barred');
  switch (turn.link.state) {
    case 'idle':
      if (sessions.some(({ phase }) => phase.phase === 'away')) connect(turn, 0);
      break;
    case 'waiting':
      if (!needed) turn.link = { state: 'idle' };
      break;
    case 'opening':
      turn.link = lingering(turn.link, needed, turn.now);
      break;
    case 'open': {
      let link = lingering(turn.link, needed, turn.now);
      for (const session of sessions) {
        if (session.phase.phase !== 'away') continue;
        const joined = joining(link, session.name);
        link = joined.link;
        update(turn, session, () => join(session, joined.key));
      }
      turn.link = link;
      break;
    }
    case 'closed':
      break;
    default:
      turn.link satisfies never;
  }
}

/** Documents opened in this turn, and not closed again, want a connection. A person waits: no need to sit out a delay. */
function settle(turn: Turn): void {
  const fresh = [...turn.sessions.values()].filter(({ phase }) => phase.phase === 'new');
  for (const session of fresh) letJoin(turn, session);
  if (fresh.length > 0 && turn.link.state === 'waiting') hurry(turn, turn.link);
}

function tick(turn: Turn): void {
  const { link, now } = turn;
  for (const session of turn.sessions.values()) {
    if (session.phase.phase === 'barred' && now >= session.phase.until) letJoin(turn, session);
  }
  switch (link.state) {
    case 'waiting':
      if (now >= link.until) connect(turn, link.failures);
      break;
    case 'opening':
      if (now >= link.lingers) letGo(turn);
      else if (now >= link.until) drop(turn);
      break;
    case 'open':
      if (now >= link.lingers) letGo(turn);
      else if (isDead(link, now)) drop(turn);
      break;
    case 'idle':
    case 'closed':
      break;
    default:
      link satisfies never;
  }
}

function connect(turn: Turn, failures: number): void {
  turn.link = opening(failures, turn.now);
  turn.effects.push({ do: 'connect' });
}

/** Attempts at once, or as soon as the server allows. */
function hurry(turn: Turn, link: Waiting): void {
  if (turn.now >= link.earliest) connect(turn, link.failures);
  else turn.link = { ...link, until: link.earliest };
}

/** Asks a connection that seems to be there whether it still is. */
function probe(turn: Turn): void {
  if (turn.link.state !== 'open' || turn.link.probe !== NEVER) return;
  turn.link = probed(turn.link, turn.now);
  turn.effects.push({ do: 'ping' });
}

function letGo(turn: Turn): void {
  turn.effects.push({ do: 'disconnect' });
  turn.link = { state: 'idle' };
}

function drop(turn: Turn): void {
  turn.effects.push({ do: 'disconnect' });
  wait(turn);
}

function lost(turn: Turn, code: number, reason: string): void {
  const refusal = finalRefusal(code, reason);
  if (!refusal) {
    wait(turn);
    return;
  }
  turn.link = { state: 'idle' };
  for (const session of turn.sessions.values()) {
    const { phase } = session;
    if (phase.phase === 'new') continue; // opened after whatever it was that the server refused
    if (phase.phase === 'barred' && phase.until === NEVER) continue; // knows its own reason
    update(turn, session, lose); // before it is barred: there is nobody left to say farewell to
    update(turn, turn.sessions.get(session.id), (away) => bar(away, turn, refusal));
  }
}

function wait(turn: Turn): void {
  if (turn.link.state !== 'opening' && turn.link.state !== 'open') return;
  turn.link = waiting(turn.link, turn);
  for (const session of turn.sessions.values()) update(turn, session, lose);
}

function letJoin(turn: Turn, session: Session): void {
  turn.sessions.set(session.id, { ...session, phase: { phase: 'away' } });
}

function update(turn: Turn, before: Session | undefined, change: (session: Session) => Step): void {
  if (!before) return; // closed meanwhile
  const { session, effects } = change(before);
  turn.sessions.set(session.id, session);
  turn.effects.push(...effects);
  if (session.phase.phase === 'live' && before.phase.phase !== 'live' && turn.link.state === 'open') {
    turn.link = { ...turn.link, failures: 0 };
  }
}

function findByKey(turn: Turn, key: string): Session | undefined {
  for (const session of turn.sessions.values()) if (keyOf(session) === key) return session;
  return undefined;
}
