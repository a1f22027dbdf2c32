import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { type Kind, type Participant, participate } from '../support/clients.ts';
import { Peer } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { loadTrace, type Turn } from '../support/trace.ts';
import { Turnstile } from '../support/turnstile.ts';
import { until } from '../support/until.ts';

// A recorded session of two people, typed again by two real clients, over real sockets, through the server and its disk.

const MINUTE = 60_000;
const TEXT = 'text';

const trace = loadTrace('friendsforever');
let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.launch();
});
afterAll(() => server.close());

/** One of the two: types a turn as soon as what was on that person's screen is on this one's. */
class Writer {
  readonly #participant: Participant;
  readonly #turnstile: Turnstile;

  private constructor(participant: Participant, turnstile: Turnstile) {
    this.#participant = participant;
    this.#turnstile = turnstile;
  }

  /** At one place both type at the same time. Yjs puts the smaller client id first, as the recording has it: `agent` decides. */
  static async join(kind: Kind, document: string, agent: number): Promise<Writer> {
    const turnstile = new Turnstile(kind);
    const doc = new Y.Doc();
    doc.clientID = 1 + agent;
    const participant = participate(kind, server, document, { doc, tap: turnstile });
    await until(`${kind} to be synced`, () => participant.synced());
    return new Writer(participant, turnstile);
  }

  get text(): Y.Text {
    return this.#participant.doc.getText(TEXT);
  }

  async type(turns: readonly Turn[]): Promise<void> {
    for (const { needs, patches } of turns) {
      await this.#turnstile.passed(needs);
      this.#participant.doc.transact(() => {
        for (const [position, deleted, inserted] of patches) {
          this.text.delete(position, deleted);
          this.text.insert(position, inserted);
        }
      });
    }
  }

  /** Resolves when this many edits of the other have arrived. */
  async read(edits: number): Promise<void> {
    await this.#turnstile.passed(edits);
  }

  leave(): void {
    this.#participant.leave();
  }
}

describe('a recorded session of two people, typed again', () => {
  it.concurrent.each<[Kind, Kind]>([
    ['y-websocket', 'inkroom'],
    ['hocuspocus', 'y-websocket'],
  ])(
    '[ROOM-2] ends in the recorded text: %s and %s',
    async (...kinds) => {
      const document = `trace of ${kinds.join(' and ')}`;
      const writers = await Promise.all(kinds.map((kind, agent) => Writer.join(kind, document, agent)));
      const [first, second] = writers as [Writer, Writer];
      await Promise.all([first.type(trace.turns[0]), second.type(trace.turns[1])]);
      await Promise.all([first.read(trace.turns[1].length), second.read(trace.turns[0].length)]);
      expect(first.text.toString()).toBe(trace.endContent);
      expect(second.text.toString()).toBe(trace.endContent);

      const fresh = await Peer.join({ sync: server.sync, document, voice: 'y-websocket' });
      expect(fresh.doc.getText(TEXT).toString()).toBe(trace.endContent);
      expect((await server.stored(document)).getText(TEXT).toString()).toBe(trace.endContent);
      await fresh.close();
      for (const writer of writers) writer.leave();
    },
    MINUTE,
  );
});
