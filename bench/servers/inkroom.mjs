// Inkroom's sync server as `npm run build:server` made it, its own command line run inside this process.

import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { adapterOptions, announce } from './adapter.mjs';

const { host, port, data } = adapterOptions();
const main = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));
const options = ['--host', host, '--port', String(port), '--data', data, '--trust-proxy', '1'];
process.argv = [process.argv[0], main, 'serve', ...options];
// Not awaited: it resolves when the server has stopped.
const served = import(main);
served.catch((error) => {
  console.error(error);
  process.exit(1);
});

async function ready() {
  try {
    const [response] = await once(get({ host, port, path: '/readyz', agent: false }), 'response');
    response.resume();
    return response.statusCode === 200;
  } catch {
    return false; // not listening yet
  }
}
while (!(await ready())) await sleep(5);
announce(port);
