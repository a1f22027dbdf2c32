import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Wire } from '../frames/outbox.ts';
import { Outflow } from '../frames/outflow.ts';
import { LIMITS } from '../limits.ts';
import type { Line } from '../line.ts';
import type { Turn } from '../turn.ts';

// One socket after its handshake: frames go out past `ws`, and what comes in is paced.
// Invariant: no more of one socket is read, and answered, in a turn of the event loop than leaves the others theirs.

export interface SocketWireOptions {
  readonly webSocket: WebSocket;
  /** What `webSocket` reads and writes. */
  readonly socket: Duplex;
  readonly turn: Turn;
  readonly line: Line;
  /** We end it, with that code. */
  readonly onClosing: (code: number) => void;
  /** The peer's side has taken everything. */
  readonly onDrained: () => void;
}

/** The wire of a socket. */
export interface SocketWire extends Wire {
  /**
   * To be told of every frame that was read. Of who says many at once the answers are gathered until the turn ends, and who says thousands, or comes when
   * the turn has taken long, lets the others have theirs in between.
   */
  took(): void;
  /** Reads nothing more before the others have had their turn. */
  rest(): void;
  /** Answers a ping when the turn ends, of several the newest (RFC 6455 section 5.5.3). */
  pong(payload: Uint8Array): void;
}

/**
 * Frames go straight to the socket: the room wrote them once for all its members. `ws` writes its own frames (pong, close) to the
 * same socket whole and at once, compression being off, so that they never fall into the middle of ours.
 */
export function socketWire(options: SocketWireOptions): SocketWire {
  const { webSocket, socket, turn, onClosing } = options;
  const outflow = new Outflow(options);
  let frames = 0;
  let isPaused = false;
  let rests = false;
  let gathers = false;
  let pinged: Uint8Array | undefined;
  const gather = () => {
    gathers = true;
    socket.cork();
    setImmediate(() => {
      gathers = false;
      socket.uncork();
    });
  };
  const rest = () => {
    if (rests) return;
    rests = true;
    webSocket.pause();
    turn.rest(() => {
      rests = false;
      if (!isPaused) webSocket.resume();
    });
  };
  return {
    write(frames) {
      if (webSocket.readyState === webSocket.OPEN) socket.write(frames);
    },
    writeAll(pieces) {
      if (webSocket.readyState === webSocket.OPEN) outflow.send(pieces);
    },
    queued: () => outflow.queued,
    pause() {
      isPaused = true;
      webSocket.pause();
    },
    resume() {
      isPaused = false;
      if (!rests) webSocket.resume();
    },
    took() {
      frames++;
      if (frames % LIMITS.framesPerWrite === 0 && !gathers) gather();
      const isLong = turn.took();
      if (isLong || frames % LIMITS.framesPerTurn === 0) rest();
    },
    rest,
    ping: () => webSocket.ping(),
    pong(payload) {
      if (!pinged) {
        setImmediate(() => {
          if (pinged && webSocket.readyState === webSocket.OPEN) webSocket.pong(pinged);
          pinged = undefined;
        });
      }
      pinged = payload;
    },
    close(code, reason) {
      onClosing(code);
      webSocket.close(code, reason);
    },
    destroy: () => webSocket.terminate(),
  };
}
