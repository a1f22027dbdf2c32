// A real Yjs client, which decides whether a run counts: its document must end equal to what was typed.

import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { DIALECTS } from './dialects.mjs';
import { sameDocument } from './inputs.mjs';

const LOOK_MS = 100;
const GIVE_UP_MS = 15_000;

export class Witness {
  doc = new Y.Doc();
  #dialect;
  #room;
  #socket;

  constructor(server, room) {
    this.#dialect = DIALECTS[server.dialect];
    this.#room = room;
    this.#socket = new WebSocket(`ws://127.0.0.1:${server.port}${server.path(room)}`, {
      origin: `http://127.0.0.1:${server.port}`,
      perMessageDeflate: false,
    });
    this.#socket.on('message', (payload) => this.#onFrame(payload));
    this.#socket.on('error', () => undefined); // it shows in the document that did not come
  }

  /** Resolves when the socket is open and the first words are said. */
  async open() {
    await new Promise((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('close', () => reject(new Error(`a witness could not join ${this.#room}`)));
    });
    for (const payload of this.#dialect.hello(this.#room)) this.#socket.send(payload);
    return this;
  }

  #onFrame(payload) {
    const { kind, from, to } = this.#dialect.read(payload);
    if (kind === 'step1') this.#socket.send(this.#dialect.answer(this.#room));
    if (kind === 'step2' || kind === 'update') Y.applyUpdate(this.doc, payload.subarray(from, to));
  }

  send(update) {
    this.#socket.send(this.#dialect.update(this.#room, update));
  }

  /** Whether its document becomes equal to `expected` in time. */
  async agrees(expected, giveUpMs = GIVE_UP_MS) {
    const deadline = performance.now() + giveUpMs;
    for (;;) {
      if (sameDocument(this.doc, expected)) return true;
      if (performance.now() > deadline) return false;
      await sleep(LOOK_MS);
    }
  }

  close() {
    this.#socket.terminate();
    this.doc.destroy();
  }
}

/** Asks a fresh client of each room, as somebody who opens the document later. `expected`: Map from room to document. */
export async function freshWitnessesAgree(server, expected) {
  for (const [room, doc] of expected) {
    const witness = await new Witness(server, room).open();
    const agrees = await witness.agrees(doc);
    witness.close();
    if (!agrees) return false;
  }
  return true;
}
