// @hocuspocus/server with its SQLite extension, both as their documentation sets them up.

import { join } from 'node:path';
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';
import { adapterOptions, announce } from './adapter.mjs';

const { host, port, data } = adapterOptions();
const server = new Server({
  address: host,
  port,
  quiet: true,
  extensions: [new SQLite({ database: join(data, 'documents.sqlite') })],
});
await server.listen();
announce(port);
