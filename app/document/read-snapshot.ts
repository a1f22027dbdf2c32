import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { headers } from 'next/headers';
import { isRecord } from '../../lib/person/person.ts';
import { leave } from './hand-over.ts';
import type { Snapshot } from './snapshot.ts';

// The document as it was stored last, asked of the sync server while the page is rendered.
// Invariant: the server is asked in the visitor's name, with what the visitor showed; and the page does not wait long: without an answer it
// goes on as if there were none, and its script asks again.

/** Milliseconds to wait: beyond, a skeleton now is better than the text later. */
const PATIENCE_MS = 1_200;
/** Bytes of an answer. Longer documents come with the script. */
const MOST_BYTES = 8 * 1024 * 1024;
/**
 * Seconds that the text may be behind: a document that is being typed in need not be opened for each visitor. No more than a moment: somebody who
 * writes a first line and sends the address must not be told of an empty page.
 */
const MAX_AGE_S = 1;
/** Of the visitor's headers, those that say who it is and where from. */
const PASSED_ON = ['host', 'cookie', 'authorization', 'x-forwarded-for'];

/** `undefined`: not to be had now, for whatever reason. */
export async function readSnapshot(name: string): Promise<Snapshot | 'missing' | undefined> {
  const visitor = await headers();
  const server = visitor.get('x-inkroom-server');
  if (server === null || !URL.canParse(server)) return undefined; // not behind the sync server
  const passed: Record<string, string> = { 'cache-control': `max-age=${MAX_AGE_S}` };
  for (const header of PASSED_ON) {
    const value = visitor.get(header);
    if (value !== null) passed[header] = value;
  }
  try {
    const url = new URL(`/api/documents/${encodeURIComponent(name)}/content?format=html`, server);
    const { status, body } = await ask(url, passed);
    if (status === 404) return 'missing';
    return status === 200 ? snapshotOf(JSON.parse(body), visitor.get('sec-fetch-dest') === 'document') : undefined;
  } catch {
    return undefined; // no answer in time, or none that can be read: the page says what is wrong, if it stays so
  }
}

/** `isPage`: a browser asks for HTML, and not a page that is there already for the next one. */
function snapshotOf(value: unknown, isPage: boolean): Snapshot | undefined {
  if (!isRecord(value) || typeof value.title !== 'string' || typeof value.html !== 'string') return undefined;
  const { title, html } = value;
  const kind = value.kind === 'board' ? 'board' : 'text';
  return { title, kind, text: isPage ? { ticket: leave(html) } : { html } };
}

function ask(url: URL, passed: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const answered = async (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8');
      for await (const text of response) {
        body += text;
        if (body.length > MOST_BYTES) throw new Error('too long');
      }
      return { status: response.statusCode ?? 0, body };
    };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const options = { headers: passed, signal };
    const take = (response: IncomingMessage) => void answered(response).then(resolve, reject);
    // This machine's own server, whose certificate names the address that people know.
    const request =
      url.protocol === 'https:'
        ? httpsGet(url, { ...options, rejectUnauthorized: false }, take)
        : httpGet(url, options, take);
    request.on('error', reject);
  });
}
