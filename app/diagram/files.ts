import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

// What the frame is made of in which diagrams are drawn: a page of its own, with nothing in it but Mermaid.
// Invariant: whatever a diagram's source makes Mermaid do, it happens in an origin of its own, without network, storage or a way to the page
// around it; and only files of the list below can be asked for.

const FOLDERS = {
  frame: join(process.cwd(), 'app/diagram'),
  mermaid: join(process.cwd(), 'node_modules/mermaid/dist'),
};

/** Mermaid's entry and its parts, of which a browser loads those for the kind of diagram it draws. */
const MERMAID_FILE = /^mermaid\/((?:chunks\/mermaid\.esm\.min\/)?[\w.-]+\.mjs)$/;

export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'", // Mermaid measures with the styles that it writes into the picture
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-scripts',
].join('; ');

/** The page. Its scripts have the version in their address, and are kept for good. */
export async function framePage(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(FOLDERS.mermaid, '../package.json'), 'utf8')) as {
    version: string;
  };
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Diagram</title><script type="module" src="/diagram/${version}/frame.mjs"></script></html>`;
}

/** One of the frame's scripts; undefined when there is no such file. */
export async function frameFile(path: string): Promise<string | undefined> {
  const mermaid = MERMAID_FILE.exec(path)?.[1];
  if (path !== 'frame.mjs' && mermaid === undefined) return undefined;
  const file =
    mermaid === undefined ? join(FOLDERS.frame, 'frame.mjs') : join(/*turbopackIgnore: true*/ FOLDERS.mermaid, mermaid);
  return readFile(file, 'utf8').catch(() => undefined); // not a part of this version
}
