import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isBoardName } from '../../lib/convert/board-name.ts';
import { type DocumentKind, KINDS, TITLE_LENGTH } from '../../lib/convert/kinds.ts';
import { ProtocolError, REFUSALS } from '../../lib/protocol/errors.ts';
import { documentName as checkName } from '../../lib/protocol/names.ts';
import type { Documents, Summary } from '../documents/documents.ts';
import type { Line } from '../line.ts';
import { type DocumentInfo, type Log, LogError } from '../log/log.ts';
import type { Access } from './access.ts';
import { Backlinks } from './backlinks.ts';
import { Contents, type Part } from './contents.ts';
import { HttpError, readJson, sendJson, unavailable } from './respond.ts';

// /api/documents: what pages, tests, backups and scripts ask about documents. It serves what is on disk, nothing else.

/** What can be asked for of one document. */
const PART = /\/(?:state|content|backlinks|boards\/([^/]*)\.svg)$/;
/** Documents in one answer of the list. */
const LIST_LIMIT = 100;
/** Summaries kept in memory: a few megabytes at most. */
const SUMMARIES_KEPT = 10_000;

interface Listed extends Summary {
  name: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  updatedAt: number;
  /** The stored bytes could not be read; nothing of the document is served until the operator has looked. */
  damaged?: true;
}

export interface DocumentsApiOptions {
  readonly log: Log;
  readonly documents: Documents;
  readonly access: Access;
  readonly line: Line;
}

export class DocumentsApi {
  readonly #log: Log;
  readonly #documents: Documents;
  readonly #access: Access;
  readonly #contents: Contents;
  readonly #backlinks: Backlinks;
  /** By document, right for one sequence number; the oldest fall out. */
  readonly #summaries = new Map<string, { sequence: number; summary: Summary }>();
  /** What is being looked up, by document and sequence number: once for all who ask meanwhile. */
  readonly #summarizing = new Map<string, Promise<Summary>>();

  constructor({ log, documents, access, line }: DocumentsApiOptions) {
    this.#log = log;
    this.#documents = documents;
    this.#access = access;
    this.#contents = new Contents({ log, documents, line });
    this.#backlinks = new Backlinks({ log, documents });
  }

