// The relay, but what it passes on is on the disk before: the limit of what a server on this stack can cost that shows nothing which a crash could lose.
// It parses nothing, and keeps no order beyond that of one file. What arrives within 6 ms is one write and one sync, as with Inkroom; then each frame goes
// to the others of its room, and a word to its author that it is stored.
// Invariant: a frame goes out when `datasync` has come back.

import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { ATTACKED, adapterOptions, announce } from './adapter.mjs';

const GATHER_MS = 6;
/** A SyncStatus of y-protocols' kind: stored. */
const SAVED = Buffer.from([8, 1]);

const { host, port, data } = adapterOptions();
const file = await open(join(data, 'log'), 'a');
/** @type {Map<string, { sockets: Set<import('ws').WebSocket>, frames: Buffer[] }>} */
const rooms = new Map();
/** @type {{ room: { sockets: Set<import('ws').WebSocket>, frames: Buffer[] }, author: import('ws').WebSocket, frame: Buffer }[]} */
let waiting = [];
let writing = false;

async function write() {
  if (writing) return;
  writing = true;
  while (waiting.length > 0) {
    await sleep(GATHER_MS);
    const batch = waiting;
    waiting = [];
    await file.writev(batch.map(({ frame }) => frame));
    await file.datasync();
    for (const { room, author, frame } of batch) {
      room.frames.push(frame);
      for (const other of room.sockets) other.send(other === author ? SAVED : frame);
    }
  }
  writing = false;
}

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const http = createServer((_request, response) => response.end());
http.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (ws) => {
    const name = request.url.slice(1);
    const room = rooms.get(name) ?? { sockets: new Set(), frames: [] };
    rooms.set(name, room);
    room.sockets.add(ws);
    for (const frame of room.frames) ws.send(frame);
    ws.on('message', (frame) => {
      if (name === ATTACKED) return;
      waiting.push({ room, author: ws, frame });
      void write();
    });
    ws.on('error', () => undefined); // 'close' follows
    ws.on('close', () => {
      room.sockets.delete(ws);
    });
  });
});
process.on('SIGTERM', () => process.exit(0));
http.listen({ port, host, backlog: 4_096 }, () => announce(port));
