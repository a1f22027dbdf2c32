import { ProtocolError } from '../../lib/protocol/errors.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Authorize, Grant } from '../grants/auth.ts';
import { LIMITS } from '../limits.ts';
import type { Logger } from '../logger.ts';

// How long a session holds its grant: when its client is asked for a new token, what that gives, and when it is over.
// Invariant: of a lease that runs there is one timer, and of one that has ended there is none.

export interface LeaseOptions {
  readonly document: string;
  readonly authorize: Authorize;
  readonly clock: Clock;
  readonly logger: Logger;
  /** It ends in `LIMITS.renewMs`, or half of it is over. */
  readonly onSoon: () => void;
  readonly onEnd: () => void;
}

/** Owned by its session; `end()` may be called twice. */
export class Lease {
  readonly #options: LeaseOptions;
  #timer: Timer | undefined;
  /** Counts tokens that were shown: of two that are being verified, the later one counts. */
  #shown = 0;
  /** The token that was shown last could not be checked for want of keys: it ends for now then, not for good. */
  inDoubt = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Begins, or begins anew. `until`: milliseconds of the clock; undefined: for ever. */
  run(until: number | undefined): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.inDoubt = false;
    if (until === undefined) return;
    const { clock, onSoon, onEnd } = this.#options;
    const left = until - clock.now();
    const early = Math.min(LIMITS.renewMs, left / 2);
    this.#timer = clock.after(left - early, () => {
      this.#timer = clock.after(early, onEnd);
      onSoon();
    });
  }

  /**
   * The grant of a token that `user` shows meanwhile. Undefined: it is no good, or of another, or a later one was shown; then nothing changes. Rejects with
   * ProtocolError('forbidden') when what it granted was withdrawn.
   */
  async renewed(token: string, user: string | undefined): Promise<Grant | undefined> {
    const { document, authorize, logger } = this.#options;
    const shown = ++this.#shown;
    try {
      const grant = await authorize({ token, document });
      if (shown !== this.#shown) return undefined;
      if (grant.user !== user) throw new ProtocolError('unauthorized', 'the token names another user');
      return grant;
    } catch (error) {
      if (shown !== this.#shown) return undefined;
      if (!(error instanceof ProtocolError) || error.code === 'forbidden') throw error;
      this.inDoubt = error.code === 'keys-unavailable';
      logger.info({ document, code: error.code, detail: error.message }, 'renewal refused');
      return undefined;
    }
  }

  /** Nothing that was shown before counts any more. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#shown++;
  }
}