  /** Handles what lies below /api/documents. Throws HttpError. `rest` is the undecoded path after that. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    rest: string,
    query: URLSearchParams,
  ): Promise<void> {
    const { method } = request;
    if (rest === '' || rest === '/') {
      this.#access.requireOverview(request);
      if (isRead(method)) return sendJson(response, 200, { documents: await this.#list(query) });
      if (method === 'POST') return sendJson(response, 201, await this.#create(await readJson(request)));
      throw methodNotAllowed('GET, HEAD, POST');
    }
    if (!isRead(method)) throw methodNotAllowed('GET, HEAD');
    const [part, board] = PART.exec(rest) ?? [];
    const name = nameOf(rest.slice(1, rest.length - (part?.length ?? 0)));
    await this.#access.requireReading(request, name);
    const info = await this.#log.info(name);
    if (!info) throw new HttpError(404, 'not-found', 'There is no such document.');
    if (board !== undefined) return this.#contents.send(request, response, { info, part: boardOf(board) });
    switch (part) {
      case '/state':
        return this.#contents.send(request, response, { info, part: 'state' });
      case '/content':
        return this.#contents.send(request, response, { info, part: formatOf(query.get('format')) });
      case '/backlinks':
        return sendJson(response, 200, { documents: await this.#backlinksOf(request, name) });
      default:
        sendJson(response, 200, await this.#describe(info));
    }
  }

  /** Only those that the asker may read. */
  async #backlinksOf(request: IncomingMessage, name: string): Promise<Listed[]> {
    const found: Listed[] = [];
    for (const info of await this.#backlinks.of(name)) {
      const open = await this.#access.requireReading(request, info.name).then(
        () => true,
        () => false,
      );
      if (open) found.push(await this.#describe(info));
    }
    return found;
  }

  async #list(query: URLSearchParams): Promise<Listed[]> {
    const limit = boundedInteger(query.get('limit'), LIST_LIMIT, LIST_LIMIT);
    const offset = boundedInteger(query.get('offset'), 0, Number.MAX_SAFE_INTEGER);
    const infos = await this.#log.list({ limit, offset });
    return Promise.all(infos.map((info) => this.#describe(info)));
  }

  async #create(body: Record<string, unknown>): Promise<Summary & { name: string }> {
    const title = body.title ?? '';
    if (typeof title !== 'string' || title.length > TITLE_LENGTH) {
      throw new HttpError(400, 'bad-title', `A title is text of at most ${TITLE_LENGTH} characters.`);
    }
    const kind = kindOf(body.kind ?? 'text');
    const name = randomBytes(12).toString('base64url'); // 96 bits: not to be guessed, short enough for a link
    try {
      const { newDocument } = await import('../../lib/convert/new-document.ts'); // Yjs: a fifth of the start, for those who never make one
      await this.#log.append(name, [newDocument({ title, kind })]);
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'full') throw error;
      throw new HttpError(507, 'storage-full', REFUSALS['storage-full'].text, { cause: error });
    }
    return { name, title, kind };
  }

  async #describe(info: DocumentInfo): Promise<Listed> {
    const { name, createdAt, updatedAt } = info;
    const known = this.#summaries.get(name);
    if (known?.sequence === info.sequence) return { name, ...known.summary, createdAt, updatedAt };
    try {
      return { name, ...(await this.#summaryOf(info)), createdAt, updatedAt };
    } catch (error) {
      if (error instanceof LogError && error.code !== 'damaged') throw unavailable(error);
      return { name, title: '', kind: 'text', createdAt, updatedAt, damaged: true };
    }
  }

  #summaryOf({ name, createdAt, sequence }: DocumentInfo): Promise<Summary> {
    const key = `${createdAt}/${sequence}/${name}`;
    const asked = this.#summarizing.get(key);
    if (asked) return asked;
    const summary = this.#summarize(name).finally(() => this.#summarizing.delete(key));
    this.#summarizing.set(key, summary);
    return summary;
  }

  async #summarize(name: string): Promise<Summary> {
    const stored = await this.#log.load(name);
    const summary = await this.#documents.summary(stored);
    this.#summaries.delete(name);
    this.#summaries.set(name, { sequence: stored.sequence, summary });
    const [oldest] = this.#summaries.keys();
    if (this.#summaries.size > SUMMARIES_KEPT && oldest !== undefined) this.#summaries.delete(oldest);
    return summary;
  }
}

function isRead(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD';
}

export function methodNotAllowed(allowed: string): HttpError {
  return new HttpError(405, 'method-not-allowed', `Use ${allowed} here.`, { headers: { Allow: allowed } });
}

/** Throws HttpError. */
function kindOf(value: unknown): DocumentKind {
  const kind = KINDS.find((known) => known === value);
  if (!kind) throw new HttpError(400, 'bad-kind', `A kind is one of: ${KINDS.join(', ')}.`);
  return kind;
}

/** Throws HttpError. */
function formatOf(value: string | null): Part {
  if (value !== 'html') throw new HttpError(400, 'bad-query', 'Say which format: html.');
  return value;
}

/** Throws HttpError. */
function boardOf(name: string): Part {
  if (!isBoardName(name)) throw new HttpError(404, 'not-found', 'No board can be called that.');
  return { board: name };
}

/** Throws HttpError. */
export function nameOf(encoded: string): string {
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch (error) {
    throw new HttpError(400, 'bad-name', 'the document name is not valid percent-encoding', { cause: error });
  }
  return documentName(name);
}

/** Throws HttpError. */
export function documentName(name: string): string {
  try {
    return checkName(name);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new HttpError(400, 'bad-name', error.message, { cause: error });
  }
}

function boundedInteger(text: string | null, fallback: number, most: number): number {
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text)) throw new HttpError(400, 'bad-query', 'limit and offset are whole numbers.');
  return Math.min(Number(text), most);
}
