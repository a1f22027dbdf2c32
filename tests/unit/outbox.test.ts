import type { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { decodeServerFrame } from '../../lib/protocol/hocuspocus.ts';
import { STEP2 } from '../../lib/protocol/sync.ts';
import { hocuspocusDialect, yWebsocketDialect } from '../../server/frames/dialect.ts';
import { frame } from '../../server/frames/outbox.ts';
import { syncFrame, Voices } from '../../server/frames/voices.ts';

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

/** What a client of the Hocuspocus dialect makes of a message, its update in hexadecimal. */
function said(...parts: Uint8Array[]) {
  const { key, message } = decodeServerFrame(new Uint8Array(Buffer.concat(parts)));
  return {
    key,
    message: { ...(message as { type: string }), update: hexOf((message as { update: Uint8Array }).update) },
  };
}
const hexOf = (...parts: Uint8Array[]) => Buffer.concat(parts).toString('hex');

/** What stands before the sync message in the other dialect. */
const hocuspocusLead = hocuspocusDialect('notes').syncLead;

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

  it('go around an update in pieces without copying it', async () => {
    const body = [new Uint8Array(100_000).fill(1), new Uint8Array(3).fill(2)];
    const pieces = syncFrame(yWebsocketDialect, STEP2, body);
    expect(pieces.slice(1).map((piece, i) => piece === body[i])).toEqual([true, true]);
    const [message] = await received(...pieces);
    expect(said(hocuspocusLead, (message as Buffer).subarray(1)).message).toEqual({
      type: 'step2',
      update: hexOf(...body),
    });
  });

  it.each([0, 1, 120, 125, 127, 128, 16_383, 16_384, 70_000])(
    'of a batch are one buffer, each around its update of %i bytes',
    async (length) => {
      const updates = [new Uint8Array(length).fill(3), Uint8Array.of(4), new Uint8Array(length).fill(5)];
      const { all, each } = new Voices(updates).of(hocuspocusDialect('notes'));
      const messages = await received(all);
      expect(messages.map((message) => said(message))).toEqual(
        updates.map((update) => ({ key: 'notes', message: { type: 'update', update: hexOf(update) } })),
      );
      expect(hexOf(...each)).toBe(hexOf(all));
      expect(await received(each[1] as Uint8Array)).toEqual([messages[1]]);
    },
  );
});
