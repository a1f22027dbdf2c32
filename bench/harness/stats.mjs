// Numbers made of many: medians of runs, percentiles of latencies.

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function median(values) {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const FINE_MS = 0.01; // up to FINE_STEPS of these: 4 s
const FINE_STEPS = 400_000;
const COARSE_MS = 10; // beyond
const COARSE_STEPS = 20_000;

/** Counts milliseconds in steps of 10 microseconds, from 4 s on in steps of 10 ms. */
export class Histogram {
  #counts = new Uint32Array(FINE_STEPS + COARSE_STEPS);
  count = 0;
  max = 0;

  add(milliseconds) {
    const fine = Math.max(0, Math.round(milliseconds / FINE_MS));
    const step = fine < FINE_STEPS ? fine : FINE_STEPS + Math.round((milliseconds - FINE_STEPS * FINE_MS) / COARSE_MS);
    this.#counts[Math.min(step, FINE_STEPS + COARSE_STEPS - 1)]++;
    this.count++;
    if (milliseconds > this.max) this.max = milliseconds;
  }

  percentile(part) {
    if (this.count === 0) return undefined;
    let left = Math.ceil(this.count * part);
    let step = 0;
    while (left > this.#counts[step]) left -= this.#counts[step++];
    return step < FINE_STEPS ? step * FINE_MS : FINE_STEPS * FINE_MS + (step - FINE_STEPS) * COARSE_MS;
  }

  summary() {
    const [p50, p99, p999] = [0.5, 0.99, 0.999].map((part) => this.percentile(part));
    return { count: this.count, p50, p99, p999, max: this.max };
  }
}
