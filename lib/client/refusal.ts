import { ProtocolError, REFUSALS, type RefusalCode } from '../protocol/errors.ts';
import { documentName } from '../protocol/names.ts';

// Ways to be refused, as the client takes them.
// Invariant: only what the table of codes calls curable is tried again; a code that nobody knows is final.

/** `retry`: it is tried again by itself; the refusal stands until that has succeeded. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
  readonly retry: boolean;
}

export function refusalOf(code: string, reason: string): Refusal {
  // The application is asked for another token at each attempt.
  const retry = code === 'token-expired' || (Object.hasOwn(REFUSALS, code) && REFUSALS[code as RefusalCode].retry);
  return { code, reason, retry };
}

/** The refusal behind a close code after which trying again is pointless. Where several share a code, the server's words tell them apart. */
export function finalRefusal(closeCode: number, reason: string): Refusal | undefined {
  const final = Object.entries(REFUSALS).filter(([, rule]) => rule.closeCode === closeCode && !rule.retry);
  const found = final.find(([, { text }]) => text === reason) ?? final[0];
  return found && { code: found[0], reason: reason || found[1].text, retry: false };
}

/** Why no server would open a document of this name. To ask one would end the connection, with all its documents. */
export function nameRefusal(name: string): Refusal | undefined {
  try {
    documentName(name);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return refusalOf(error.code, REFUSALS[error.code].text);
  }
}
