// People who are there and do nothing, alone or together; and, when asked, one page of text from each.

import { readFileSync } from 'node:fs';
import { DIALECTS } from '../harness/dialects.mjs';
import { frameOf } from './socket.mjs';
import { openSockets } from './sockets.mjs';

const held = [];

/** Opens one connection for each `[room, path]`. */
export async function hold({ port, seats, dialect }) {
  let closed = 0;
  const listener = () => ({ closed: () => closed++ });
  const sockets = await openSockets({
    port,
    dialect,
    seats: seats.map(([room, path]) => ({ room, path, listener: listener() })),
  });
  held.push(...sockets.map((socket, i) => ({ socket, room: seats[i][0] })));
  return { open: sockets.length - closed };
}

/** Each sends the update in `file` to its room. */
export async function say({ file, dialect }) {
  const update = readFileSync(file);
  for (const { socket, room } of held) socket.send(frameOf(DIALECTS[dialect].update(room, update)));
}
