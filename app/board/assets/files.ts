import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

// The fonts of whiteboards, out of the package that draws them, so that no other server is asked for one.
// Invariant: only fonts of that package can be asked for.

const PACKAGE = join(process.cwd(), 'node_modules/@excalidraw/excalidraw/dist/prod');

const FONT_FILE = /^fonts\/[A-Za-z]{1,40}\/[\w-]{1,200}\.woff2$/;

/** Undefined when there is no such file. */
export async function assetFile(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!FONT_FILE.test(path)) return undefined;
  return readFile(join(/*turbopackIgnore: true*/ PACKAGE, path)).then(
    (bytes) => new Uint8Array(bytes),
    () => undefined, // not a part of this version
  );
}
