import { setTimeout as delay } from 'node:timers/promises';
import { KINDS, type Participant, participate } from './clients.ts';
import { Ledger } from './ledger.ts';
import { Peer, type Voice } from './peer.ts';
import { Random } from './random.ts';
import { ServerProcess } from './server-process.ts';
import { Typist } from './typist.ts';
import { until } from './until.ts';

// A server that is killed again and again while people write, and what is found on its disk each time.
// Invariant: every check is made by a client that has never seen the document, after every socket of the dead server has been read to its end.

export interface StormOptions {
  readonly seed: number;
  readonly kills: number;
  /** Another build of the server: a mutant. */
  readonly entry?: string;
}

/** What the server is doing when it is killed. */
type Scene = 'typing' | 'merging' | 'starting';
const SCENES: readonly Scene[] = ['typing', 'typing', 'typing', 'merging', 'starting'];

const VOICES: readonly Voice[] = ['y-websocket', 'hocuspocus', 'inkroom'];
/** Scenes after which the next takes a new document: the same one lives through several kills, and stays small. */
const SCENES_PER_DOCUMENT = 5;
const PEOPLE = 'people';
/** Characters of an edit that make a log long after a few: it is merged beyond 512 KiB. */
const LONG_EDIT = 20_000;

/** Owned by the test; `close()` ends the server and everyone in it. */
export class Storm {
  readonly #random: Random;
  readonly #kills: number;
  readonly #server: ServerProcess;
  readonly #ledger: Ledger;
  readonly #people: readonly Participant[];
  readonly #marks = new Map<Participant, number>();
  /** Entries of the ledger until the server is killed. */
  #fuse = Number.POSITIVE_INFINITY;
  readonly #played = new Map<Scene, number>();
  killed = 0;

  private constructor({ seed, kills }: StormOptions, server: ServerProcess) {
    this.#random = new Random(seed);
    this.#kills = kills;
    this.#server = server;
    this.#ledger = new Ledger(() => {
      if (--this.#fuse === 0) server.signal('SIGKILL'); // in the very turn in which the server has committed itself
    });
    this.#people = KINDS.map((kind) => participate(kind, server, PEOPLE, { tap: this.#ledger.tap(kind, PEOPLE) }));
  }

  static async begin(options: StormOptions): Promise<Storm> {
    const entry = options.entry === undefined ? {} : { entry: options.entry };
    return new Storm(options, await ServerProcess.launch({ logLevel: 'debug', ...entry }));
  }

  /** Merges that the server finished, and merges in which it died. */
  get merges(): { finished: number; cut: number } {
    const count = (...messages: string[]) => this.#server.log.filter(({ msg }) => messages.includes(msg)).length;
    return { finished: count('merged'), cut: count('merging') - count('merged', 'merge failed') };
  }

  get figures(): string {
    const { acknowledged, shown } = this.#ledger;
    const { finished, cut } = this.merges;
    return (
      `${this.killed} kills, ${acknowledged} updates acknowledged, ${shown} shown to somebody, ` +
      `${finished} merges finished, ${cut} cut off`
    );
  }

  /** Kills as often as it was told to, or until something is lost. Resolves with what was lost. */
  async rage(): Promise<string | undefined> {
    for (let round = 0; this.killed < this.#kills; round++) {
      const scene = SCENES[round % SCENES.length] as Scene;
      const document = this.#documentOf(scene);
      if (scene === 'starting') await this.#killWhileStarting();
      else await this.#killWhile(scene, document);
      await this.#server.start();
      for (const name of new Set([document, this.#random.pick([...this.#ledger.documents]), PEOPLE])) {
        const lost = await this.#lost(name);
        if (lost !== undefined) return `${lost}, after kill ${this.killed}, while ${scene}`;
      }
    }
    return undefined;
  }

  /** The people end with the same text, which has everything that each of them ever wrote. Resolves with what is missing. */
  async calm(): Promise<string | undefined> {
    const texts = () => new Set(this.#people.map(({ doc }) => doc.getText('text').toString()));
    await until('everyone to be synced', () => this.#people.every((person) => person.synced()));
    await until('everyone to read the same', () => texts().size === 1);
    const found = await Peer.join({ sync: this.#server.sync, document: PEOPLE, voice: 'y-websocket' });
    const marks = new Map<unknown, number>();
    for (const mark of found.doc.getArray('marks')) marks.set(mark, (marks.get(mark) ?? 0) + 1);
    for (const [person, last] of this.#marks) {
      for (let mark = 1; mark <= last; mark++) {
        const times = marks.get(`${person.kind} ${mark}`) ?? 0;
        if (times !== 1) return `mark ${mark} of ${person.kind} is there ${times} times`;
      }
    }
    return texts().has(found.doc.getText('text').toString()) ? undefined : 'the server has another text';
  }

  async close(): Promise<void> {
    for (const person of this.#people) person.leave();
    await this.#server.close();
  }

  #documentOf(scene: Scene): string {
    const played = this.#played.get(scene) ?? 0;
    this.#played.set(scene, played + 1);
    return `${scene} ${Math.floor(played / SCENES_PER_DOCUMENT)}`;
  }

  async #killWhile(scene: 'typing' | 'merging', document: string): Promise<void> {
    const typists = await Promise.all(VOICES.map((voice) => this.#typist(voice, document)));
    const size = scene === 'merging' ? LONG_EDIT : 1;
    // Half of them die in the turn in which something was acknowledged or shown, half at any moment.
    const latest = scene === 'merging' ? 1_000 : 400; // a merge takes its time
    if (this.#random.next() < 0.5) this.#fuse = this.#random.between(1, latest);
    else void delay(this.#random.between(1, latest)).then(() => this.#server.signal('SIGKILL'));
    while (this.#server.running) {
      for (const typist of typists) typist.type(this.#random.between(0, 3), size);
      for (const person of this.#people) this.#write(person);
      await delay(1);
    }
    this.#fuse = Number.POSITIVE_INFINITY;
    this.killed++;
    // What the dead server had sent may still lie in the sockets: it was shown, too.
    await Promise.all(typists.map(({ peer }) => peer.untilEnded()));
    await until('the people to notice', () => this.#people.every((person) => !person.synced()));
  }

  async #killWhileStarting(): Promise<void> {
    await this.#server.kill();
    const child = this.#server.spawn();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await delay(this.#random.between(0, 500));
    child.kill('SIGKILL');
    await ended;
    this.killed++;
  }

  #typist(voice: Voice, document: string): Promise<Typist> {
    const tap = this.#ledger.tap(voice, document);
    return Typist.join({ sync: this.#server.sync, document, voice, tap, forgetful: true }, this.#random);
  }

  /** Seldom: their document lives through all kills. */
  #write(person: Participant): void {
    if (this.#random.next() > 0.1) return;
    const mark = (this.#marks.get(person) ?? 0) + 1;
    this.#marks.set(person, mark);
    const text = person.doc.getText('text');
    person.doc.transact(() => {
      person.doc.getArray('marks').push([`${person.kind} ${mark}`]);
      if (text.length > 0 && this.#random.next() < 0.3) text.delete(this.#random.between(0, text.length - 1), 1);
      else text.insert(this.#random.between(0, text.length), person.kind);
    });
  }

  async #lost(document: string): Promise<string | undefined> {
    const owed = this.#ledger.owed(document);
    const peer = await Peer.join({ sync: this.#server.sync, document, voice: this.#random.pick(VOICES) });
    const missing = this.#ledger.missing(document, owed, peer.doc);
    await peer.close();
    return missing;
  }
}
