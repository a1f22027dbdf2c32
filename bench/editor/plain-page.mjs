// The plain page beside which ours is measured, built by Vite and served on a loopback port.
// Invariant: it runs the repository's own packages, as our page does.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { ROOT } from '../../scripts/tools.mjs';

/** @param {string} root the folder of its index.html @param {string} outDir */
export async function buildPlain(root, outDir) {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root,
    logLevel: 'error', // packages of others say much
    // See yjs.mjs.
    resolve: {
      alias: ['yjs', 'lib0', 'y-protocols'].map((name) => ({
        find: name,
        replacement: join(ROOT, 'node_modules', name),
      })),
    },
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 5_000 },
  });
}

/**
 * For every address the page that lies in `folder`, but for its assets and `files`: address -> what it answers.
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} [files]
 */
export async function servePlain(folder, files = {}) {
  const types = {
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.json': 'application/json',
    '.html': 'text/html; charset=utf-8',
  };
  const server = createServer(async (request, response) => {
    const path = request.url?.startsWith('/assets/') ? request.url : '/index.html';
    const given = files[request.url ?? ''];
    const body = given ?? (await readFile(join(folder, path)).catch(() => undefined));
    const type = types[extname(given === undefined ? path : (request.url ?? ''))] ?? 'text/plain';
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': type }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
