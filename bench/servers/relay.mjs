// A bare relay on `ws`: the limit of what a server on this stack can cost.
// It parses nothing and stores nothing. What a room has received, and bytes laid ready at DATA/ROOM.bin, are sent as they
// are to whoever opens a socket to it. Invariant: a frame goes out as it came in.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { ATTACKED, adapterOptions, announce } from './adapter.mjs';

const { host, port, data } = adapterOptions();
/** @type {Map<string, { sockets: Set<import('ws').WebSocket>, frames: Buffer[] }>} */
const rooms = new Map();

function open(name) {
  let room = rooms.get(name);
  if (!room) {
    room = { sockets: new Set(), frames: stored(name) };
    rooms.set(name, room);
  }
  return room;
}

function stored(name) {
  try {
    return [readFileSync(join(data, `${name}.bin`))];
  } catch {
    return []; // nothing was laid ready for this room
  }
}

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const http = createServer((_request, response) => response.end());
http.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (ws) => {
    const name = request.url.slice(1);
    const room = open(name);
    room.sockets.add(ws);
    for (const frame of room.frames) ws.send(frame);
    ws.on('message', (frame) => {
      if (name === ATTACKED) return;
      // Presence is never kept: its first byte tells it apart in the dialect that the bench speaks to the relay.
      if (frame[0] === 0) room.frames.push(frame);
      for (const other of room.sockets) if (other !== ws) other.send(frame);
    });
    ws.on('error', () => undefined); // 'close' follows
    ws.on('close', () => {
      room.sockets.delete(ws);
    });
  });
});
process.on('SIGTERM', () => process.exit(0));
http.listen({ port, host, backlog: 4_096 }, () => announce(port)); // as Inkroom: a thousand dial at once
