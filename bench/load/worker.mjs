// The entry of a load process: answers calls from harness/load.mjs, one at a time.

import { startBystanders, stopBystanders } from './bystander.mjs';
import { connect, edit } from './editors.mjs';
import { fill } from './filler.mjs';
import { harass } from './hostile.mjs';
import { hold, say } from './idlers.mjs';
import { join, joined } from './joiner.mjs';
import { connectPresence, move } from './movers.mjs';
import { comeBack, cut } from './returners.mjs';

const METHODS = {
  /** To be sure that the process is there before a clock runs. */
  ready: () => undefined,
  connect,
  edit,
  connectPresence,
  move,
  join,
  joined,
  startBystanders,
  stopBystanders,
  hold,
  say,
  fill,
  harass,
  comeBack,
  cut,
};

process.on('message', async ({ id, method, options }) => {
  try {
    process.send({ id, result: await METHODS[method](options) });
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit(0));
