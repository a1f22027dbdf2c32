// The bench's command line.

import { parseArgs } from 'node:util';
import { SERVERS } from './server.mjs';

const USAGE = `npm run bench -- [options]
  --only a,b       cases of these names, as in paced-100, or groups of them, as in paced (--list shows them)
  --servers a,b    of ${Object.keys(SERVERS).join(', ')}
  --runs N         runs of each case, at least 3 for a figure to quote (3)
  --quick          shorter runs, one of each, of the most telling cases, for a first look
  --seed N         another set of inputs and times (1)
  --profiles DIR   write CPU profiles of the servers there
  --report FILE    put the table of a results file into docs/PERFORMANCE.md, measure nothing
  --no-build       measure dist/ as it is, without compiling the sources first
  --list           list the cases and stop`;

const DEFAULT_SERVERS = ['inkroom', 'hocuspocus', 'y-websocket', 'relay'];
const QUICK_SERVERS = ['inkroom', 'hocuspocus', 'relay'];

const words = (value) => value?.split(',').filter(Boolean);

/** Throws with the usage when an option makes no sense. */
export function readOptions(args, cases) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        only: { type: 'string' },
        servers: { type: 'string' },
        runs: { type: 'string' },
        quick: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        profiles: { type: 'string' },
        'no-build': { type: 'boolean', default: false }, // run.mjs acts on it
        report: { type: 'string' },
        list: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new Error(`${error.message}\n${USAGE}`);
  }
  const only = words(values.only);
  const servers = words(values.servers) ?? (values.quick ? QUICK_SERVERS : DEFAULT_SERVERS);
  const unknown = servers.find((name) => !SERVERS[name]);
  const chosen = cases.filter(({ id, onlyFull }) =>
    only ? only.some((name) => id === name || id.startsWith(`${name}-`)) : !(values.quick && onlyFull),
  );
  const runs = Number(values.runs ?? (values.quick ? 1 : 3));
  if (unknown) throw new Error(`no server ${unknown}\n${USAGE}`);
  if (chosen.length === 0) throw new Error(`no case is called ${values.only}\n${USAGE}`);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs} is not a number of runs\n${USAGE}`);
  return {
    chosen,
    servers,
    runs,
    quick: values.quick,
    seed: Number(values.seed),
    profiles: values.profiles,
    report: values.report,
    list: values.list,
  };
}
