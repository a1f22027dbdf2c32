// CPU and memory of a process, from /proc.
// Invariant: CPU counts every thread that ever ran (V8's, libuv's, SQLite's, workers), also those that have ended.

import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_MS = 100; // a thread that ends loses at most what it used since the last look

export class Usage {
  #tasks;
  #status;
  #timer;
  /** @type {Map<string, number>} nanoseconds on a CPU by thread id; ids are not used again while a bench runs */
  #threads = new Map();

  constructor(pid) {
    this.#tasks = `/proc/${pid}/task`;
    this.#status = `/proc/${pid}/status`;
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS);
    this.#timer.unref();
  }

  #look() {
    let ids;
    try {
      ids = readdirSync(this.#tasks);
    } catch {
      return; // the process has ended: the sum stays
    }
    for (const id of ids) {
      try {
        const line = readFileSync(`${this.#tasks}/${id}/schedstat`, 'latin1');
        this.#threads.set(id, Number(line.slice(0, line.indexOf(' '))));
      } catch {
        // the thread ended since the listing
      }
    }
  }

  /** Milliseconds of CPU since the process started. */
  cpuMs() {
    this.#look();
    let total = 0;
    for (const nanoseconds of this.#threads.values()) total += nanoseconds;
    return total / 1e6;
  }

  /** Kilobytes (1,024 bytes) in memory. */
  residentKb() {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(this.#status, 'latin1'))[1]);
  }

  close() {
    clearInterval(this.#timer);
  }
}
