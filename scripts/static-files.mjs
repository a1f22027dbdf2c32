// The files of the page's build, whose names change with their content: read, compressed and kept the first time somebody asks. Next would compress
// them anew for everybody: some thirty files and 0.1 s of processor for one page.
// Invariant: only what the build has made can be asked for.

import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** What compresses, and as what it is served. Fonts and pictures are compressed already. @type {Record<string, string>} */
const TEXTS = {
  '.js': 'application/javascript; charset=UTF-8',
  '.css': 'text/css; charset=UTF-8',
};

/**
 * Browsers compile a function when it is first called, on the thread that draws the page. Chromium compiles a script that begins like this as a whole, on
 * another thread, while it comes; to the others it is a comment.
 */
const HINT = Buffer.from('//# allFunctionsCalledOnLoad\n');

/**
 * @param {string} folder `.next/static`, complete
 * @param {Promise<ReadonlySet<string>>} hinted addresses of the scripts of which most is run as soon as they are there. Must settle
 * @returns {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean} whether it answers
 */
export function staticFiles(folder, hinted) {
  const files = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && extname(entry.name) in TEXTS)
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/_next/static/${relative(folder, path).split(sep).join('/')}`, path]),
  );
  /** By address. @type {Map<string, Promise<Buffer>>} */
  const plain = new Map();
  /** The same, compressed. @type {Map<string, Promise<Buffer>>} */
  const zipped = new Map();

  return (request, response) => {
    const url = request.url ?? '';
    const path = request.method === 'GET' ? files.get(url) : undefined;
    if (path === undefined) return false;
    const zip = takesGzip(request.headers['accept-encoding'] ?? '');
    const made = keep(zip ? zipped : plain, url, async () => {
      const [file, hints] = await Promise.all([readFile(path), hinted]);
      const bytes = hints.has(url) ? Buffer.concat([HINT, file]) : file;
      return zip ? promisify(gzip)(bytes) : bytes;
    });
    made.then(
      (bytes) => {
        response.writeHead(200, {
          'Content-Type': TEXTS[extname(path)],
          'Content-Length': bytes.length,
          'Cache-Control': 'public, max-age=31536000, immutable',
          Vary: 'Accept-Encoding',
          ...(zip ? { 'Content-Encoding': 'gzip' } : {}),
        });
        response.end(bytes);
      },
      () => response.destroy(), // the build went away under us
    );
    return true;
  };
}

/** @param {Map<string, Promise<Buffer>>} kept @param {string} url @param {() => Promise<Buffer>} make */
function keep(kept, url, make) {
  const known = kept.get(url);
  if (known) return known;
  const made = make();
  kept.set(url, made);
  made.catch(() => kept.delete(url));
  return made;
}

/** @param {string} accepted as in RFC 9110 section 12.5.3 */
function takesGzip(accepted) {
  return accepted
    .toLowerCase()
    .split(',')
    .map((offer) => offer.replaceAll(' ', '').split(';'))
    .some(([name, quality]) => name === 'gzip' && !/^q=0(\.0*)?$/.test(quality ?? ''));
}
