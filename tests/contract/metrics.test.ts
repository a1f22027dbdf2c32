import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { METRICS } from '../../server/metrics.ts';
import { VERSION } from '../../server/version.ts';
import { Peer } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// What the real server publishes about itself.

let server: ServerProcess;
let address: string;

beforeAll(async () => {
  server = await ServerProcess.launch({ args: ['--metrics-port', '0'] });
  address = server.metrics;
});
afterAll(() => server.close());

/** The value of each series, by its name and labels. */
async function scrape(): Promise<Map<string, number>> {
  const response = await fetch(address);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

function updateOf(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

describe('the metrics', () => {
  it('[OPS-4] are served on a port of their own, and nowhere else', async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    expect((await fetch(new URL('/healthz', address))).status).toBe(404);
    const names = [...(await scrape()).keys()].map((series) => series.replace(/\{.*/, ''));
    for (const { name } of METRICS.read) {
      // There is no certificate.
      if (name !== 'inkroom_certificate_end_timestamp_seconds') expect(names).toContain(name);
    }
    expect(names).not.toContain('inkroom_certificate_end_timestamp_seconds');
    for (const { name } of METRICS.histograms) expect(names).toContain(`${name}_count`);
    expect(names).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('[OPS-5] say which version it is', async () => {
    expect((await scrape()).get(`inkroom_build_info{version="${VERSION}"}`)).toBe(1);
  });

  it('[OPS-5] count what happened', async () => {
    const before = await scrape();
    const hello = updateOf('hello'); // once: the ids of two documents may differ in length
    const [author, reader] = (await Promise.all(
      (['inkroom', 'y-websocket'] as const).map((voice) => Peer.join({ sync: server.sync, document: 'notes', voice })),
    )) as [Peer, Peer];
    author.send({ type: 'numberedUpdate', number: 1, update: hello });
    await until('the edit to arrive', () => reader.doc.getText('text').toString() === 'hello');
    author.send({ type: 'numberedUpdate', number: 2, update: Uint8Array.of(9, 9, 9) });
    await until('the end of the connection', () => author.ended !== undefined);
    const change = async (series: string) => ((await scrape()).get(series) ?? 0) - (before.get(series) ?? 0);

    expect(await change('inkroom_connections_opened_total')).toBe(2);
    expect(await change('inkroom_connections')).toBe(1);
    expect(await change('inkroom_sessions')).toBe(1);
    expect(await change('inkroom_rooms')).toBe(1);
    expect(await change('inkroom_updates_acknowledged_total')).toBe(1);
    expect(await change('inkroom_updates_refused_total{code="malformed-update"}')).toBe(1);
    expect(await change('inkroom_connections_refused_total{code="malformed-update"}')).toBe(1);
    expect(await change('inkroom_commit_seconds_count')).toBe(1);
    expect(await change('inkroom_join_seconds_count')).toBe(2);
    expect(await change('inkroom_unmerged_bytes')).toBe(hello.length);
    expect(await change('inkroom_received_bytes_total')).toBeGreaterThan(hello.length);
    expect(await change('inkroom_sent_bytes_total')).toBeGreaterThan(2 * hello.length);
    expect((await scrape()).get('inkroom_storage{state="ok"}')).toBe(1);
    await reader.close();
  });

  it('[OPS-5] a refusal at the door, whose count begins at 0 as all others do', async () => {
    const refused = (status: number) => `inkroom_upgrades_refused_total{status="${status}"}`;
    const before = await scrape();
    for (const status of [400, 401, 403, 404, 429, 503]) expect(before.get(refused(status))).toBe(0);
    const socket = new WebSocket(`${server.sync}/notes`, { origin: 'https://evil.example' });
    await new Promise((resolve) => socket.once('error', resolve));
    expect((await scrape()).get(refused(403))).toBe(1);
  });

  it('[OPS-5] no label names a document or a person', async () => {
    const peer = await Peer.join({ sync: server.sync, document: 'a secret plan', voice: 'hocuspocus' });
    expect(await (await fetch(address)).text()).not.toMatch(/secret plan/);
    await peer.close();
  });
});
