import { beforeEach, describe, expect, it } from 'vitest';
import { Arrivals, shortened } from '../../app/document/people/arrivals.ts';
import { FakeClock } from '../support/fake-clock.ts';

let clock: FakeClock;
let told: string[];
let arrivals: Arrivals;

beforeEach(() => {
  clock = new FakeClock();
  told = [];
  arrivals = new Arrivals({
    clock,
    tell: ({ joined, left }) => told.push(`+${joined.join(' ')} -${left.join(' ')}`),
  });
});

const see = (...names: string[]) => arrivals.see(new Map(names.map((name) => [name.toLowerCase(), name])));

describe('who comes and goes', () => {
  it('[NEWS-1] is told once, some moments later, and who was here before is no news', () => {
    see('Ann');
    clock.advance(2_000);
    expect(told).toEqual([]);
    see('Ann', 'Bo');
    expect(told).toEqual([]);
    clock.advance(2_000);
    expect(told).toEqual(['+Bo -']);
    clock.advance(100_000);
    expect(told).toHaveLength(1);
  });

  it('[NEWS-1] many at once are one message, though the next keep coming', () => {
    see();
    clock.advance(2_000);
    const here: string[] = [];
    for (let at = 0; at < 100; at++) {
      here.push(`P${at}`);
      see(...here);
      clock.advance(1_000);
    }
    expect(told.length).toBeGreaterThan(5);
    expect(told.length).toBeLessThan(10);
    clock.advance(20_000);
    expect(told.join(' ').match(/P\d+/g)).toEqual(here);
  });

  it('[NEWS-1] who loads the page again, or came and left meanwhile, is no news', () => {
    see('Ann');
    clock.advance(2_000);
    see();
    clock.advance(500);
    see('Ann', 'Bo');
    clock.advance(500);
    see('Ann');
    clock.advance(60_000);
    expect(told).toEqual([]);
    see('Bo');
    clock.advance(2_000);
    expect(told).toEqual(['+Bo -Ann']);
  });

  it('[NEWS-1] nothing is told once it is closed, and no timer is left', () => {
    see('Ann');
    clock.advance(2_000);
    see('Ann', 'Bo');
    arrivals.close();
    arrivals.close();
    clock.advance(60_000);
    expect([told, clock.timers]).toEqual([[], 0]);
  });

  it('[NEWS-2] of more than three the first two are named', () => {
    expect(shortened(['Ann', 'Bo', 'Cy'])).toEqual({ named: ['Ann', 'Bo', 'Cy'], others: 0 });
    expect(shortened(['Ann', 'Bo', 'Cy', 'Di', 'Ed'])).toEqual({ named: ['Ann', 'Bo'], others: 3 });
  });
});
