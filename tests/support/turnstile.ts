import { hocuspocusMessage, type Voice, yWebsocketMessage } from './peer.ts';
import type { Tap } from './tap.ts';

// Lets other people's edits through one by one, when the test asks for them: a slow network that does what it is told.
// Invariant: edits pass in the order in which they came, never before they were asked for; all else passes at once.

export class Turnstile implements Tap {
  readonly #read: typeof hocuspocusMessage;
  readonly #held: (() => void)[] = [];
  #passed = 0;
  #wanted = 0;
  #arrived: (() => void) | undefined;

  constructor(voice: Voice) {
    this.#read = voice === 'y-websocket' ? yWebsocketMessage : hocuspocusMessage;
  }

  inbound(frame: Uint8Array, pass: () => void): void {
    if (this.#read(frame)?.type !== 'update') {
      pass();
      return;
    }
    this.#held.push(pass);
    this.#turn();
  }

  /** Resolves when `edits` have passed in all. One who waits at a time. */
  async passed(edits: number): Promise<void> {
    this.#wanted = Math.max(this.#wanted, edits);
    this.#turn();
    if (this.#passed >= edits) return;
    await new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
  }

  #turn(): void {
    while (this.#passed < this.#wanted) {
      const pass = this.#held.shift();
      if (!pass) return;
      this.#passed++;
      pass();
    }
    this.#arrived?.();
    this.#arrived = undefined;
  }
}
