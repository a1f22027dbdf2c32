import type { AddressInfo } from 'node:net';
import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import { type Histogram, METRICS, type Measured, type Metrics } from '../metrics.ts';
import { createServer } from '../node-http.ts';
import { HttpError, sendError } from './respond.ts';

// GET /metrics for Prometheus, on a port of its own: what watches the server needs no key, and a proxy that publishes the server
// does not publish this.

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metrics: Metrics;
  /** Called once for each answer. */
  readonly measure: () => Measured;
}

/** Owned by the server; rejects with the system's error when the port is taken. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const { registry, publish } = publicationOf(options);
  collectDefaultMetrics({ register: registry });
  const http = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      sendError(response, new HttpError(404, 'not-found', 'The metrics are at /metrics.'));
      return;
    }
    publish().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port, options.host, resolve);
  });
  return {
    port: (http.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

interface Publication {
  readonly registry: Registry;
  /** The text of everything in the registry, as it is now. */
  publish(): Promise<string>;
}

/** What the table says, in a registry of its own. */
function publicationOf({ metrics, measure }: Pick<MetricsServerOptions, 'metrics' | 'measure'>): Publication {
  const registry = new Registry();
  let measured = measure();
  for (const { name, type, text, label, read } of METRICS.read) {
    const values = () => {
      const value = read(metrics, measured);
      if (value === undefined) return [];
      return typeof value === 'number'
        ? [[{}, value] as const]
        : Object.entries(value).map(([key, number]) => [{ [label ?? '']: key }, number] as const);
    };
    const shape = { name, help: text, labelNames: label === undefined ? [] : [label], registers: [registry] };
    if (type === 'gauge') {
      new Gauge({
        ...shape,
        collect() {
          const known = values();
          if (known.length === 0) this.remove(); // else it would be 0
          for (const [labels, value] of known) this.set(labels, value);
        },
      });
    } else {
      new Counter({
        ...shape,
        collect() {
          this.reset();
          for (const [labels, value] of values()) this.inc(labels, value);
        },
      });
    }
  }
  for (const histogram of [metrics.commitSeconds, metrics.joinSeconds, metrics.mergeSeconds])
    registry.registerMetric(exposed(histogram));
  return {
    registry,
    publish() {
      measured = measure();
      return registry.metrics();
    },
  };
}

/** As prom-client asks a metric for its values. Its own histogram would cost a look-up and an object for each commit. */
function exposed(histogram: Histogram): Metric {
  const { name, text: help, buckets } = histogram;
  const get = () => {
    let total = 0;
    const cumulative = histogram.counts.map((count, index) => {
      total += count;
      return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf' }, value: total };
    });
    const sum = { metricName: `${name}_sum`, labels: {}, value: histogram.sum };
    const count = { metricName: `${name}_count`, labels: {}, value: total };
    return Promise.resolve({ name, help, type: 'histogram', values: [...cumulative, sum, count] });
  };
  return { name, get } as unknown as Metric; // the registry asks for no more
}
