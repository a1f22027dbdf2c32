import { ProtocolError } from './errors.ts';
import { PROTOCOL_LIMITS } from './limits.ts';

// Controls, lone surrogates, and the line and paragraph separators: nothing that breaks a log line or a routing key.
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * The rule for document names: 1-200 UTF-16 units, no control characters, well-formed Unicode, no `.` or `..` as a path segment.
 * A name is a key in maps and in the database, never a path; segments of dots are refused because proxies and browsers rewrite them.
 * Throws ProtocolError('bad-name'). Returns the name.
 */
export function documentName(name: string): string {
  if (name.length === 0) throw new ProtocolError('bad-name', 'a document name must not be empty');
  if (name.length > PROTOCOL_LIMITS.nameLength)
    throw new ProtocolError('bad-name', `a document name has at most ${PROTOCOL_LIMITS.nameLength} characters`);
  if (FORBIDDEN.test(name)) {
    throw new ProtocolError('bad-name', 'a document name must not contain control characters');
  }
  if (name.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new ProtocolError('bad-name', 'a document name must not have . or .. as a segment');
  }
  return name;
}
