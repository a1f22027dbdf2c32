import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EMPTY_STATE_VECTOR, EMPTY_UPDATE } from '../../lib/protocol/bytes.ts';
import { Coverage } from '../../lib/protocol/coverage.ts';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import * as hocuspocus from '../../lib/protocol/hocuspocus.ts';
import { checkUpdate } from '../../lib/protocol/update.ts';
import * as yWebsocket from '../../lib/protocol/y-websocket.ts';
import type { GoldenSession } from '../support/golden.ts';

// Every truncation and every flipped bit of everything that the clients of all generations say, on the way that a frame takes through the main
// thread until it is accepted: a typed refusal or sense, soon, and nothing changed.

/** Milliseconds for one frame. An honest one takes some microseconds. */
const FRAME_MS = 10;

const folder = join(import.meta.dirname, '../fixtures/frames');
const sessions = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as GoldenSession);

/** What the server makes of a frame before it changes anything: undefined when it makes sense. */
function verdict(client: string, frame: Uint8Array, coverage: Coverage): ProtocolError | undefined {
  try {
    const message = client.startsWith('y-websocket')
      ? yWebsocket.decodeClientFrame(frame)
      : hocuspocus.decodeClientFrame(frame).message;
    if (typeof message === 'object' && 'update' in message && message.type !== 'awareness') {
      checkUpdate(message.update, coverage);
    }
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error; // a fault of ours, whatever the bytes
  }
}

/** The milliseconds of the fastest of three: what the frame costs, and not what else happened on the machine. */
function cost(frame: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 3 && least > FRAME_MS; time++) {
    const start = performance.now();
    frame();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

it.each(sessions.map((session) => [session.client, session] as const))(
  '[NET-2] [UPD-1] [UPD-13] every truncation and every flipped bit of what %s says is refused or makes sense, within 10 ms',
  (client, { acts }) => {
    const coverage = Coverage.from(EMPTY_STATE_VECTOR, EMPTY_UPDATE);
    let refused = 0;
    const look = (hostile: Uint8Array) => {
      const took = cost(() => verdict(client, hostile, coverage));
      if (took > FRAME_MS) throw new Error(`${took} ms for ${Buffer.from(hostile).toString('hex')}`);
      if (verdict(client, hostile, coverage)) refused++;
    };
    for (const frame of acts.flatMap((act) => act.frames.map((hex) => new Uint8Array(Buffer.from(hex, 'hex'))))) {
      for (let length = 0; length < frame.length; length++) look(frame.slice(0, length));
      for (let bit = 0; bit < frame.length * 8; bit++) {
        const flipped = frame.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        look(flipped);
      }
    }
    expect(refused).toBeGreaterThan(1_000);
    expect([...coverage.stateVector()]).toEqual([...EMPTY_STATE_VECTOR]);
  },
);
