import type { DocumentKind } from '../lib/convert/kinds.ts';

// The document list of the sync server, as the page asks for it. JSON stops here: what comes out has been checked.

/** Where the sync server listens, on the page's own host. */
export const SYNC_PATH = '/sync';

export interface DocumentInfo {
  name: string;
  /** '' when it has none. */
  title: string;
  /** Undefined where only the server would know. */
  kind: DocumentKind | undefined;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

/** The server answered, and said no; or it did not answer in time or at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, options?: { cause?: unknown }) {
    super(status === 0 ? 'The server did not answer.' : `The server answered ${status}.`, options);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** Milliseconds to wait for an answer: a slow phone network fits. */
const ANSWER_MS = 15_000;

/** Newest change first. Throws ApiError. */
export async function listDocuments(
  range: { offset: number; limit: number },
  signal?: AbortSignal,
): Promise<DocumentInfo[]> {
  const body = await request(`/api/documents?limit=${range.limit}&offset=${range.offset}`, {}, signal);
  const { documents } = body;
  return Array.isArray(documents) ? documents.map(readInfo).filter((info) => info !== undefined) : [];
}

/** Resolves to the new document's name. Throws ApiError. */
export async function createDocument(kind: DocumentKind): Promise<string> {
  const body = await request('/api/documents', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind }),
  });
  if (typeof body.name !== 'string' || body.name === '') throw new ApiError(502);
  return body.name;
}

/** Throws ApiError, with status 404 when there is no such document. */
export async function findDocument(name: string, signal?: AbortSignal): Promise<DocumentInfo> {
  const info = readInfo(await request(`/api/documents/${encodeURIComponent(name)}`, {}, signal));
  if (!info) throw new ApiError(502);
  return info;
}

export type Backlink = Pick<DocumentInfo, 'name' | 'title'>;

/** The documents that mention this one. Throws ApiError. */
export async function listBacklinks(name: string, signal?: AbortSignal): Promise<Backlink[]> {
  const { documents } = await request(`/api/documents/${encodeURIComponent(name)}/backlinks`, {}, signal);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((value: unknown) => {
    if (typeof value !== 'object' || value === null) return [];
    const { name, title } = value as Record<string, unknown>;
    return typeof name === 'string' ? [{ name, title: typeof title === 'string' ? title : '' }] : [];
  });
}

export function documentPath(name: string): string {
  return `/d/${encodeURIComponent(name)}`;
}

async function request(path: string, init: RequestInit, signal?: AbortSignal): Promise<Record<string, unknown>> {
  const signals = [AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : [])];
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, { ...init, cache: 'no-store', signal: AbortSignal.any(signals) });
    body = response.ok ? await response.json() : undefined;
  } catch (cause) {
    throw new ApiError(0, { cause });
  }
  if (!response.ok) throw new ApiError(response.status);
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

function readInfo(value: unknown): DocumentInfo | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, title, kind, createdAt, updatedAt } = value as Record<string, unknown>;
  if (typeof name !== 'string' || typeof createdAt !== 'number' || typeof updatedAt !== 'number') return undefined;
  return {
    name,
    title: typeof title === 'string' ? title : '',
    kind: kind === 'board' ? 'board' : 'text',
    createdAt,
    updatedAt,
  };
}
