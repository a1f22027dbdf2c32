// The entry of a load process: answers calls from harness/load.mjs, one at a time.

import { startBystanders, stopBystanders } from './bystander.mjs';
import { connect, edit } from './editors.mjs';
import { hold, say } from './idlers.mjs';
import { join, joined } from './joiner.mjs';
import { connectPresence, move } from './movers.mjs';

const METHODS = {
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
};

process.on('message', async ({ id, method, options }) => {
  try {
    process.send({ id, result: await METHODS[method](options) });
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit(0));
