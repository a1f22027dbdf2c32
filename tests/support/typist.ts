import * as Y from 'yjs';
import { Peer, type PeerOptions } from './peer.ts';
import type { Random } from './random.ts';

// Somebody who types without listening: edits of a document of one's own, as fast as the test says.
// Invariant: an edit builds on nobody's but one's own, so that any part of what was typed is whole.

/** Edits that may wait for their acknowledgement, where there are any: a bound on what a fast test piles up. */
const WINDOW = 100;
/** Edits of ten that take something away. */
const DELETIONS = 2;

export class Typist {
  readonly peer: Peer;
  readonly #random: Random;
  readonly #doc = new Y.Doc();
  #sent = 0;

  private constructor(peer: Peer, random: Random) {
    this.peer = peer;
    this.#random = random;
    this.#doc.on('update', (update: Uint8Array) => {
      this.#sent++;
      peer.sendUpdate(update);
    });
  }

  static async join(options: PeerOptions, random: Random): Promise<Typist> {
    return new Typist(await Peer.join(options), random);
  }

  /** All that was typed has been acknowledged. Never for a client that is not told. */
  get settled(): boolean {
    return this.#sent === this.peer.acknowledged;
  }

  /** Types `edits` edits, or as many as the window lets through. `size`: characters of each. */
  type(edits: number, size = 1): void {
    const text = this.#doc.getText('text');
    const isAcknowledged = this.peer.voice !== 'y-websocket';
    for (let i = 0; i < edits; i++) {
      if (isAcknowledged && this.#sent - this.peer.acknowledged >= WINDOW) return;
      if (text.length > 0 && this.#random.between(1, 10) <= DELETIONS) {
        text.delete(this.#random.between(0, text.length - 1), 1);
      } else {
        text.insert(this.#random.between(0, text.length), letters(this.#random, size));
      }
    }
  }
}

function letters(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += random.next().toString(36).slice(2);
  return text.slice(0, length);
}
