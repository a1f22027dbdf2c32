import { expect, it, vi } from 'vitest';
import type { Clocks } from '../../lib/protocol/coverage.ts';
import { Reader } from '../../lib/protocol/reader.ts';
import { LIMITS } from '../../server/limits.ts';
import { type Difference, Differences } from '../../server/rooms/differences.ts';

vi.mock('../../server/limits.ts', async (original) => {
  const { LIMITS } = await original<typeof import('../../server/limits.ts')>();
  return { LIMITS: { ...LIMITS, diffSpareClocks: 100, diffsAtOnce: 2, diffsKept: 3 } };
});

/** Computations that wait for the test, and whom each is for. */
function thread() {
  const jobs: { clocks: Clocks; done(): Promise<void>; failed(): Promise<void> }[] = [];
  const differences = new Differences((stateVector) => {
    return new Promise<Difference>((resolve, reject) => {
      const ended = () => new Promise<void>((next) => setImmediate(next));
      jobs.push({
        clocks: clocksOf(stateVector),
        done: () => {
          resolve({ update: stateVector, from: jobs.length });
          return ended();
        },
        failed: () => {
          reject(new Error('injected'));
          return ended();
        },
      });
    });
  });
  const ask = async (clocks: Record<number, number>) => {
    const found = await differences.of(
      new Map(Object.entries(clocks).map(([client, clock]) => [Number(client), clock])),
    );
    return clocksOf(found.update);
  };
  return { jobs, ask };
}

function clocksOf(stateVector: Uint8Array): Clocks {
  const reader = new Reader(stateVector);
  const clocks = new Map<number, number>();
  for (let left = reader.varUint(); left > 0; left--) clocks.set(reader.varUint(), reader.varUint());
  return clocks;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('[JOIN-7] who lacks the same shares one computation, while it runs and afterwards', async () => {
  const { jobs, ask } = thread();
  const all = Array.from({ length: 50 }, () => ask({ 1: 500, 2: 7 }));
  await turn();
  expect(jobs.length).toBe(1);
  await jobs[0]?.done();
  await Promise.all([...all, ask({ 1: 500, 2: 7 }), ask({ 1: 510, 2: 7, 3: 20 })]);
  expect(jobs.length).toBe(1);
});

it('[JOIN-7] who lacks a little more or less shares the next one, from the least that any of them has', async () => {
  const { jobs, ask } = thread();
  const first = [ask({ 1: 500 }), ask({ 1: 499 })];
  const crowd = Array.from({ length: 40 }, (_, i) => ask({ 1: 480 - (i % 7), 2: 1 + (i % 5) }));
  await turn();
  expect(jobs.length).toBe(LIMITS.diffsAtOnce);
  await jobs[0]?.done();
  expect(jobs.length).toBe(3);
  expect(jobs[2]?.clocks).toEqual(
    new Map([
      [1, 474],
      [2, 1],
    ]),
  );
  await jobs[1]?.done();
  await jobs[2]?.done();
  await Promise.all([...first, ...crowd]);
});

it('[JOIN-7] nobody is given much more than is lacking, nor less', async () => {
  const { jobs, ask } = thread();
  const people = [
    { 1: 1_000 },
    { 1: 995 },
    { 1: 900 },
    { 1: 850, 2: 1 },
    { 1: 10 },
    { 1: 990, 2: 300 },
    { 2: 40 },
    { 1: 899 },
  ];
  const given = people.map(ask);
  for (let i = 0; i < 20; i++) {
    await turn();
    await jobs[i]?.done();
  }
  for (const [index, clocks] of (await Promise.all(given)).entries()) {
    const has = new Map(
      Object.entries(people[index] as object).map(([client, clock]) => [Number(client), clock as number]),
    );
    let spare = 0;
    for (const [client, clock] of clocks) expect(has.get(client) ?? 0).toBeGreaterThanOrEqual(clock);
    for (const [client, clock] of has) spare += clock - (clocks.get(client) ?? 0);
    expect(spare).toBeLessThanOrEqual(LIMITS.diffSpareClocks);
  }
  expect(jobs.length).toBeLessThan(people.length);
});

it('[JOIN-7] a failure is told to those who share it, and the next to ask tries again', async () => {
  const { jobs, ask } = thread();
  const both = Promise.allSettled([ask({ 1: 5 }), ask({ 1: 5 })]);
  await turn();
  await jobs[0]?.failed();
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = ask({ 1: 5 });
  await turn();
  await jobs[1]?.done();
  expect(await again).toEqual(new Map([[1, 5]]));
});
