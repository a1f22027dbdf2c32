import { systemClock } from '../../server/clock.ts';
import { readAhead } from '../../server/frames/inbox.ts';
import { Line } from '../../server/line.ts';
import { type SocketWire, socketWire } from '../../server/sockets/socket-wire.ts';
import type { Turn } from '../../server/turn.ts';
import { type OpenedSocket, openedSocket } from './opened-socket.ts';

// An opened socket with its wire, put together as the server does it: messages are heard before `ws` and through it.

export interface WiredSocket extends OpenedSocket {
  readonly wire: SocketWire;
}

/** `take`: what the server does with a message, before the wire is told of it. */
export async function wiredSocket(turn: Turn, take: (wire: SocketWire) => void): Promise<WiredSocket> {
  const opened = await openedSocket();
  const { webSocket, socket } = opened;
  const ignore = () => undefined;
  const line = new Line(systemClock);
  const wire = socketWire({ webSocket, socket, turn, line, onClosing: ignore, onDrained: ignore });
  const hear = () => {
    take(wire);
    wire.took();
  };
  webSocket.on('message', hear);
  readAhead({ webSocket, socket, take: hear, later: (goOn) => turn.rest(goOn), rest: () => wire.rest() });
  return { ...opened, wire };
}
