// A loader of the page's build (next.config.mjs): in place of the module that tells Excalidraw where its worker for fonts is, one that says where it is
// (app/board/assets). Bundled, the module would name a file of the machine that built it.

import { readFileSync } from 'node:fs';

/** @returns {string} */
export default function excalidrawWorker() {
  const { version } = JSON.parse(readFileSync('node_modules/@excalidraw/excalidraw/package.json', 'utf8'));
  return `export const WorkerUrl = new URL('/board/assets/${version}/subset-worker.chunk.js', location.href);\n`;
}
