import type { ServerResponse } from 'node:http';
import { LIMITS } from '../limits.ts';

// Answers that nobody reads: each keeps a socket, and what it has yet to say, for as long as its peer likes.
// Invariant: only who takes nothing at all of what waits for him is cut off. Who is slow, or waits for us himself, is not.

/**
 * Ends `response` with its socket when the peer has taken nothing for `milliseconds` although something waits for him. Node asks when the socket was
 * still for so long. Without TLS it sees each byte that the system takes, with TLS each piece that was written: so pieces are small (docs/decisions/0045).
 */
export function endUntaken(response: ServerResponse, milliseconds: number = LIMITS.untakenMs): void {
  response.setTimeout(milliseconds, () => {
    const { socket } = response;
    if (socket && socket.writableLength > 0) socket.destroy();
  });
}
