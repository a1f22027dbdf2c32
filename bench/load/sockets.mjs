// Opens many raw sockets and brings them through the handshake of their dialect.
// Invariant: what `openSockets` resolves for has joined: the server has answered each, so later frames reach it.

import { setTimeout as sleep } from 'node:timers/promises';
import { DIALECTS } from '../harness/dialects.mjs';
import { frameOf, RawSocket } from './socket.mjs';

const AT_ONCE = 32;
const JOIN_MS = 60_000;

/**
 * Each seat is `{ room, path, listener }`; the listener may have `joined(socket)`, called at the end of the handshake,
 * `onFrame(payload)`, from then on, and `closed()`.
 * @returns {Promise<RawSocket[]>}
 */
export async function openSockets({ port, dialect, seats }) {
  const sockets = [];
  for (let i = 0; i < seats.length; i += AT_ONCE) {
    sockets.push(...(await Promise.all(seats.slice(i, i + AT_ONCE).map((seat) => openSocket(port, dialect, seat)))));
  }
  return sockets;
}

async function openSocket(port, dialectName, { room, path, listener }) {
  const dialect = DIALECTS[dialectName];
  const hello = dialect.hello(room);
  const joined = new Promise((resolve, reject) => {
    let state = 'joining';
    let answered = false;
    const done = () => {
      state = 'joined';
      listener.joined?.(socket);
      resolve(socket);
    };
    const socket = new RawSocket({
      port,
      path,
      onOpen: () => {
        for (const payload of hello) socket.send(frameOf(payload));
        if (hello.length === 0) done();
      },
      onFrame: (payload) => {
        if (state === 'joined') {
          listener.onFrame?.(payload);
          return;
        }
        // As the real providers do: its question is answered (we have nothing), and our answer is acknowledged.
        const { kind } = dialect.read(payload);
        if (kind === 'step1') socket.send(frameOf(dialect.answer(room)));
        if (kind === 'step2') answered = true;
        if (dialect.acknowledges ? kind === 'saved' : answered) done();
      },
      onClose: () => {
        if (state === 'joining')
          reject(new Error(`closed while joining ${room}: ${socket.refusal ?? 'no reason given'}`));
        state = 'closed';
        listener.closed?.();
      },
    });
  });
  const late = sleep(JOIN_MS, undefined, { ref: false }).then(() =>
    Promise.reject(new Error(`no answer from ${room} in ${JOIN_MS} ms`)),
  );
  return Promise.race([joined, late]);
}
