import { EMPTY_STATE_VECTOR } from '../protocol/bytes.ts';
import { type ClientMessage, INKROOM_VERSION, type Role } from '../protocol/messages.ts';
import { backoff } from './backoff.ts';
import {
  acknowledge,
  type Changes,
  isDifference,
  isLevel,
  NO_CHANGES,
  NOTHING_SENT,
  refuse,
  type Sent,
  sendDifference,
  sendEdit,
  stayLevel,
} from './changes.ts';
import type { Incoming, Moment, SessionEffect } from './effects.ts';
import { nameRefusal, type Refusal, refusalOf } from './refusal.ts';

// One open document: what it has said to the server, what it has been told. Pure: no sockets, no timers, no Y.Doc.
// Invariant: edits leave only after the server's content has come in, and only while nothing final was said against them.

export interface Session {
  readonly id: number;
  readonly name: string;
  readonly phase: Phase;
  readonly changes: Changes;
  /** Edits kept by earlier tabs are in the document, or there are none. */
  readonly loaded: boolean;
  /** The server's content has been applied at least once. */
  readonly hasContent: boolean;
  readonly role: Role | undefined;
  readonly refusal: Refusal | undefined;
  /** Some of what earlier tabs kept cannot be saved: what it builds on is nowhere, or it was damaged. The rest is. */
  readonly stranded: boolean;
  /** Attempts to join that failed since the last that did not. */
  readonly failures: number;
}

export type Phase =
  /** Opened in this turn of the event loop; may be closed again in it. */
  | { readonly phase: 'new' }
  /** Joins as soon as there is a connection. */
  | { readonly phase: 'away' }
  /** Joins again at `until` (milliseconds of the clock; Infinity: never). */
  | { readonly phase: 'barred'; readonly until: number }
  | {
      readonly phase: 'joining';
      readonly key: string;
      /** The token has been sent. */
      readonly greeted: boolean;
      readonly stateVector: Uint8Array;
      readonly serverLacks: boolean;
      /** The server's content is in the document. */
      readonly content: boolean;
    }
  | Live;

interface Live {
  readonly phase: 'live';
  readonly key: string;
  readonly sent: Sent;
  /** Number of a difference sent because the server had lost what it once had; undefined when there is none, or it is saved. */
  readonly restoring: number | undefined;
  /** Differences refused for a gap since the last acknowledgement. */
  readonly gaps: number;
}

export interface Step {
  readonly session: Session;
  readonly effects: readonly SessionEffect[];
}

/** Differences that the server may find gaps in before it is told to a person: what two in a row lacked, a third would lack too. */
const MAX_GAPS = 2;

export function openSession(id: number, name: string): Session {
  const refusal = nameRefusal(name);
  const phase: Phase = refusal ? { phase: 'barred', until: Number.POSITIVE_INFINITY } : { phase: 'new' };
  return {
    id,
    name,
    phase,
    changes: NO_CHANGES,
    loaded: false,
    hasContent: false,
    role: undefined,
    refusal,
    stranded: false,
    failures: 0,
  };
}

export function keyOf(session: Session): string | undefined {
  return 'key' in session.phase ? session.phase.key : undefined;
}

/** Local edits that no acknowledgement has covered. */
export function unsaved({ changes }: Session): number {
  return changes.made - changes.saved;
}

/** A connection is there, and the session gets `key` on it. */
export function join(session: Session, key: string): Step {
  const fresh = { greeted: false, stateVector: EMPTY_STATE_VECTOR, serverLacks: false, content: false };
  return act({ ...session, phase: { phase: 'joining', key, ...fresh } }, { do: 'askToken', session: session.id, key });
}

/** The token that was asked for: greets the server with it, or renews the grant of a session that has been greeted. */
export function useToken(session: Session, token: string): Step {
  const { id, phase } = session;
  if (!('key' in phase)) return act(session);
  const { key } = phase;
  const auth = { do: 'send', session: id, key, message: { type: 'auth', token, version: INKROOM_VERSION } } as const;
  if (phase.phase === 'live' || phase.greeted) return act(session, auth);
  return act(
    { ...session, phase: { ...phase, greeted: true } },
    auth,
    { do: 'sendVector', session: id, key },
    { do: 'announce', session: id, key },
  );
}

