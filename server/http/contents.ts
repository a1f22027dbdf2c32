import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Documents } from '../documents/documents.ts';
import { LIMITS } from '../limits.ts';
import type { Line } from '../line.ts';
import type { DocumentInfo, Log, StoredDocument } from '../log/log.ts';
import { VERSION } from '../version.ts';
import { HttpError, sendBytes, unavailable } from './respond.ts';

// GET /api/documents/<name>/content: a document as its readers get it; /state: all of it; /boards/<board>.svg: what is drawn on one of its boards.
// Invariant: a document is opened once for all who ask for it at a time, and not again while nothing was written. An answer is as new as
// the log, unless the request itself allows an older one (Cache-Control: max-age).

export interface ContentsOptions {
  readonly log: Log;
  readonly documents: Documents;
  /** The line of all who are to be sent a document. */
  readonly line: Line;
}

/** What is read of a document: its text as HTML, all of it as one update, or one of its boards. */
export type Part = 'html' | 'state' | { readonly board: string };

interface Content {
  readonly tag: string;
  /** When its document came about: one of the same name may have come since. */
  readonly createdAt: number;
  readonly body: Uint8Array;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

export class Contents {
  readonly #log: Log;
  readonly #documents: Documents;
  /** By document and part; who was read last comes last. */
  readonly #kept = new Map<string, Content>();
  #keptBytes = 0;
  /** By tag, so that who comes after a new edit does not get what is being made without it. */
  readonly #making = new Map<string, Promise<Content>>();

  readonly #line: Line;

  constructor({ log, documents, line }: ContentsOptions) {
    this.#line = line;
    this.#log = log;
    this.#documents = documents;
  }

  /** Rejects with HttpError: 413 for a document that is too long, 503 for one that cannot be read now. */
  async send(
    request: IncomingMessage,
    response: ServerResponse,
    { info, part }: { info: DocumentInfo; part: Part },
  ): Promise<void> {
    const { tag, body } = await this.#find(info, part, maxAgeOf(request));
    const headers = { ETag: tag, 'Cache-Control': 'private, no-cache' };
    if (tagsOf(request).includes(tag)) {
      response.writeHead(304, headers).end();
      return;
    }
    const turn = this.#line.turn(body.length);
    if (turn) await turn;
    sendBytes(response, body, { ...headers, ...(typeof part === 'string' ? HEADERS[part] : PICTURE_HEADERS) });
  }

  #find(info: DocumentInfo, part: Part, maxAge: number): Content | Promise<Content> {
    const key = keyOf(info, part);
    const tag = tagOf(info, part, info.sequence);
    const kept = this.#kept.get(key);
    if (kept?.createdAt === info.createdAt && (kept.tag === tag || performance.now() - kept.at <= maxAge)) {
      this.#keep(key, kept);
      return kept;
    }
    const making = this.#making.get(tag);
    if (making) return making;
    if (this.#making.size >= LIMITS.contentsAtOnce) {
      throw new HttpError(503, 'busy', 'Too many documents are being read.', { headers: { 'Retry-After': '1' } });
    }
    const made = this.#make(info, part).finally(() => this.#making.delete(tag));
    this.#making.set(tag, made);
    return made;
  }

  async #make(info: DocumentInfo, part: Part): Promise<Content> {
    let stored: StoredDocument;
    let body: Uint8Array | undefined;
    try {
      stored = await this.#log.load(info.name);
      const isTooLong = part !== 'state' && bytesOf(stored) > LIMITS.contentBytes; // which would have to be opened
      body = isTooLong ? undefined : await this.#read(stored, part);
    } catch (error) {
      throw unavailable(error);
    }
    if (!body) throw new HttpError(413, 'too-large', 'The document is too long to be read like this.');
    const content = { tag: tagOf(info, part, stored.sequence), createdAt: info.createdAt, body, at: performance.now() };
    this.#keep(keyOf(info, part), content);
    return content;
  }

  #read(stored: StoredDocument, part: Part): Promise<Uint8Array | undefined> {
    switch (part) {
      case 'html':
        return this.#documents.content(stored);
      case 'state':
        return this.#documents.merge(stored);
      default:
        return this.#documents.picture(stored, part.board);
    }
  }

  #keep(key: string, content: Content): void {
    this.#forget(key);
    this.#kept.set(key, content);
    this.#keptBytes += content.body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= LIMITS.contentsBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#keptBytes -= this.#kept.get(key)?.body.length ?? 0;
    this.#kept.delete(key);
  }
}

const HEADERS = {
  html: { 'Content-Type': 'application/json; charset=utf-8' },
  state: { 'Content-Type': 'application/octet-stream' },
};

/** A picture that was opened as a page of its own would be one of this server: it runs nothing and loads nothing there either. */
const PICTURE_HEADERS = {
  'Content-Type': 'image/svg+xml; charset=utf-8',
  'Content-Disposition': 'inline; filename="whiteboard.svg"',
  'Content-Security-Policy': "default-src 'none'; img-src data:; sandbox",
};

/** No name of a board has a slash in it. */
function keyOf({ name }: DocumentInfo, part: Part): string {
  return `${typeof part === 'string' ? part : `board ${part.board}`}/${name}`;
}

/** A document that was deleted and written again has the old sequence numbers; another version may write other HTML. */
function tagOf(info: DocumentInfo, part: Part, sequence: number): string {
  return `"${encodeURIComponent(keyOf(info, part))}/${info.createdAt.toString(36)}/${sequence}/${VERSION}"`;
}

function tagsOf({ headers }: IncomingMessage): string[] {
  return (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}

/** Milliseconds by which an answer may be older than the log; -1: it may not. */
function maxAgeOf({ headers }: IncomingMessage): number {
  const seconds = /(?:^|[\s,])max-age=(\d{1,6})(?:$|[\s,])/.exec(headers['cache-control'] ?? '')?.[1];
  return seconds === undefined ? -1 : Number(seconds) * 1_000;
}

function bytesOf({ snapshot, updates }: StoredDocument): number {
  let bytes = 0;
  for (const piece of [...snapshot, ...updates]) bytes += piece.length;
  return bytes;
}
