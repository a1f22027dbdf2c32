import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

// How the page is built. It is served behind the sync server's port (see scripts/start.mjs), which owns sockets and API.

/** Part of the address of what is served out of it (app/board/assets). @type {{ version: string }} */
const excalidraw = JSON.parse(readFileSync('node_modules/@excalidraw/excalidraw/package.json', 'utf8'));

/** What replaces parts of Excalidraw. Turbopack keeps what a loader made, also for later builds, and does not see when the loader is another one: its options it sees. */
const LOADER_FILES = ['app/board/excalidraw-loader.mjs', 'app/board/excalidraw-words.mjs'];
const version = createHash('sha256')
  .update(LOADER_FILES.map((file) => readFileSync(file, 'utf8')).join())
  .digest('hex');
const excalidrawLoader = { loader: './app/board/excalidraw-loader.mjs', options: { version } };

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Two copies of Yjs in one process break its instanceof checks.
  serverExternalPackages: ['yjs'],
  // Nothing is fetched or resized on behalf of a page: an optimizer would be an open proxy.
  images: { unoptimized: true },
  env: { EXCALIDRAW_VERSION: excalidraw.version },
  turbopack: {
    resolveAlias: { '@excalidraw/mermaid-to-excalidraw': './app/board/no-mermaid.ts' },
    rules: {
      '**/@excalidraw/excalidraw/dist/prod/*.js': { loaders: [excalidrawLoader] },
      '**/@excalidraw/excalidraw/dist/prod/locales/zh-TW-*.js': { loaders: [excalidrawLoader] },
    },
  },
  // Types are checked once, by the check script, for the whole repository.
  typescript: { ignoreBuildErrors: true },
};

export default config;
