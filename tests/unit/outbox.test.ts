import type { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { frame, frameAround } from '../../server/outbox.ts';

/** The parser of ws, which it exports and its types do not know. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** What the receiver of ws, as a client has it, makes of bytes. */
function received(...pieces: Uint8Array[]): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const messages: Buffer[] = [];
    const receiver = new Receiver({ isServer: false, maxPayload: 0 });
    receiver.on('message', (data: Buffer) => messages.push(data));
    receiver.on('error', reject);
    receiver.on('finish', () => resolve(messages));
    for (const piece of pieces) receiver.write(piece);
    receiver.end();
  });
}

describe('frames', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000])(
    'of %i bytes are read by ws as they were written',
    async (length) => {
      const message = new Uint8Array(length).fill(7);
      const messages = await received(frame(message), frame(Uint8Array.of(1)));
      expect(messages.map((data) => data.length)).toEqual([length, 1]);
      expect(Buffer.compare(messages[0] as Buffer, message)).toBe(0);
    },
  );

  it('go around a body in pieces without copying it', async () => {
    const body = [new Uint8Array(100_000).fill(1), new Uint8Array(3).fill(2)];
    const pieces = frameAround(Uint8Array.of(9), body, 100_003);
    expect(pieces[1]).toBe(body[0]);
    const [message] = await received(...pieces);
    expect(message?.length).toBe(100_004);
    expect([message?.[0], message?.at(-1)]).toEqual([9, 2]);
  });
});
