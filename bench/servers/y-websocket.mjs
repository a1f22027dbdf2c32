// @y/websocket-server with y-leveldb as its persistence, attached as its own YPERSISTENCE does.

import { createServer } from 'node:http';
import { setPersistence, setupWSConnection } from '@y/websocket-server/utils';
import { WebSocketServer } from 'ws';
import { LeveldbPersistence } from 'y-leveldb';
import * as Y from 'yjs';
import { adapterOptions, announce } from './adapter.mjs';

const { host, port, data } = adapterOptions();
const leveldb = new LeveldbPersistence(data);

setPersistence({
  provider: leveldb,
  bindState: async (name, doc) => {
    const persisted = await leveldb.getYDoc(name);
    leveldb.storeUpdate(name, Y.encodeStateAsUpdate(doc));
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(persisted));
    doc.on('update', (update) => leveldb.storeUpdate(name, update));
  },
  writeState: async () => undefined, // every update is stored as it comes
});

const sockets = new WebSocketServer({ noServer: true });
sockets.on('connection', setupWSConnection);
const http = createServer((_request, response) => response.end());
http.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
});
process.on('SIGTERM', () => leveldb.destroy().then(() => process.exit(0)));
http.listen(port, host, () => announce(port));
