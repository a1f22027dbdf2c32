// A load process, called from the runner like an object with methods (load/worker.mjs has them).
// Invariant: it is another process than the server and the runner, so that nobody waits for somebody else's garbage.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Usage } from './usage.mjs';

const WORKER = fileURLToPath(new URL('../load/worker.mjs', import.meta.url));
const STOP_MS = 3_000; // one that is busy with a run that was given up does not hear that it shall end

export class Load {
  #child = fork(WORKER, { execArgv: ['--max-old-space-size=4096'] });
  #ended = once(this.#child, 'exit');
  #waiting = new Map();
  #calls = 0;
  usage = new Usage(this.#child.pid);

  constructor() {
    this.#child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(`in a load process: ${error}`));
      else resolve(result);
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`a load process ended with ${code ?? signal}`));
      this.#waiting.clear();
    });
  }

  call(method, options) {
    return new Promise((resolve, reject) => {
      const id = ++this.#calls;
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, method, options }, (error) => {
        if (error) reject(error);
      });
    });
  }

  async stop() {
    this.usage.cpuMs(); // the last look
    this.usage.close();
    if (this.#child.connected) this.#child.disconnect();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(kill);
  }
}
