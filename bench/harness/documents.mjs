// Large documents with a real history: a recorded session of one person writing a blog post (tests/fixtures/traces), typed again
// and again by other people below what is there, until the document has the wanted size. Made once, kept in .cache.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import { TEXT } from './inputs.mjs';

const TRACE = new URL('../../tests/fixtures/traces/seph-blog1.json.gz', import.meta.url);
const CACHE = new URL('../.cache/documents/', import.meta.url);
const PART_EDITS = 20_000; // edits in one update on the way in: well under any server's frame limit
const PAGE_EDITS = 5_000;
const VERSION = 2; // of what is made here: raise it when that changes, or the cache serves the old
const FIRST_AUTHOR = 2_000_000;
const MERGED = 0.9; // what is left of the updates' size when they are merged into one

/**
 * @typedef {object} StoredInput
 * @property {string} file where `whole` lies
 * @property {Uint8Array} whole the document as one V1 update
 * @property {Uint8Array[]} parts the same as several updates, in order
 * @property {() => Y.Doc} doc opens it
 */

/** A document of about `megabytes` million bytes. @returns {Promise<StoredInput>} */
export function largeDocument(megabytes) {
  return cached(`${megabytes}mb-${VERSION}`, (edits) => typed(edits, PART_EDITS, (megabytes * 1e6) / MERGED));
}

/** A page of text with the history of its making: some kilobytes. @returns {Promise<StoredInput>} */
export function page() {
  return cached(`page-${VERSION}`, (edits) => typed(edits.slice(0, PAGE_EDITS), PAGE_EDITS, 1));
}

async function cached(name, make) {
  const directory = new URL(`${name}/`, CACHE);
  const file = new URL('whole', directory);
  const partNames = async () => (await readdir(directory)).filter((each) => each.startsWith('part-')).sort();
  const complete = await readFile(file).catch(() => undefined); // written last: when it is there, all is
  if (!complete) {
    const { whole, parts } = make(await recordedEdits());
    await mkdir(directory, { recursive: true });
    for (const [i, part] of parts.entries()) {
      await writeFile(new URL(`part-${String(i).padStart(4, '0')}`, directory), part);
    }
    await writeFile(file, whole);
  }
  const whole = complete ?? (await readFile(file));
  const parts = await Promise.all((await partNames()).map((part) => readFile(new URL(part, directory))));
  return {
    file: file.pathname,
    whole,
    parts,
    doc() {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, whole);
      return doc;
    },
  };
}

/** Every `[position, deleted, inserted]` of the session, in order. */
async function recordedEdits() {
  const { txns } = JSON.parse(gunzipSync(await readFile(TRACE)).toString());
  return txns.flatMap(({ patches }) => patches);
}

/** Types `edits`, `partEdits` to an update, from the start again by a new author when they end, until there are `bytes`. */
function typed(edits, partEdits, bytes) {
  const doc = new Y.Doc();
  const text = doc.getText(TEXT);
  const parts = [];
  doc.on('update', (update) => parts.push(update));
  let size = 0;
  for (let author = 0; size < bytes; author++) {
    doc.clientID = FIRST_AUTHOR + author;
    const below = text.length;
    for (let i = 0; i < edits.length && size < bytes; i += partEdits) {
      doc.transact(() => {
        for (const [position, deleted, inserted] of edits.slice(i, i + partEdits)) {
          if (deleted > 0) text.delete(below + position, deleted);
          if (inserted) text.insert(below + position, inserted);
        }
      });
      size += parts.at(-1).length;
    }
  }
  return { whole: Y.encodeStateAsUpdate(doc), parts };
}
