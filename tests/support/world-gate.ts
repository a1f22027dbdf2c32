// Work that is under way elsewhere (a disk, a document thread) and comes back when the test says so.
// Invariant: what is ordered is done in order and answered in order; a job that was abandoned is never answered.

/** `ordered`: after the ordered jobs that came before. `any`: before or after any of them. */
export type Order = 'ordered' | 'any';

interface Job {
  readonly name: string;
  readonly order: Order;
  readonly run: () => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** A job whose work is done, and whose answer is on its way. */
interface Answer {
  readonly name: string;
  readonly order: Order;
  readonly give: () => void;
}

/** Which of those that may be next: the first of a name, or by number from 0 below `count`. */
export type Choice = string | ((count: number) => number);

/** Shared by all that a process has running in one place. */
export class Gate {
  /** While true, jobs wait for `work` and `answer`; else they are done at once. */
  held = false;
  #jobs: Job[] = [];
  #answers: Answer[] = [];

  /** Jobs and answers that wait. */
  get waiting(): number {
    return this.#jobs.length + this.#answers.length;
  }

  /** Names of the jobs that wait to be done, in the order in which they came. */
  get jobs(): string[] {
    return this.#jobs.map(({ name }) => name);
  }

  run<T>(name: string, order: Order, run: () => Promise<T>): Promise<T> {
    if (!this.held && this.waiting === 0) return run();
    return new Promise((resolve, reject) => {
      this.#jobs.push({ name, order, run, resolve, reject });
    });
  }

  /** Does one job. Its answer is not given yet. */
  async work(choice: Choice = FIRST): Promise<void> {
    const job = take(this.#jobs, choice);
    if (!job) return;
    const { name, order, run, resolve, reject } = job;
    const answer = (give: () => void) => this.#answers.push({ name, order, give });
    await run().then(
      (value) => answer(() => resolve(value as never)),
      (error: unknown) => answer(() => reject(error)),
    );
  }

  /** Gives one answer. */
  answer(choice: Choice = FIRST): void {
    take(this.#answers, choice)?.give();
  }

  /** Does and answers everything that waits, and holds nothing any more. */
  async release(): Promise<void> {
    this.held = false;
    while (this.waiting > 0) {
      await this.work();
      this.answer();
    }
  }

  /** Does what waits, and answers nobody: the process that asked has ended in peace. */
  async finish(): Promise<void> {
    while (this.#jobs.length > 0) await this.work();
    this.#answers = [];
  }

  /** The process that waited is dead: what was not done never will be, what was done is never answered. */
  abandon(): void {
    this.#jobs = [];
    this.#answers = [];
  }
}

const FIRST = () => 0;

function take<T extends { name: string; order: Order }>(queue: T[], choice: Choice): T | undefined {
  const firstOrdered = queue.find((one) => one.order === 'ordered');
  const candidates = queue.filter((one) => one.order === 'any' || one === firstOrdered);
  const taken =
    typeof choice === 'string' ? candidates.find(({ name }) => name === choice) : candidates[choice(candidates.length)];
  if (taken) queue.splice(queue.indexOf(taken), 1);
  return taken;
}
