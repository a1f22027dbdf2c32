// Node's module `http`, without what an `import` of it brings along: that evaluates every export, one of which is the browser's WebSocket, and so loads all of
// undici and http2. Without them the server starts 25 ms sooner and takes 4 MB less (docs/PERFORMANCE.md).

const http = process.getBuiltinModule('node:http');

export const { Agent, createServer, request, STATUS_CODES } = http;
