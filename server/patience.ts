// One bound for several things that are waited for one after the other: what the first takes, those after it do not have.
// Invariant: whatever hangs, and however many of them, the waiting ends when the time is over.

export class Patience {
  /** In milliseconds of the monotonic clock. */
  readonly #until: number;

  constructor(milliseconds: number) {
    this.#until = performance.now() + milliseconds;
  }

  /** Whether `work` ends in what is left of the time. Rejects as it does, if that is in time. */
  async has(work: Promise<unknown>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), this.#until - performance.now());
    });
    try {
      return await Promise.race([work.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
