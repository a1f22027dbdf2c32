import { encodeClientFrame } from '../../lib/protocol/hocuspocus.ts';
import { INKROOM_VERSION } from '../../lib/protocol/messages.ts';
import type { Voice } from '../support/peer.ts';
import { Random } from '../support/random.ts';
import { clientFrame } from '../support/raw-socket.ts';
import { parseFrame, text, writeFrame } from './frame-grammar.ts';
import { mutate, type Vocabulary } from './frame-mutations.ts';
import { oddRequest } from './frame-requests.ts';

// What a few attackers do to one document, step by step: real sessions, said wrongly.
// Invariant: an attack is data. It follows from its seed, can be written to a file, and does not depend on what the server answers.

/** What a real client said in one session. */
export interface Session {
  readonly client: string;
  readonly voice: Voice;
  readonly frames: readonly Uint8Array[];
}

export interface Attack {
  readonly seed: number;
  readonly document: string;
  readonly connections: readonly AttackConnection[];
  readonly steps: readonly Step[];
}

/** Opened when it is first used, and again when the server has ended it. */
export interface AttackConnection {
  readonly voice: Voice;
  readonly path: string;
  /** Said at each opening, in hex. */
  readonly greeting: readonly string[];
}

/** Bytes are in hex. */
export type Step =
  /** `bytes`: `original` after `mutations`, in so many fragments. */
  | {
      readonly do: 'frame';
      readonly connection: number;
      readonly original: string;
      readonly mutations: readonly number[];
      readonly bytes: string;
      readonly fragments: number;
    }
  /** On the socket as they are, where a frame should begin. */
  | { readonly do: 'bytes'; readonly connection: number; readonly bytes: string }
  | { readonly do: 'reset'; readonly connection: number }
  /** On a TCP connection of its own. */
  | { readonly do: 'request'; readonly bytes: string };

/** The two people who write in the attacked document all the while. */
export const BYSTANDERS: readonly [number, number] = [1_001, 1_002];

const STEPS = 40;

export function attackOf(seed: number, sessions: readonly Session[]): Attack {
  const random = new Random(seed);
  const document = `attacked ${seed}`;
  const attackers = Array.from({ length: random.between(2, 4) }, () => {
    const session = random.pick(sessions);
    const frames = session.frames.map((frame) => renamed(session.voice, frame, document));
    return { voice: session.voice, frames, said: 0 };
  });
  const steps: Step[] = [];
  while (steps.length < STEPS) {
    const connection = random.between(0, attackers.length - 1);
    const attacker = attackers[connection] as (typeof attackers)[number];
    const dice = random.next();
    if (dice < 0.05) steps.push({ do: 'bytes', connection, bytes: hex(oddWebSocketFrame(random)) });
    else if (dice < 0.07) steps.push({ do: 'reset', connection });
    else if (dice < 0.12) steps.push({ do: 'request', bytes: hex(oddRequest(random)) });
    else {
      // In its order mostly, so that what builds on what came before is understood.
      const inTurn = random.next() < 0.7 ? attacker.said++ : random.between(0, attacker.frames.length - 1);
      const original = attacker.frames[inTurn % attacker.frames.length] as Uint8Array;
      const mutations = Array.from({ length: random.pick([0, 0, 1, 1, 1, 2, 3]) }, () => random.between(0, 2 ** 31));
      const bytes = mutate(attacker.voice, original, mutations, vocabularyOf(attacker.voice, document, sessions));
      const fragments = random.next() < 0.1 ? random.between(2, 20) : 1;
      const step: Step = { do: 'frame', connection, original: hex(original), mutations, bytes: hex(bytes), fragments };
      const times = random.next() < 0.03 ? random.between(10, 60) : 1;
      for (let i = 0; i < times; i++) steps.push(step);
    }
  }
  const connections = attackers.map(({ voice }) => ({
    voice,
    path: voice === 'y-websocket' ? `/sync/${encodeURIComponent(document)}` : '/sync',
    greeting: voice === 'y-websocket' ? [] : [hex(greeting(voice, document))],
  }));
  return { seed, document, connections, steps };
}

/** The attack with another choice of mutations in one of its steps. */
export function withMutations(
  attack: Attack,
  at: number,
  mutations: readonly number[],
  sessions: readonly Session[],
): Attack {
  const step = attack.steps[at];
  if (step?.do !== 'frame') return attack;
  const voice = attack.connections[step.connection]?.voice ?? 'y-websocket';
  const bytes = mutate(voice, unhex(step.original), mutations, vocabularyOf(voice, attack.document, sessions));
  const changed: Step = { ...step, mutations, bytes: hex(bytes) };
  return { ...attack, steps: attack.steps.map((other, i) => (i === at ? changed : other)) };
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function vocabularyOf(voice: Voice, document: string, sessions: readonly Session[]): Vocabulary {
  const alike = sessions.filter((session) => (session.voice === 'y-websocket') === (voice === 'y-websocket'));
  return {
    clients: [...CLIENTS],
    keys: [document, `${document}\0again`, `${document}\0`, `beside ${document}`, `${document}\0${'x'.repeat(300)}`],
    frames: alike.flatMap(({ frames }) => frames.map((frame) => renamed(voice, frame, document))),
  };
}

/** Ids of nobody, of the sessions that are played (frame-sessions.ts), and of numbers at the edge of what an id may be. */
const CLIENTS = [1, 2, 3, 501, 502, 601, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];

function greeting(voice: Voice, document: string): Uint8Array {
  const version = voice === 'inkroom' ? INKROOM_VERSION : '4.8.0';
  return encodeClientFrame(document, { type: 'auth', token: '', version });
}

/** The frame under the key of another document. */
function renamed(voice: Voice, frame: Uint8Array, document: string): Uint8Array {
  if (voice === 'y-websocket') return frame;
  const tree = parseFrame(voice, frame);
  if (tree?.fields[0]?.type !== 'text') return frame;
  tree.fields[0] = text('key', document);
  return writeFrame(tree);
}

const CONTROL = [8, 9, 10, 11, 15];

/** What RFC 6455 forbids, or what is seldom seen. */
function oddWebSocketFrame(random: Random): Uint8Array {
  const payload = random.bytes(random.pick([0, 1, 2, 5, 125, 126, 300]));
  switch (random.between(0, 7)) {
    case 0:
      return clientFrame({ opcode: random.between(0, 15), payload, reserved: random.between(0, 7) });
    case 1:
      return clientFrame({ opcode: random.pick([0, 1, 2]), payload, fin: false });
    case 2:
      return clientFrame({ opcode: random.pick(CONTROL), payload, fin: random.next() < 0.5 });
    case 3:
      return clientFrame({ opcode: 2, payload, masked: false });
    case 4:
      return clientFrame({
        opcode: 2,
        payload,
        claims: random.pick([126, 65_536, 2 ** 23, 2 ** 31, 2 ** 40, 2 ** 53]),
      });
    case 5: {
      const code = random.pick([0, 999, 1_000, 1_004, 1_005, 1_006, 1_015, 2_999, 3_000, 4_999, 5_000, 65_535]);
      return clientFrame({ opcode: 8, payload: Uint8Array.of(code >>> 8, code & 0xff, ...payload.subarray(0, 123)) });
    }
    case 6:
      return clientFrame({ opcode: 2, payload }).subarray(0, random.between(1, 6));
    default:
      return random.bytes(random.between(1, 40));
  }
}
