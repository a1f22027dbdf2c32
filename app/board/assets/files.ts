import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

// What whiteboards load besides the page: the fonts, out of the package that draws boards, so that no other server is asked for one; and the worker
// that cuts fonts to the letters of a picture.
// Invariant: only these files of that package can be asked for.

const PACKAGE = join(process.cwd(), 'node_modules/@excalidraw/excalidraw/dist/prod');

const TYPES: readonly (readonly [path: RegExp, type: string])[] = [
  [/^fonts\/[A-Za-z]{1,40}\/[\w-]{1,200}\.woff2$/, 'font/woff2'],
  [/^(?:subset-worker\.chunk|chunk-[A-Z0-9]{1,20})\.js$/, 'text/javascript; charset=utf-8'],
];

/** Of the worker: it compiles WebAssembly, and makes functions of text for that, away from the page and from every network. */
export const POLICY = "default-src 'none'; script-src 'self' 'unsafe-eval'";

export interface AssetFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Undefined when there is no such file. */
export async function assetFile(path: string): Promise<AssetFile | undefined> {
  const type = TYPES.find(([known]) => known.test(path))?.[1];
  if (type === undefined) return undefined;
  return readFile(join(/*turbopackIgnore: true*/ PACKAGE, path)).then(
    (bytes) => ({ type, bytes: new Uint8Array(bytes) }),
    () => undefined, // not a part of this version
  );
}
