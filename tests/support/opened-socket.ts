import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { createHandshake } from '../../server/sockets/upgrade.ts';

// The server's side of a WebSocket whose other end is the test's.
// Invariant: nothing of it is a network: what is said is read at once, and what is answered is there at once.

export interface OpenedSocket {
  readonly webSocket: WebSocket;
  readonly socket: Duplex;
  /** As one read from the network. Its bytes are the socket's from then on. */
  say(bytes: Uint8Array): void;
  /** What was written since the handshake; as many of them as there were writes. */
  readonly written: readonly Buffer[];
  /** The code with which a mistake ends it. */
  ended(): number | undefined;
}

/** Resolves once it is read from. */
export async function openedSocket(): Promise<OpenedSocket> {
  const written: Buffer[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write(chunk, _encoding, done) {
      written.push(chunk);
      done();
    },
    writev(chunks, done) {
      written.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
      done();
    },
  });
  const headers = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const request = {
    method: 'GET',
    url: '/sync',
    headers: { ...headers, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
  } as unknown as IncomingMessage;
  const webSocket = await new Promise<WebSocket>((resolve) => {
    createHandshake().handleUpgrade(request, socket, Buffer.alloc(0), resolve);
  });
  let code: number | undefined;
  webSocket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 1009 : 1008;
  });
  await setImmediate();
  written.length = 0;
  return { webSocket, socket, say: (bytes) => void socket.push(bytes), written, ended: () => code };
}
