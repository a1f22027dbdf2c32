/** Something on its way, held up until the test lets it go. */
export class Held {
  readonly reached: Promise<void>;
  readonly #released: Promise<void>;
  #reach = (): void => undefined;
  release = (): void => undefined;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.#released = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  /** Called where it is held up; resolves when it may go on. */
  pass(): Promise<void> {
    this.#reach();
    return this.#released;
  }
}
