import { Bucket } from './budgets.ts';
import type { Clock, Timer } from './clock.ts';
import { LIMITS } from './limits.ts';
import type { Logger } from './logger.ts';

// A logger that clients cannot fill the disk with: of many lines of one kind some are written, and the others are counted.
// Invariant: what is not written is counted, and the count is written soon. A kind is a level and a message; those are constants of the source, and few.

type Level = 'info' | 'warn' | 'error';

interface Kind {
  readonly level: Level;
  readonly message: string;
  readonly budget: Bucket;
  /** Lines that were left out since `since`, in the clock's milliseconds. */
  left: number;
  since: number;
  timer: Timer | undefined;
}

/** Owned by the server: `close()` writes the counts that are left, and may be called twice. `debug` is passed on as it is. */
export class SparingLogger implements Logger {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #kinds = new Map<string, Kind>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  debug(fields: object, message: string): void {
    this.#logger.debug(fields, message);
  }

  info(fields: object, message: string): void {
    this.#say('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#say('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#say('error', fields, message);
  }

  close(): void {
    for (const kind of this.#kinds.values()) this.#count(kind);
  }

  #say(level: Level, fields: object, message: string): void {
    const now = this.#clock.now();
    const kind = this.#kindOf(level, message, now);
    if (kind.budget.take(now)) {
      this.#logger[level](fields, message);
      return;
    }
    kind.left++;
    if (kind.timer) return;
    kind.since = now;
    kind.timer = this.#clock.after(LIMITS.logCountMs, () => this.#count(kind));
  }

  #kindOf(level: Level, message: string, now: number): Kind {
    const key = `${level} ${message}`;
    let kind = this.#kinds.get(key);
    if (!kind) {
      const budget = new Bucket({ perSecond: LIMITS.logLinesPerSecond, most: LIMITS.logLinesAtOnce }, now);
      kind = { level, message, budget, left: 0, since: now, timer: undefined };
      this.#kinds.set(key, kind);
    }
    return kind;
  }

  #count(kind: Kind): void {
    kind.timer?.cancel();
    kind.timer = undefined;
    if (kind.left === 0) return;
    const { level, message, left: count } = kind;
    kind.left = 0;
    const seconds = Math.round((this.#clock.now() - kind.since) / 1_000);
    this.#logger[level]({ kind: message, count, seconds }, 'and more of a kind, left out');
  }
}
