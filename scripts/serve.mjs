// npm run serve -- --port N --data DIR: the sync server and its API without the page.
// Invariant: its exit code is the server's.

import { build } from './build.mjs';
import { onStopRequest, startServer, untilEnded } from './children.mjs';

if (!(await build('server'))) process.exit(1);
const server = startServer(process.argv.slice(2));
onStopRequest(server, () => server.kill('SIGTERM'));
await untilEnded(server);
process.exit(server.exitCode ?? 1);
