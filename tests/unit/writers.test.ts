import { describe, expect, it } from 'vitest';
import { type Writer, Writers } from '../../server/rooms/writers.ts';

const gap = expect.objectContaining({ code: 'gap' });

describe('[ROOM-13] writers', () => {
  const ada: Writer = { user: 'ada' };
  const again: Writer = { user: 'ada' };
  const eve: Writer = { user: 'eve' };

  it('keep others off an id while they are here', () => {
    const writers = new Writers();
    expect(writers.isWriter(eve, 1)).toBe(false);
    writers.claim(ada, 1);
    expect([writers.isWriter(ada, 1), writers.isWriter(again, 1)]).toEqual([true, false]);
    expect(() => writers.isWriter(eve, 1)).toThrow(gap);
    writers.release(ada);
    expect(writers.isWriter(eve, 1)).toBe(false);
  });

  it('have one id each', () => {
    const writers = new Writers();
    for (const client of [1, 2]) writers.claim(ada, client);
    expect(writers.isWriter(eve, 1)).toBe(false);
    expect(() => writers.isWriter(eve, 2)).toThrow(gap);
  });

  it('take over from one another', () => {
    const writers = new Writers();
    writers.claim(ada, 1);
    writers.claim(again, 1);
    writers.release(ada); // the dead connection ends
    expect(() => writers.isWriter(eve, 1)).toThrow(gap);
  });
});
