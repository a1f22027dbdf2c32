import { REFUSALS } from '../protocol/errors.ts';
import type { Role } from '../protocol/messages.ts';
import type { ClientState } from './connection.ts';
import { type Session, unsaved } from './session.ts';

// What a person is told about one document.
// Invariant: `saved` is said only of a connected document of which every local edit is on the server's disk.

export type SyncState =
  /** The first attempt to reach the server. */
  | { readonly state: 'connecting' }
  /** Connected; the document is being brought up to date. */
  | { readonly state: 'syncing' }
  | { readonly state: 'saved' }
  /** Connected; `changes` local edits are not yet known to be on the server's disk. */
  | { readonly state: 'saving'; readonly changes: number }
  /** Not connected, and tried again by itself; `changes` local edits are not saved. */
  | { readonly state: 'offline'; readonly changes: number }
  /** The server will not take this document, or what was written in it. `code` is a RefusalCode. */
  | { readonly state: 'refused'; readonly code: string; readonly reason: string };

/** All that a provider shows of its session. */
export interface View {
  readonly state: SyncState;
  readonly role: Role | undefined;
  /** The server's content has been applied. */
  readonly hasContent: boolean;
  /** Up to date with the server, now. */
  readonly live: boolean;
  readonly unsaved: number;
}

export function view(client: ClientState, session: Session): View {
  const { phase, role, hasContent } = session;
  const live = phase.phase === 'live';
  return { state: syncState(client, session), role, hasContent, live, unsaved: unsaved(session) };
}

function syncState({ link }: ClientState, session: Session): SyncState {
  const { refusal, phase } = session;
  if (refusal) return { state: 'refused', code: refusal.code, reason: refusal.reason };
  if (session.stranded) return { state: 'refused', code: 'gap', reason: REFUSALS.gap.text };
  const offline: SyncState = { state: 'offline', changes: unsaved(session) };
  if (phase.phase === 'barred') return offline;
  switch (link.state) {
    case 'idle':
      return { state: 'connecting' };
    case 'opening':
      return link.failures === 0 ? { state: 'connecting' } : offline;
    case 'open': {
      if (phase.phase !== 'live') return { state: 'syncing' };
      const changes = saving(session);
      return changes > 0 ? { state: 'saving', changes } : { state: 'saved' };
    }
    case 'waiting':
    case 'closed':
      return offline;
    default:
      return link satisfies never;
  }
}

/** What is not saved yet: also what is being given back to a server that had lost it. */
function saving(session: Session): number {
  const restoring = session.phase.phase === 'live' && session.phase.restoring !== undefined;
  return Math.max(unsaved(session), restoring ? 1 : 0);
}

export function sameState(a: SyncState, b: SyncState): boolean {
  if (a.state === 'refused' && b.state === 'refused') return a.code === b.code && a.reason === b.reason;
  return a.state === b.state && changesOf(a) === changesOf(b);
}

function changesOf(state: SyncState): number {
  return 'changes' in state ? state.changes : 0;
}
