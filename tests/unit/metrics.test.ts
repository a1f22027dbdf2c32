import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../scripts/tools.mjs';
import { Histogram, METRICS } from '../../server/metrics.ts';

it('[OPS-5] a duration is counted under the first bound that it does not exceed, or over all of them', () => {
  const histogram = new Histogram({ name: 'x', text: '', buckets: [0.5, 1, 2] });
  for (const seconds of [0, 0.5, 0.75, 2, 3, 4]) histogram.observe(seconds);
  expect(histogram.counts).toEqual([2, 1, 1, 2]);
  expect(histogram.sum).toBe(10.25);
});

it('[OPS-5] the rules of deploy/alerts.yml and docs/OPERATING.md ask for metrics that there are', () => {
  const published = new Set([
    ...METRICS.read.map(({ name }) => name),
    ...METRICS.histograms.flatMap(({ name }) => [name, `${name}_bucket`]),
  ]);
  for (const file of ['deploy/alerts.yml', 'docs/OPERATING.md']) {
    const named = readFileSync(join(ROOT, file), 'utf8').match(/\binkroom_[a-z_]+/g) ?? [];
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !published.has(name))).toEqual([]);
  }
});
