import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { DeviceStore } from '../../lib/client/device.ts';
import { KeptState } from '../../lib/client/kept-state.ts';
import { FakeClock } from '../support/fake-clock.ts';

// When an open document's copy on this device is written.

/** A document of which a writing takes `takes` milliseconds of the page's time. */
function kept(takes: number, found?: Uint8Array) {
  const clock = new FakeClock();
  const doc = new Y.Doc();
  const written: number[] = [];
  let spent = 0;
  const touched: number[] = [];
  const device = {
    load: async () => found,
    touch: () => touched.push(clock.now()),
    remove: () => undefined,
    put: () => {
      written.push(clock.now());
      spent += takes;
    },
  } as unknown as DeviceStore;
  const state = new KeptState({
    name: 'plan',
    doc,
    device,
    clock: {
      now: () => clock.now() + spent,
      after: (ms, task) => clock.after(ms, task),
      afterIdle: (ms, task) => clock.afterIdle(ms, task),
    },
    titleOf: () => '',
    kindOf: () => '',
  });
  const start = clock.now();
  /** Somebody draws, ten times a second. */
  const draw = (milliseconds: number) => {
    for (let at = 0; at < milliseconds; at += 100) {
      doc.getMap('board').set('position', at);
      state.changed();
      clock.advance(100);
    }
  };
  const secondsOf = (times: number[]) => times.map((at) => Math.round((at - start) / 1_000));
  return { state, doc, clock, draw, seconds: () => secondsOf(written), touched: () => secondsOf(touched) };
}

describe('a copy on the device', () => {
  it('[BOARD-187] is written every two seconds while somebody draws, where that is not felt', () => {
    const { draw, seconds } = kept(1);
    draw(7_000);
    expect(seconds()).toEqual([2, 4, 6]);
  });

  it('[BOARD-187] of a large board waits for a pause, for half a minute at most', () => {
    const { draw, clock, seconds } = kept(50);
    draw(12_000); // the first writing tells how long one takes
    expect(seconds()).toEqual([2]);
    clock.advance(2_000);
    expect(seconds()).toEqual([2, 14]);
    draw(33_000);
    expect(seconds()).toEqual([2, 14, 46]);
  });

  it('[BOARD-187] is written at once when the page goes', () => {
    const { state, draw, seconds } = kept(50);
    draw(12_000);
    state.write();
    expect(seconds()).toEqual([2, 12]);
    state.close();
    state.close();
    expect(seconds()).toEqual([2, 12]);
  });

  it('[BOARD-191] that is there already is not written again because it was opened: only that it was', async () => {
    const { state, doc, clock, draw, seconds, touched } = kept(50, new Uint8Array([0, 0]));
    doc.getMap('board').set('position', 0); // what was found
    await state.find();
    state.opened();
    clock.advance(60_000);
    expect([seconds(), touched()]).toEqual([[], [2]]);
    draw(2_500);
    expect([seconds(), touched()]).toEqual([[62], [2]]);
  });

  it('[BOARD-191] is written when there was none, or it could not be read, or something came before it was told', async () => {
    for (const prepare of ['nothing found', 'damaged', 'changed'] as const) {
      const { state, doc, clock, seconds, touched } = kept(
        50,
        prepare === 'nothing found' ? undefined : new Uint8Array([0, 0]),
      );
      doc.getMap('board').set('position', 0);
      await state.find();
      if (prepare === 'damaged') state.drop();
      state.opened();
      if (prepare === 'changed') state.changed();
      clock.advance(60_000);
      expect([seconds(), touched()], prepare).toEqual([[2], []]);
    }
  });
});