/** The connection is gone. */
export function lose(session: Session): Step {
  if (keyOf(session) === undefined) return act(session);
  return act({ ...session, phase: { phase: 'away' } }, { do: 'forgetOthers', session: session.id });
}

/** Ends the session, not the connection. It joins again after a while, or never when `refusal` is final. */
export function bar(session: Session, moment: Moment, refusal?: Refusal): Step {
  const forGood = refusal?.retry === false;
  const until = forGood ? Number.POSITIVE_INFINITY : moment.now + backoff(session.failures, moment.random);
  return act(
    {
      ...session,
      phase: { phase: 'barred', until },
      refusal: refusal ?? session.refusal,
      failures: session.failures + 1,
    },
    ...farewell(session),
  );
}

/** What is said when the document is closed. */
export function close(session: Session): readonly SessionEffect[] {
  return keyOf(session) === undefined ? [] : [{ do: 'withdraw', session: session.id }, ...farewell(session)];
}

function farewell({ id, phase }: Session): SessionEffect[] {
  if (!('key' in phase)) return [];
  const leave: SessionEffect = { do: 'send', session: id, key: phase.key, message: { type: 'leave' } };
  return [leave, { do: 'forgetOthers', session: id }];
}

/** What this device kept is in the document now, what earlier tabs left as edits up to `made`. */
export function loaded(session: Session, made: number, serverLacks: boolean): Step {
  const phase = session.phase.phase === 'joining' ? { ...session.phase, serverLacks } : session.phase;
  return enter({ ...session, phase, loaded: true, changes: { ...session.changes, made } });
}

/** Local edit number `made` was made: `update`. */
export function edit(session: Session, made: number, update: Uint8Array): Step {
  const { id, phase } = session;
  const edited: Session = { ...session, changes: { ...session.changes, made } };
  // Otherwise it goes with the next difference.
  if (phase.phase !== 'live' || !mayOffer(session) || !isLevel(phase.sent)) return act(edited);
  const { sent, number } = sendEdit(phase.sent);
  const message: ClientMessage = { type: 'numberedUpdate', number, update };
  return act({ ...edited, phase: { ...phase, sent } }, { do: 'send', session: id, key: phase.key, message });
}

export function receive(session: Session, message: Incoming, moment: Moment): Step {
  const { id, phase } = session;
  if (!('key' in phase)) return act(session);
  switch (message.type) {
    case 'askToken':
      return act(session, { do: 'askToken', session: id, key: phase.key });
    case 'granted': // knows two words only; the role message that follows is the finer one
      return withRole(session, message.role === 'view' && session.role === 'comment' ? 'comment' : message.role);
    case 'role':
      return withRole(session, message.role);
    case 'denied':
      return bar(session, moment, { code: 'unauthorized', reason: message.reason, retry: false });
    case 'refused':
      return refused(session, message, moment);
    case 'ended':
      return bar(session, moment);
    case 'step1': {
      const { stateVector, serverLacks } = message;
      if (phase.phase === 'live') return answer(session, phase, stateVector, serverLacks);
      return act({ ...session, phase: { ...phase, stateVector, serverLacks } });
    }
    case 'update':
      return act(session, { do: 'apply', session: id, update: message.update });
    case 'step2': {
      const whole: Session = { ...session, hasContent: true };
      const apply: SessionEffect = { do: 'apply', session: id, update: message.update };
      if (phase.phase === 'live') return act(whole, apply);
      const entered = enter({ ...whole, phase: { ...phase, content: true } });
      return act(entered.session, apply, ...entered.effects);
    }
    case 'saved':
      return phase.phase === 'live' ? saved(session, phase, message.number) : act(session);
    case 'awareness':
      return act(session, { do: 'applyPresence', session: id, update: message.update });
    case 'stateless':
    case 'syncStatus':
    case 'retryAfter': // heeded by the connection
      return act(session);
    default:
      return message satisfies never;
  }
}

