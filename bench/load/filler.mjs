// People who open one document each, send what they wrote, and leave when the server has taken it.

import { DIALECTS } from '../harness/dialects.mjs';
import { frameOf } from './socket.mjs';
import { openSockets } from './sockets.mjs';

const AT_ONCE = 32;
const PING = frameOf(Buffer.alloc(0), 9);

/** `updates` (base64) into each of `seats`, `[room, path]`. */
export async function fill({ port, seats, dialect: name, updates }) {
  const dialect = DIALECTS[name];
  const bytes = updates.map((update) => Buffer.from(update, 'base64'));
  for (let i = 0; i < seats.length; i += AT_ONCE) {
    await Promise.all(seats.slice(i, i + AT_ONCE).map((seat) => fillOne({ port, seat, name, dialect, bytes })));
  }
}

async function fillOne({ port, seat: [room, path], name, dialect, bytes }) {
  let left = bytes.length;
  let taken;
  let failed;
  const done = new Promise((resolve, reject) => {
    taken = resolve;
    failed = reject;
  });
  const listener = {
    onFrame(payload) {
      if (dialect.read(payload).kind === 'saved' && --left === 0) taken();
    },
    closed: () => failed(new Error(`closed while ${room} was written`)),
  };
  done.catch(() => undefined); // a socket that closes while joining is reported by openSockets
  const [socket] = await openSockets({ port, dialect: name, seats: [{ room, path, listener }] });
  for (const update of bytes) socket.send(frameOf(dialect.update(room, update)));
  if (!dialect.acknowledges) {
    // Frames are handled in order: who answers the ping has taken what was sent before it.
    socket.onPong = taken;
    socket.send(PING);
  }
  await done;
  socket.close();
}
