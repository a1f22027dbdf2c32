import { type ClientOptions, WebSocket } from 'ws';

// A WebSocket for unmodified clients whose frames a test may count, read, hold back or lose, in both directions.
// Invariant: without a tap it is the socket of `ws`; with one, frames still arrive in the order in which they are passed on.

/** Called for each binary frame with what to do to let it through: now, later or never. */
export interface Tap {
  inbound?(frame: Uint8Array, pass: () => void): void;
  outbound?(frame: Uint8Array, pass: () => void): void;
  /** A certificate to trust besides the usual ones. */
  readonly authority?: Buffer;
  /** A new socket of this client. */
  opened?(socket: WebSocket): void;
}

/** A class to hand to a client in the place of WebSocket. */
export function tapped(tap: Tap): typeof WebSocket {
  return class TappedSocket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[], options?: ClientOptions) {
      super(address, protocols, tap.authority ? { ...options, ca: tap.authority } : options);
      // A client that leaves before it has connected takes its listeners along, and `ws` tells it by an error all the same. In a browser that
      // is an event which nobody needs to hear; here it would end the process.
      this.on('error', () => undefined);
      tap.opened?.(this);
    }

    override send(data: Parameters<WebSocket['send']>[0], ...rest: unknown[]): void {
      const pass = () => {
        if (this.readyState === WebSocket.OPEN) super.send(data, ...(rest as []));
      };
      if (tap.outbound) tap.outbound(bytesOf(data), pass);
      else pass();
    }

    override emit(event: string | symbol, ...args: unknown[]): boolean {
      const pass = () => super.emit(event as 'message', ...(args as [Buffer, boolean]));
      if (event !== 'message' || !tap.inbound) return pass();
      tap.inbound(bytesOf(args[0] as Buffer | ArrayBuffer), pass);
      return true;
    }
  } as typeof WebSocket;
}

function bytesOf(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError('Only binary frames are expected here.');
}
