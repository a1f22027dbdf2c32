import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as Y from 'yjs';
import { hasEnded, howItEnded, SERVER_ENTRY, untilEnded } from '../../scripts/children.mjs';

// The sync server as its users run it: a process of its own, on a real port and a real disk.
// Invariant: port and data directory stay the same through `kill`, `stop` and `start`, so that clients find it again.

export interface LaunchOptions {
  /** 0 takes a free port. */
  readonly port?: number;
  /** A directory to use, and to leave behind. Without one the server gets a temporary directory, removed at `close`. */
  readonly data?: string;
  /** Another build of the server: a mutant. */
  readonly entry?: string;
  readonly logLevel?: 'debug' | 'info';
  /** URL of the process that renders the page. */
  readonly page?: string;
  /** Further options of the command line, and variables of the environment. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** For one life of the process. */
export interface StartOptions {
  /** No file may grow beyond so many KiB: what writes more fails, as on a disk that breaks. */
  readonly fileKiB?: number;
}

/** One line of the server's log. */
export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Owned by the test that launched it; `close()` ends the server and may be called twice. */
export class ServerProcess {
  readonly data: string;
  readonly #options: LaunchOptions;
  #port: number;
  #secure = false;
  #child: ChildProcess | undefined;
  #output = '';
  #errors = '';

  protected constructor(options: LaunchOptions) {
    this.#options = options;
    this.#port = options.port ?? 0;
    this.data = options.data ?? mkdtempSync(join(tmpdir(), 'inkroom-server-'));
  }

  /** Resolves when the server listens; rejects with what it wrote when it ends before. */
  static async launch(options: LaunchOptions = {}): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    try {
      await server.start();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http${this.#secure ? 's' : ''}://127.0.0.1:${this.#port}`;
  }

  /** Where many documents share a socket; `/<document>` below it is where one has its own. */
  get sync(): string {
    return `ws${this.#secure ? 's' : ''}://127.0.0.1:${this.#port}/sync`;
  }

  /** Where its metrics are, when it was started with `--metrics-port`. */
  get metrics(): string {
    const port = this.log.findLast(({ msg }) => msg === 'listening')?.metricsPort;
    return `http://127.0.0.1:${port}/metrics`;
  }

  /** Everything written to standard error, by all its lives. */
  get errors(): string {
    return this.#errors;
  }

  /** Everything written to standard output, by all its lives. */
  get output(): string {
    return this.#output;
  }

  /** The log of all its lives. */
  get log(): LogLine[] {
    const lines = this.#output.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  /** How often its log says `words`. */
  count(words: string): number {
    return this.#output.split(words).length - 1;
  }

  get running(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child);
  }

  /** Bytes of memory that the process holds. Linux only, as the tests that ask. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** The most memory that it held since the last `forgetPeak`. */
  peakBytes(): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.#child?.pid}/clear_refs`, '5');
  }

  /** Milliseconds for which the main thread was on a processor: what a frame costs, however busy the machine is. */
  cpuMs(): number {
    const [nanoseconds] = readFileSync(`/proc/${this.#child?.pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  }

  /** Starts the process on the port and the data that it had. Resolves when it listens. */
  async start(options: StartOptions = {}): Promise<void> {
    const child = this.spawn(options);
    const listening = new Promise<string>((resolve) => {
      let seen = '';
      const read = (text: string) => {
        seen += text;
        const url = /"url":"([^"]+)".*"msg":"listening"/.exec(seen)?.[1];
        if (url === undefined) return;
        child.stdout?.off('data', read);
        resolve(url);
      };
      child.stdout?.on('data', read);
    });
    const ended = once(child, 'close').then(() => undefined);
    const url = await Promise.race([listening, ended]);
    if (url === undefined) {
      throw new Error(`The server ended with ${howItEnded(child)} before it listened:\n${this.#errors}${this.#output}`);
    }
    this.#port = Number(new URL(url).port);
    this.#secure = url.startsWith('https:');
  }

  /** Starts the process and waits for nothing: for those who end it before it listens. */
  spawn({ fileKiB }: StartOptions = {}): ChildProcess {
    if (this.running) throw new Error('The server is running already.');
    const { entry = SERVER_ENTRY, logLevel = 'info', page, args: more = [], env } = this.#options;
    const args = [
      '--host',
      '127.0.0.1',
      '--port',
      `${this.#port}`,
      '--data',
      this.data,
      '--log-level',
      logLevel,
      ...more,
    ];
    if (page !== undefined) args.push('--page', page);
    const command = [process.execPath, entry, 'serve', ...args];
    // POSIX counts files in blocks of 512 bytes. The shell gives way to the server, so that a signal reaches it.
    if (fileKiB !== undefined) command.unshift('/bin/sh', '-c', `ulimit -f ${fileKiB * 2} && exec "$0" "$@"`);
    const [program, ...rest] = command as [string, ...string[]];
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#child = child;
    return child;
  }

  /** Resolves with the exit code when it ends by itself; undefined when a signal ended it. */
  async untilEnded(): Promise<number | undefined> {
    if (this.#child) await untilEnded(this.#child);
    return this.#child?.exitCode ?? undefined;
  }

  /** How it ended: its exit code, or the signal that ended it. */
  async ending(): Promise<string> {
    if (!this.#child) return 'never started';
    await untilEnded(this.#child);
    return howItEnded(this.#child);
  }

  /** SIGKILL: what a power cut or the kernel's out-of-memory killer does. Resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGKILL, then a start on the same port and data. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** SIGTERM, as an operator stops it. Rejects when it does not end cleanly. */
  async stop(): Promise<void> {
    const child = await this.#end('SIGTERM');
    if (child?.exitCode === 0) return;
    throw new Error(`The server ended with ${child && howItEnded(child)}:\n${this.#errors}${this.#output}`);
  }

  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async close(): Promise<void> {
    await this.#end('SIGKILL');
    if (this.#options.data === undefined) rmSync(this.data, { recursive: true, force: true });
  }

  /** The document as it lies on the server's disk. */
  async stored(name: string): Promise<Y.Doc> {
    const key = this.#options.env?.INKROOM_ADMIN_KEY;
    const response = await fetch(`${this.url}/api/documents/${encodeURIComponent(name)}/state`, {
      headers: key === undefined ? {} : { Authorization: `Bearer ${key}` },
    });
    if (!response.ok) throw new Error(`The state of ${name} answered ${response.status}: ${await response.text()}`);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, new Uint8Array(await response.arrayBuffer()));
    return doc;
  }

  async #end(signal: NodeJS.Signals): Promise<ChildProcess | undefined> {
    const child = this.#child;
    if (child && !hasEnded(child)) {
      child.kill(signal);
      await untilEnded(child);
    }
    return child;
  }
}
