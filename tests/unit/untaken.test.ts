import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { inPieces, sendBytes } from '../../server/http/respond.ts';
import { createRoutes, type RoutesOptions } from '../../server/http/routes.ts';
import { LIMITS } from '../../server/limits.ts';
import { silentLogger } from '../../server/logger.ts';

// How long an answer waits for who does not take it, and in which pieces it is given. What sockets make of that: tests/contract/untaken.test.ts.

describe('every answer', () => {
  it('[NET-32] is ended after two minutes of a peer who takes nothing, if something waits for him', () => {
    const routes = createRoutes({ logger: silentLogger } as unknown as RoutesOptions);
    const asked: [number, () => void][] = [];
    const response = {
      req: { method: 'GET' },
      socket: {},
      setTimeout: (milliseconds: number, isStill: () => void) => void asked.push([milliseconds, isStill]),
      writeHead: () => undefined,
      end: () => undefined,
    };
    routes({ url: '/healthz', method: 'GET', headers: {} } as IncomingMessage, response as unknown as ServerResponse);
    expect(asked).toEqual([[LIMITS.untakenMs, expect.any(Function)]]);
    const ended: number[] = [];
    for (const writableLength of [0, 1]) {
      response.socket = { writableLength, destroy: () => void ended.push(writableLength) };
      asked[0]?.[1]();
    }
    expect(ended).toEqual([1]);
  });
});

describe('a large answer', () => {
  const most = LIMITS.answerPieceBytes;

  it.each([
    [most, [most]],
    [most + 1, [most, 1]],
    [3 * most, [most, most, most]],
  ])('[NET-32] of %i bytes is given in pieces, each when the one before was taken', (bytes, pieces) => {
    const given: number[] = [];
    let taken: (() => void) | undefined;
    const response = {
      req: { method: 'GET' },
      writeHead: () => undefined,
      write(piece: Uint8Array, onTaken: () => void) {
        given.push(piece.length);
        taken = onTaken;
      },
      end: (piece: Uint8Array) => void given.push(piece.length),
    };
    sendBytes(response as unknown as ServerResponse, new Uint8Array(bytes));
    for (let count = 1; count < pieces.length; count++) {
      expect(given).toEqual(pieces.slice(0, count));
      taken?.();
    }
    expect(given).toEqual(pieces);
  });

  it('[NET-32] whose parts are large is cut, and nothing of it is lost or copied', async () => {
    const parts = [new Uint8Array(most + 1), new Uint8Array(0), Uint8Array.of(7)];
    async function* source() {
      yield* parts;
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of inPieces(source())) pieces.push(piece);
    expect(pieces.map(({ length }) => length)).toEqual([most, 1, 1]);
    expect(pieces[0]?.buffer).toBe(parts[0]?.buffer);
    expect(pieces[2]).toEqual(parts[2]);
  });
});
