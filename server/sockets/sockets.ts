import type { Server, Socket } from 'node:net';

// All that is connected to the port, whatever it will say: requests, connections, those whose token is being checked, and those who are silent in the
// middle of the handshake of TLS.
// Invariant: there are never more than `most`, nor more than `mostPerAddress` of an address: who comes then is closed at once, without an answer.

export interface SocketsOptions {
  readonly most: number;
  readonly mostPerAddress: number;
  /** Whose it is, as far as that is known before anything was said; undefined for whom nothing is counted. */
  readonly addressOf: (socket: Socket) => string | undefined;
  /** One was closed at once. */
  readonly onDropped: (address: string | undefined) => void;
}

/** Listens to `server`; owned by whoever owns that. */
export class Sockets {
  readonly #options: SocketsOptions;
  readonly #open = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();

  constructor(server: Server, options: SocketsOptions) {
    this.#options = options;
    server.maxConnections = options.most;
    server.on('drop', () => options.onDropped(undefined));
    server.on('connection', (socket) => this.#take(socket));
  }

  /** Ends all of them, whatever they are in the middle of. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #take(socket: Socket): void {
    const address = this.#options.addressOf(socket);
    const count = address === undefined ? 0 : (this.#perAddress.get(address) ?? 0);
    if (count >= this.#options.mostPerAddress) {
      socket.destroy();
      this.#options.onDropped(address);
      return;
    }
    if (address !== undefined) this.#perAddress.set(address, count + 1);
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      if (address !== undefined) this.#release(address);
    });
  }

  #release(address: string): void {
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }
}
