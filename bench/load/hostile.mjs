// A peer that means harm: it sends what no client would, over connections that it opens again whenever they are closed.
// Invariant: it costs the machine little: what it sends is made before, and it never sends faster than it is told to.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as encoding from 'lib0/encoding';
import { DIALECTS } from '../harness/dialects.mjs';
import { clientId, typingRun } from '../harness/inputs.mjs';
import { random } from '../harness/stats.mjs';
import { frameOf, RawSocket } from './socket.mjs';

const CONNECTIONS = 4;
const EVERY_MS = 100; // between two attempts of one connection
const LINGER_MS = 50; // left open after an attempt, for what comes back
const HUGE_EVERY = 20; // one attempt in so many is megabytes: else the network is what is measured
const MiB = 1 << 20;

function bytesOf(write) {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function varUints(...numbers) {
  return bytesOf((encoder) => {
    for (const each of numbers) encoding.writeVarUint(encoder, each);
  });
}

/** One struct: a value nested `levels` arrays deep. */
function nested(levels) {
  return bytesOf((encoder) => {
    for (const each of [1, 1, 99, 0]) encoding.writeVarUint(encoder, each);
    encoding.writeUint8(encoder, 8); // any values
    encoding.writeVarUint(encoder, 1); // its parent is a root type
    encoding.writeVarString(encoder, 'content');
    encoding.writeVarUint(encoder, 1);
    for (let i = 0; i < levels; i++) encoding.writeUint8Array(encoder, new Uint8Array([117, 1])); // an array of one
    encoding.writeUint8(encoder, 126); // null
    encoding.writeVarUint(encoder, 0);
  });
}

function presence(people, state) {
  return bytesOf((encoder) => {
    encoding.writeVarUint(encoder, people);
    for (let i = 0; i < people; i++) {
      encoding.writeVarUint(encoder, 5_000_000 + i);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, state);
    }
  });
}

/** Frames of attempts: those that are well-formed for WebSocket, those that are not, and the big ones. */
function attempts(dialect, room, seed) {
  const next = random(seed);
  const typed = typingRun({ client: clientId(900), length: 200, seed }).updates;
  const update = (bytes) => [frameOf(dialect.update(room, bytes))];
  const state = (bytes) => [frameOf(dialect.awareness(room, bytes))];
  const noise = Uint8Array.from({ length: 200 }, () => next() * 256);
  const legal = [
    [frameOf(noise)],
    update(noise),
    update(typed[3].subarray(0, typed[3].length >> 1)), // broken off
    update(varUints(1, (1 << 25) - 1, 99, 0, 0)), // claims 33 million structs
    typed.slice(100).flatMap(update), // builds on what nobody has
    update(nested(5_000)),
    update(bytesOf((encoder) => encoding.writeUint8Array(encoder, varUints(0, 1, 99, 50_000, ...ranges(50_000))))),
    state(presence(20_000, '{}')),
    state(presence(2, `${'['.repeat(100_000)}`)),
    Array.from({ length: 100 }, () => dialect.hello(room))
      .flat()
      .map((payload) => frameOf(payload)),
  ];
  const illegal = [
    [frameOf(noise, 3)], // no such opcode
    [withFirstByte(frameOf(noise), 0xc2)], // compressed, which nobody agreed on
    [frameOf(noise.subarray(0, 126), 9)], // a ping that is too long
    [Buffer.from([0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])], // announces 2^62 bytes
    [Buffer.from([0x82, 0x03, 1, 2, 3])], // not masked
  ];
  const huge = [update(new Uint8Array(7 * MiB)), [frameOf(new Uint8Array(9 * MiB))]];
  return { small: [...legal, ...illegal], huge };
}

function ranges(count) {
  return Array.from({ length: 2 * count }, (_, i) => (i % 2 ? 1 : i));
}

function withFirstByte(frame, byte) {
  frame[0] = byte;
  return frame;
}

/** Goes on for `ms`. Returns how many attempts were made, and how many connections the server refused to open. */
export async function harass({ port, path, address, room, dialect: name, seed, ms }) {
  const dialect = DIALECTS[name];
  const { small, huge } = attempts(dialect, room, seed);
  const until = performance.now() + ms;
  let made = 0;
  let refused = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < until) {
        const turn = made++;
        const frames =
          turn % HUGE_EVERY === HUGE_EVERY - 1 ? huge[(turn / HUGE_EVERY) & 1] : small[turn % small.length];
        if (!(await attempt({ port, path, address, hello: dialect.hello(room), frames }))) refused++;
        await sleep(EVERY_MS);
      }
    }),
  );
  return { made, refused };
}

/** Resolves, with whether it could be made, when it is over. */
async function attempt({ port, path, address, hello, frames }) {
  let opened = false;
  let socket;
  const closed = new Promise((resolve) => {
    socket = new RawSocket({
      port,
      path,
      address,
      heads: true,
      onOpen: () => {
        opened = true;
        for (const payload of hello) socket.send(frameOf(payload));
        for (const frame of frames) socket.send(frame);
      },
      onFrame: () => undefined,
      onClose: resolve,
    });
  });
  await Promise.race([closed, sleep(LINGER_MS)]);
  socket.close();
  return opened;
}
