import { describe, expect, it } from 'vitest';
import { World } from '../support/client-world.ts';
import { Random, seedOfRun } from '../support/random.ts';

// The model: sets of edits instead of numbers. An edit is saved when an update that held it was acknowledged in its own session,
// and was not refused.

interface Update {
  readonly edits: readonly number[];
  readonly difference: boolean;
  refused: boolean;
}

class Model {
  readonly saved = new Set<number>();
  session: Update[] = [];

  sent(edits: readonly number[], difference: boolean): void {
    this.session.push({ edits, difference, refused: false });
  }

  acknowledged(number: number): void {
    for (const update of this.session.slice(0, number)) {
      if (!update.refused) for (const edit of update.edits) this.saved.add(edit);
    }
  }
}

/** The server's side of one session, as far as the story has come. */
interface Progress {
  /** Updates that the server has looked at; how many of them it has told of. */
  looked: number;
  told: number;
  /** It refused one for a gap, and has not asked for the difference yet. */
  owes: boolean;
}

class Story {
  readonly world = new World();
  readonly model = new Model();
  readonly random: Random;
  readonly steps: string[] = [];
  readonly a = this.world.open('a');
  #progress: Progress = { looked: 0, told: 0, owes: false };

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  get phase(): string | undefined {
    return this.world.client.sessions.get(this.a)?.phase.phase;
  }

  get edits(): number[] {
    return Array.from({ length: this.world.made(this.a) }, (_, i) => i + 1);
  }

  step(): void {
    const { link } = this.world.client;
    const act = this.random.between(2, 13);
    if (act < 5) this.#do('type', () => this.world.type(this.a));
    else if (act === 5 && link.state === 'waiting') this.#do('wait', () => this.world.pass(this.world.wait));
    else if (act === 5 && link.state === 'opening') this.#do('up', () => this.world.up());
    else if (act === 5 && this.phase === 'barred') this.#do('pass', () => this.world.pass(30_000 / 2));
    else if (act === 5 && this.phase === 'joining') this.#join();
    else if (act === 6 && link.state === 'open' && this.#rarely()) this.#do('cut', () => this.world.cut());
    else if (this.phase === 'live') this.#serve(act);
    for (const { message } of this.world.sent()) {
      if (message.type === 'difference') this.model.sent(this.edits, true);
      if (message.type === 'numberedUpdate') this.model.sent([this.world.made(this.a)], false);
    }
  }

  #serve(act: number): void {
    const { world, a, model, random } = this;
    const at = this.#progress;
    if (act <= 9 && at.looked < model.session.length) {
      const update = model.session[at.looked] as Update;
      at.looked++;
      if (!this.#rarely() || update.difference) return;
      update.refused = true;
      at.owes = true;
      this.#do(`gap ${at.looked}`, () => this.#refuse(at.looked, 'gap'));
    } else if (act <= 11 && at.told < at.looked) {
      at.told = random.between(at.told + 1, at.looked);
      model.acknowledged(at.told);
      this.#do(`saved ${at.told}`, () => world.say(a, { type: 'saved', number: at.told }));
    } else if (act <= 12 && (at.owes || this.#rarely())) {
      at.owes = false;
      this.#do('step1', () => world.say(a, { type: 'step1', stateVector: new Uint8Array([0]) }));
    } else if (act === 13 && this.#rarely()) {
      this.#do('refuse', () => this.#refuse(random.between(0, at.looked), 'storage-failed'));
    }
  }

  #refuse(number: number, code: string): void {
    this.world.say(this.a, { type: 'refused', number, code, reason: '' });
  }

  #join(): void {
    this.model.session = [];
    this.#progress = { looked: 0, told: 0, owes: false };
    this.#do('join', () => this.world.sync(this.a));
  }

  #rarely(): boolean {
    return this.random.between(0, 4) === 0;
  }

  #do(name: string, act: () => void): void {
    this.steps.push(name);
    act();
  }
}

/** What is wrong, or undefined. */
function verdict({ world, model, a, edits, phase }: Story): string | undefined {
  const session = world.client.sessions.get(a);
  const { state } = world.state(a);
  const isSaved = edits.every((edit) => model.saved.has(edit));
  const expected = phase === 'live' && isSaved && session?.refusal === undefined;
  if ((state === 'saved') !== expected) return `says ${state}`;
  const early = edits.find((edit) => edit <= (session?.changes.saved ?? 0) && !model.saved.has(edit));
  return early === undefined ? undefined : `edit ${early} counts as saved`;
}

describe('the bookkeeping against a model', () => {
  const timeout = 60_000; // for machines that have much else to do
  it('[SAVE-1] says saved exactly when every edit was acknowledged on some connection: 1,000 stories', {
    timeout,
  }, () => {
    const first = seedOfRun();
    let goodNews = 0;
    for (let seed = first; seed < first + 1_000; seed++) {
      const story = new Story(seed);
      for (let steps = 0; steps < 100; steps++) {
        story.step();
        const wrong = verdict(story);
        if (wrong) throw new Error(`seed ${seed}: ${wrong} after ${story.steps.join(', ')}`);
        if (story.edits.length > 0 && story.world.state(story.a).state === 'saved') goodNews++;
      }
    }
    expect(goodNews).toBeGreaterThan(1_000); // the stories do have good moments
  });
});
