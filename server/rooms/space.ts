import type { Clock, Timer } from '../clock.ts';
import { LIMITS } from '../limits.ts';
import { type Log, LogError } from '../log/log.ts';

// Whether the log has room. Once it refused an append for want of it, no room of the server tries another until a probe that
// needs what was refused has succeeded: else every keystroke would ask a full disk.
// Invariant: while it is full a probe is always to come, or under way.

export interface SpaceOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly onFull: (error: unknown) => void;
  readonly onRoom: () => void;
  /** The log failed for another reason while it was asked. */
  readonly onLost: (error: unknown) => void;
}

type State =
  | { state: 'free' }
  /** `bytes`: of what was refused since. */
  | { state: 'full'; bytes: number; timer: Timer | undefined }
  | { state: 'closed' };

/** Owned by Rooms; `close()` may be called twice. */
export class Space {
  readonly #options: SpaceOptions;
  #now: State = { state: 'free' };

  constructor(options: SpaceOptions) {
    this.#options = options;
  }

  get full(): boolean {
    return this.#now.state === 'full';
  }

  /** The log refused an append with `full`. */
  ranOut(error: unknown): void {
    if (this.#now.state !== 'free') return;
    const full: State & { state: 'full' } = { state: 'full', bytes: 0, timer: undefined };
    this.#now = full;
    this.#probeSoon(full);
    this.#options.onFull(error);
  }

  /** So many bytes were not stored. */
  refused(bytes: number): void {
    if (this.#now.state === 'full') this.#now.bytes += bytes;
  }

  close(): void {
    if (this.#now.state === 'full') this.#now.timer?.cancel();
    this.#now = { state: 'closed' };
  }

  #probeSoon(full: State & { state: 'full' }): void {
    full.timer = this.#options.clock.after(LIMITS.probeMs, () => void this.#probe(full));
  }

  async #probe(full: State & { state: 'full' }): Promise<void> {
    const { log, onRoom, onLost } = this.#options;
    try {
      await log.probe(Math.min(Math.max(LIMITS.probeBytes, 2 * full.bytes), LIMITS.probeMostBytes));
    } catch (error) {
      if (this.#now !== full) return; // closed meanwhile
      if (error instanceof LogError && error.code === 'full') this.#probeSoon(full);
      else onLost(error);
      return;
    }
    if (this.#now !== full) return;
    this.#now = { state: 'free' };
    onRoom();
  }
}
