// The application's token.
// Invariant: while one is being fetched nobody fetches another, so that documents which join together ask once.

export class TokenSource {
  readonly #fetch: (() => string | Promise<string>) | undefined;
  #pending: Promise<string> | undefined;

  /** Without `fetch` the token is empty. */
  constructor(fetch: (() => string | Promise<string>) | undefined) {
    this.#fetch = fetch;
  }

  /** Calls one of the two, once: at once where the application answers at once. */
  ask(then: (token: string) => void, failed: (error: unknown) => void): void {
    try {
      const answer = this.#pending ?? this.#fetch?.() ?? '';
      if (typeof answer === 'string') {
        then(answer);
        return;
      }
      this.#pending = answer;
      const settled = answer.finally(() => {
        this.#pending = undefined;
      });
      settled.then(then, failed);
    } catch (error) {
      failed(error);
    }
  }
}
