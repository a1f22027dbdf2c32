import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { DeviceStore } from '../../lib/client/device.ts';
import { KeptState } from '../../lib/client/kept-state.ts';
import { FakeClock } from '../support/fake-clock.ts';

// When an open document's copy on this device is written.

/** A document of which a writing takes `takes` milliseconds of the page's time. */
function kept(takes: number) {
  const clock = new FakeClock();
  const doc = new Y.Doc();
  const written: number[] = [];
  let spent = 0;
  const device = {
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
  return { state, clock, draw, seconds: () => written.map((at) => Math.round((at - start) / 1_000)) };
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
});
