// What every server under measurement shares: its options, its word that it listens, and a collection of garbage on demand.
// Invariant: nothing here runs while a measurement does.

import { parseArgs } from 'node:util';

/** The room of a peer that means harm: a relay reads what is said there, and drops it. That is what the load itself costs. */
export const ATTACKED = 'attacked';

/** `--port N --data DIR` as given by harness/server.mjs. */
export function adapterOptions() {
  const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' } } });
  return { host: '127.0.0.1', port: Number(values.port), data: values.data };
}

/** Tells the harness that the server takes connections; a server whose harness is gone ends. */
export function announce(port) {
  process.once('disconnect', () => process.exit(1));
  process.send?.({ listening: port });
}
