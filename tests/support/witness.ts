import { type Participant, participate } from './clients.ts';
import type { ServerProcess } from './server-process.ts';
import { until } from './until.ts';

// Two people who go on writing in one document while something happens beside them.
// Invariant: `pulse` resolves only when each has read the other.

/** Milliseconds in which somebody must have read a word: a person notices 100, and a busy machine may need more. */
const PATIENCE_MS = 5_000;

export class Witnesses {
  readonly #pair: readonly [Participant, Participant];
  #words = 0;

  constructor(server: ServerProcess, document: string) {
    this.#pair = [participate('y-websocket', server, document), participate('hocuspocus', server, document)];
  }

  async pulse(): Promise<void> {
    const texts = this.#pair.map(({ doc }) => doc.getText('witness'));
    this.#words++;
    for (const [index, text] of texts.entries()) text.insert(text.length, `word ${this.#words} of ${index};`);
    await until(
      'both witnesses to read each other',
      () =>
        texts.every((text) => [0, 1].every((index) => text.toString().includes(`word ${this.#words} of ${index};`))),
      PATIENCE_MS,
    );
  }

  leave(): void {
    for (const witness of this.#pair) witness.leave();
  }
}
