import { expect, it } from 'vitest';
import { Histogram } from '../../server/metrics.ts';

it('[OPS-5] a duration is counted under the first bound that it does not exceed, or over all of them', () => {
  const histogram = new Histogram({ name: 'x', text: '', buckets: [0.5, 1, 2] });
  for (const seconds of [0, 0.5, 0.75, 2, 3, 4]) histogram.observe(seconds);
  expect(histogram.counts).toEqual([2, 1, 1, 2]);
  expect(histogram.sum).toBe(10.25);
});
