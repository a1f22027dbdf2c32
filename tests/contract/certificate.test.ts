import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Certificate } from '../../server/certificate.ts';
import { LIMITS } from '../../server/limits.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// The certificate of a real TLS server. The fixtures are two pairs that do not fit each other.

const FIXTURES = new URL('../fixtures/tls/', import.meta.url);
/** Longer than the server waits between two looks. */
const A_WHILE_MS = 60_000;

let folder: string;
let cert: string;
let key: string;
let closing: (() => unknown)[];

beforeEach(() => {
  closing = [];
  folder = mkdtempSync(join(tmpdir(), 'inkroom-tls-'));
  cert = join(folder, 'live.crt');
  key = join(folder, 'live.key');
  put('one');
});
afterEach(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true });
});

/** As certbot does: the names are links, and are made to point elsewhere at one moment. */
function put(pair: string, parts: readonly ('crt' | 'key')[] = ['crt', 'key']): void {
  for (const part of parts) {
    const archived = join(folder, `${pair}.${part}`);
    copyFileSync(new URL(`${pair}.${part}`, FIXTURES), archived);
    const link = join(folder, `new.${part}`);
    symlinkSync(archived, link);
    renameSync(link, part === 'crt' ? cert : key);
  }
}

async function connected(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  closing.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

async function shown(port: number): Promise<string> {
  const socket = await connected(port);
  return String(socket.getPeerCertificate().subject.CN);
}

async function following() {
  const clock = new FakeClock();
  const logged: string[] = [];
  const log = (_: object, message: string) => void logged.push(message);
  const certificate = await Certificate.open({
    cert,
    key,
    clock,
    logger: { debug: log, info: log, warn: log, error: log },
  });
  const server: Server = createServer({ ...certificate.pair });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  certificate.follow(server);
  closing.push(() => {
    certificate.close();
    server.close();
  });
  /** Time passes, and the files have been read. */
  const look = async () => {
    const reloading = certificate.reload();
    clock.advance(A_WHILE_MS);
    await reloading;
  };
  return { clock, certificate, logged, port: (server.address() as AddressInfo).port, look };
}

describe('the certificate', () => {
  it('[OPS-8] [OPS-9] serves https and wss, and shows a renewed one on SIGHUP without ending what is open', async () => {
    const server = await ServerProcess.launch({ args: ['--tls-cert', cert, '--tls-key', key, '--metrics-port', '0'] });
    closing.push(() => server.close());
    const socket = new WebSocket(`${server.sync}/notes`, { rejectUnauthorized: false });
    await once(socket, 'message');
    expect(await shown(server.port)).toBe('one');
    put('two');
    server.signal('SIGHUP');
    await until('the new certificate', async () => (await shown(server.port)) === 'two');
    const metrics = await (await fetch(server.metrics)).text();
    const end = Date.parse(new X509Certificate(readFileSync(cert)).validTo) / 1000;
    expect(metrics).toContain(`inkroom_certificate_end_timestamp_seconds ${end}\n`);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
    await once(socket, 'close');
    await server.stop();
  });

  it('[NET-26] is not waited for longer than ten seconds, nor when the server stops', { timeout: 40_000 }, async () => {
    const server = await ServerProcess.launch({ args: ['--tls-cert', cert, '--tls-key', key] });
    closing.push(() => server.close());
    const silent = async (said: Uint8Array) => {
      const raw = await RawSocket.connect(server.port);
      raw.write(said);
      return raw;
    };
    const began = performance.now();
    const halfHello = Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1);
    const waiting = [await silent(Uint8Array.of()), await silent(halfHello)];
    for (const raw of waiting) await raw.untilEnded(2 * LIMITS.headersMs);
    expect(performance.now() - began).toBeGreaterThan(9_000);
    await silent(halfHello);
    const stopping = performance.now();
    await server.stop();
    expect(performance.now() - stopping).toBeLessThan(8_000);
  });

  it('[OPS-9] is looked at again and again, links and all', async () => {
    const { clock, port, logged } = await following();
    for (const pair of ['two', 'one', 'two']) {
      put(pair);
      clock.advance(A_WHILE_MS);
      await until(`certificate ${pair}`, async () => (await shown(port)) === pair);
    }
    expect(logged).toEqual(Array(3).fill('certificate reloaded'));
  });

  it('[OPS-9] stays as it was while the new one is half there, broken or gone, which is logged once', async () => {
    const { logged, port, look } = await following();
    const complaint = 'the new certificate cannot be used: the old one stays';
    put('two', ['crt']); // the key comes a moment later
    await look();
    await look();
    expect(await shown(port)).toBe('one');
    expect(logged).toEqual([complaint]);
    rmSync(cert);
    await look();
    await look();
    expect(logged).toEqual([complaint, complaint]);
    writeFileSync(cert, '-----BEGIN CERTIFICATE-----\nnothing\n');
    await look();
    await look();
    expect(logged).toEqual([complaint, complaint, complaint]);
    expect(await shown(port)).toBe('one');
    put('two');
    await look();
    expect(await shown(port)).toBe('two');
  });

  it('[OPS-2] that cannot be used ends the start with a sentence', async () => {
    put('two', ['key']);
    const server = await ServerProcess.launch({ args: ['--tls-cert', cert, '--tls-key', key] }).catch(
      (error: Error) => error.message,
    );
    expect(server).toMatch(/exit code 2 .*\n.*The certificate .* cannot be used: .*key values mismatch/s);
    const alone = await ServerProcess.launch({ args: ['--tls-cert', cert] }).catch((error: Error) => error.message);
    expect(alone).toMatch(/A certificate needs its key: give --tls-cert and --tls-key, or neither\./);
  });
});
