import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Documents } from '../documents/documents.ts';
import { LIMITS } from '../limits.ts';
import type { DocumentInfo, Log, StoredDocument } from '../log/log.ts';
import { VERSION } from '../version.ts';
import { HttpError, sendBytes, unavailable } from './respond.ts';

// GET /api/documents/<name>/content: a document as its readers get it.
// Invariant: a document is opened once for all who ask for it at a time, and not again while nothing was written. An answer is as new as
// the log, unless the request itself allows an older one (Cache-Control: max-age).

export interface ContentsOptions {
  readonly log: Log;
  readonly documents: Documents;
}

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
  /** By document; who was read last comes last. */
  readonly #kept = new Map<string, Content>();
  #keptBytes = 0;
  /** By tag, so that who comes after a new edit does not get what is being made without it. */
  readonly #making = new Map<string, Promise<Content>>();

  constructor({ log, documents }: ContentsOptions) {
    this.#log = log;
    this.#documents = documents;
  }

  /** Rejects with HttpError: 400 for an unknown format, 413 for a document that is too long, 503 for one that cannot be read now. */
  async send(
    request: IncomingMessage,
    response: ServerResponse,
    { info, format }: { info: DocumentInfo; format: string | null },
  ): Promise<void> {
    if (format !== 'html') throw new HttpError(400, 'bad-query', 'Say which format: html.');
    const { tag, body } = await this.#find(info, maxAgeOf(request));
    const headers = { ETag: tag, 'Cache-Control': 'private, no-cache' };
    if (tagsOf(request).includes(tag)) {
      response.writeHead(304, headers).end();
      return;
    }
    sendBytes(response, body, { ...headers, 'Content-Type': 'application/json; charset=utf-8' });
  }

  #find(info: DocumentInfo, maxAge: number): Content | Promise<Content> {
    const { name } = info;
    const tag = tagOf(info, info.sequence);
    const kept = this.#kept.get(name);
    if (kept?.createdAt === info.createdAt && (kept.tag === tag || performance.now() - kept.at <= maxAge)) {
      this.#keep(name, kept);
      return kept;
    }
    const making = this.#making.get(tag);
    if (making) return making;
    if (this.#making.size >= LIMITS.contentsAtOnce) {
      throw new HttpError(503, 'busy', 'Too many documents are being read.', { headers: { 'Retry-After': '1' } });
    }
    const made = this.#make(info).finally(() => this.#making.delete(tag));
    this.#making.set(tag, made);
    return made;
  }

  async #make(info: DocumentInfo): Promise<Content> {
    let stored: StoredDocument;
    let body: Uint8Array | undefined;
    try {
      stored = await this.#log.load(info.name);
      body = bytesOf(stored) > LIMITS.contentBytes ? undefined : await this.#documents.content(stored);
    } catch (error) {
      throw unavailable(error);
    }
    if (!body) throw new HttpError(413, 'too-large', 'The document is too long to be read like this.');
    const content = { tag: tagOf(info, stored.sequence), createdAt: info.createdAt, body, at: performance.now() };
    this.#keep(info.name, content);
    return content;
  }

  #keep(name: string, content: Content): void {
    this.#forget(name);
    this.#kept.set(name, content);
    this.#keptBytes += content.body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= LIMITS.contentsBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    this.#keptBytes -= this.#kept.get(name)?.body.length ?? 0;
    this.#kept.delete(name);
  }
}

/** A document that was deleted and written again has the old sequence numbers; another version may write other HTML. */
function tagOf({ name, createdAt }: DocumentInfo, sequence: number): string {
  return `"${encodeURIComponent(name)}/${createdAt.toString(36)}/${sequence}/${VERSION}"`;
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
