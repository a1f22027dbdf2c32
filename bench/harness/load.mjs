// A load process, called from the runner like an object with methods (load/worker.mjs has them).
// Invariant: it is another process than the server and the runner, so that nobody waits for somebody else's garbage.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('../load/worker.mjs', import.meta.url));

export class Load {
  #child = fork(WORKER, { execArgv: ['--max-old-space-size=4096'] });
  #waiting = new Map();
  #calls = 0;

  constructor() {
    this.#child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(`in a load process: ${error}`));
      else resolve(result);
    });
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`a load process ended with ${code}`));
      this.#waiting.clear();
    });
  }

  call(method, options) {
    return new Promise((resolve, reject) => {
      const id = ++this.#calls;
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, method, options });
    });
  }

  async stop() {
    if (this.#child.exitCode !== null) return;
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }
}