/** Goes live when the server's content and what earlier tabs kept are both in the document: now a difference says it all. */
function enter(session: Session): Step {
  const { phase } = session;
  if (phase.phase !== 'joining' || !phase.content || !session.loaded) return act(session);
  const live: Live = { phase: 'live', key: phase.key, sent: NOTHING_SENT, restoring: undefined, gaps: 0 };
  const isCured = session.refusal === undefined || (session.refusal.retry && unsaved(session) === 0);
  const entered = isCured ? { ...session, refusal: undefined, failures: 0 } : session;
  return answer({ ...entered, phase: live }, live, phase.stateVector, phase.serverLacks);
}

/** Answers the server's step1: one difference, unless the server can be seen to have everything. */
function answer(session: Session, live: Live, stateVector: Uint8Array, serverLacks: boolean): Step {
  if (!mayOffer(session)) return act(session);
  // A server restored from a backup lacks what it once had. Whoever may write gives it back; deletions alone do not show.
  const restores = serverLacks && session.role === 'edit';
  if (unsaved(session) === 0 && !restores) {
    return act({ ...withLive(session, live, { sent: stayLevel(live.sent, session.changes.made) }), ...cured(session) });
  }
  const { sent, number } = sendDifference(live.sent, session.changes.made);
  const restoring = restores ? number : live.restoring;
  return act(withLive(session, live, { sent, restoring }), {
    do: 'sendDifference',
    session: session.id,
    key: live.key,
    number,
    stateVector,
    afterGap: live.gaps > 0,
  });
}

function saved(session: Session, live: Live, number: number): Step {
  const { sent, covered } = acknowledge(live.sent, number);
  const restoring = live.restoring !== undefined && number >= live.restoring ? undefined : live.restoring;
  if (covered <= session.changes.saved) {
    const restored = live.restoring !== undefined && restoring === undefined && unsaved(session) === 0;
    return act({ ...withLive(session, live, { sent, restoring }), ...(restored ? cured(session) : {}) });
  }
  const progressed = withLive(session, live, { sent, restoring, gaps: 0 });
  return act(
    { ...progressed, ...cured(session), changes: { ...session.changes, saved: covered } },
    { do: 'forgetKept', session: session.id, upTo: covered },
  );
}

/** What was refused for a while has been taken. */
function cured({ refusal }: Session): Partial<Session> {
  return refusal?.retry ? { refusal: undefined, failures: 0 } : {};
}

function refused(session: Session, message: Incoming & { type: 'refused' }, moment: Moment): Step {
  const { number, code, reason } = message;
  const { phase } = session;
  const refusal = refusalOf(code, reason);
  if (number === 0) return bar(session, moment, refusal);
  if (phase.phase !== 'live') return act(session); // nothing was sent in this session
  const sent = refuse(phase.sent, number);
  if (code === 'gap') {
    // The server's step1 follows and is answered by a difference.
    const gaps = phase.gaps + (isDifference(phase.sent, number) ? 1 : 0);
    const restoring = phase.restoring === number ? undefined : phase.restoring;
    const gapped = withLive(session, phase, { sent, gaps, restoring });
    return act(gaps < MAX_GAPS ? gapped : { ...gapped, refusal: { ...refusal, retry: false } });
  }
  if (code === 'storage-full') {
    // The session goes on. When there is room the server's step1 comes, and is answered by a difference.
    const restoring = phase.restoring === number ? undefined : phase.restoring;
    return act({ ...withLive(session, phase, { sent, restoring }), refusal });
  }
  if (refusal.retry) return bar(session, moment, refusal);
  // Nothing more is offered, but the document can still be read: the session goes on.
  return act({ ...withLive(session, phase, { sent }), refusal });
}

function withRole(session: Session, role: Role): Step {
  const { phase } = session;
  if (role !== 'edit' || session.refusal?.code !== 'read-only') return act({ ...session, role });
  const regained: Session = { ...session, role, refusal: undefined };
  if (phase.phase !== 'live') return act(regained);
  // What was refused is offered again, in a session of its own.
  return act({ ...regained, phase: { phase: 'away' } }, ...farewell(session));
}

function mayOffer({ refusal }: Session): boolean {
  return refusal === undefined || refusal.retry;
}

function withLive(session: Session, live: Live, change: Partial<Live>): Session {
  return { ...session, phase: { ...live, ...change } };
}

function act(session: Session, ...effects: SessionEffect[]): Step {
  return { session, effects };
}
