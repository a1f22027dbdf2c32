import { REFUSALS } from '../lib/protocol/errors.ts';
import { UPLOAD_REFUSALS } from '../lib/protocol/upload.ts';

// What is counted, and one table of everything that is published of it: the exposition and docs/OPERATING.md are made from it.
// Invariant: counting is adding to a field. Whatever costs more happens when somebody asks, and no label ever names a document or a person.

/** Seconds of a commit: from a quick disk to one that something is wrong with. */
const COMMIT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
/** Seconds of a join or a merge: from a note to a book on a slow line. */
const WORK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const HISTOGRAMS = {
  commitSeconds: {
    name: 'inkroom_commit_seconds',
    text: 'From the append of an update to its being on disk, per room and batch.',
    buckets: COMMIT_BUCKETS,
  },
  joinSeconds: {
    name: 'inkroom_join_seconds',
    text: 'From a client’s first message about a document to that document being handed to its socket.',
    buckets: WORK_BUCKETS,
  },
  mergeSeconds: {
    name: 'inkroom_merge_seconds',
    text: 'One merge of a document’s log into its snapshot, when it succeeded.',
    buckets: WORK_BUCKETS,
  },
} as const;

/** With which a socket may be refused before the handshake. */
export type RefusedStatus = 400 | 401 | 403 | 404 | 429 | 503;

/** How long something took, counted by bounds. */
export class Histogram {
  readonly name: string;
  readonly text: string;
  /** Upper bounds, in seconds, ascending. */
  readonly buckets: readonly number[];
  /** How many were at most the bound with the same index, and above the one before; the last counts what is over all of them. */
  readonly counts: number[];
  sum = 0;

  constructor({ name, text, buckets }: { name: string; text: string; buckets: readonly number[] }) {
    this.name = name;
    this.text = text;
    this.buckets = buckets;
    this.counts = [...buckets, Number.POSITIVE_INFINITY].map(() => 0);
  }

  observe(seconds: number): void {
    let at = 0;
    while (at < this.buckets.length && seconds > (this.buckets[at] as number)) at++;
    this.counts[at] = (this.counts[at] as number) + 1;
    this.sum += seconds;
  }
}

/**
 * Passed to the parts of the server like the logger. One that nobody publishes costs nothing, so tests need no other kind.
 */
export class Metrics {
  connectionsOpened = 0;
  socketsDropped = 0;
  framesReceived = 0;
  bytesReceived = 0;
  bytesSent = 0;
  updatesAcknowledged = 0;
  presenceReceived = 0;
  presenceSent = 0;
  mergesFailed = 0;
  /** By code; those that never happened are 0, so that an alert on their rate has something to begin with. */
  readonly updatesRefused = zerosOf(REFUSALS);
  readonly connectionsRefused = zerosOf(REFUSALS);
  readonly documentsRefused = zerosOf(REFUSALS);
  readonly uploadsRefused = zerosOf(UPLOAD_REFUSALS);
  /** By HTTP status. */
  readonly upgradesRefused: Record<RefusedStatus, number> = { 400: 0, 401: 0, 403: 0, 404: 0, 429: 0, 503: 0 };
  /** `full` until a probe has found room; `failed` for good. */
  storage: 'ok' | 'full' | 'failed' = 'ok';
  readonly commitSeconds = new Histogram(HISTOGRAMS.commitSeconds);
  readonly joinSeconds = new Histogram(HISTOGRAMS.joinSeconds);
  readonly mergeSeconds = new Histogram(HISTOGRAMS.mergeSeconds);
}

/** What the server looks up when somebody asks. */
export interface Measured {
  readonly version: string;
  readonly connections: number;
  readonly sessions: number;
  readonly queuedBytes: number;
  readonly behind: number;
  readonly rooms: number;
  readonly unmergedBytes: number;
  readonly overdueSeconds: number;
  readonly leftovers: number;
  readonly documentTasks: number;
  readonly uploads: number;
  readonly uploadBytes: number;
  /** Milliseconds since the epoch; undefined without a certificate. */
  readonly certificateEndsAt: number | undefined;
}

/** One published metric that is read when somebody asks. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly text: string;
  /** With a label, `read` returns a number for each of its values; undefined for what there is not. */
  readonly label?: string;
  read(metrics: Metrics, measured: Measured): number | undefined | Readonly<Record<string, number>>;
}

const READ: readonly Metric[] = [
  {
    name: 'inkroom_build_info',
    type: 'gauge',
    text: '1 for the version that runs.',
    label: 'version',
    read: (_, { version }) => ({ [version]: 1 }),
  },
  gauge('inkroom_connections', 'Open sockets.', ({ connections }) => connections),
  gauge('inkroom_sessions', 'Clients in documents: a socket may carry many.', ({ sessions }) => sessions),
  gauge('inkroom_rooms', 'Open documents, those that were just left included.', ({ rooms }) => rooms),
  gauge(
    'inkroom_queued_bytes',
    'Bytes that sockets have not taken yet, all together.',
    ({ queuedBytes }) => queuedBytes,
  ),
  gauge('inkroom_readers_behind', 'Sockets with more waiting than a live connection may have.', ({ behind }) => behind),
  gauge(
    'inkroom_unmerged_bytes',
    'Bytes of open documents that lie in the log beside their snapshots.',
    ({ unmergedBytes }) => unmergedBytes,
  ),
  gauge(
    'inkroom_merge_overdue_seconds',
    'How long the log of an open document that has waited longest was due to be merged; 0 when none is. Joins grow while it rises.',
    ({ overdueSeconds }) => overdueSeconds,
  ),
  gauge(
    'inkroom_unmerged_documents',
    'Documents that nobody had open, with a log that is due to be merged, at the last look: every ten minutes. They are merged then, one after the other.',
    ({ leftovers }) => leftovers,
  ),
  gauge(
    'inkroom_document_tasks',
    'Merges, differences and readings that wait for a document thread or are in one.',
    ({ documentTasks }) => documentTasks,
  ),
  gauge('inkroom_uploads', 'Uploads that are stored.', ({ uploads }) => uploads),
  gauge('inkroom_upload_bytes', 'Bytes of the uploads that are stored.', ({ uploadBytes }) => uploadBytes),
  {
    name: 'inkroom_storage',
    type: 'gauge',
    text: '1 for the state that the storage is in: full refuses edits until there is room, failed needs the operator.',
    label: 'state',
    read: ({ storage }) => ({ ok: 0, full: 0, failed: 0, [storage]: 1 }),
  },
  gauge(
    'inkroom_certificate_end_timestamp_seconds',
    'When the certificate that is shown ends, in seconds since the epoch; only where there is one.',
    ({ certificateEndsAt }) => (certificateEndsAt === undefined ? undefined : certificateEndsAt / 1000),
  ),
  counter('inkroom_connections_opened_total', 'Sockets that were opened.', (metrics) => metrics.connectionsOpened),
  counter(
    'inkroom_sockets_dropped_total',
    'Sockets that were closed at once because there were too many, in all or of an address.',
    (metrics) => metrics.socketsDropped,
  ),
  counter('inkroom_frames_received_total', 'Frames from clients.', (metrics) => metrics.framesReceived),
  counter('inkroom_received_bytes_total', 'Bytes of those frames.', (metrics) => metrics.bytesReceived),
  counter('inkroom_sent_bytes_total', 'Bytes handed to sockets.', (metrics) => metrics.bytesSent),
  counter(
    'inkroom_updates_acknowledged_total',
    'Updates that are on disk, or held nothing new.',
    (metrics) => metrics.updatesAcknowledged,
  ),
  byLabel('code', 'inkroom_updates_refused_total', 'Updates that were refused.', (metrics) => metrics.updatesRefused),
  byLabel(
    'code',
    'inkroom_documents_refused_total',
    'Clients that were refused a document, or put out of it.',
    (metrics) => metrics.documentsRefused,
  ),
  byLabel(
    'code',
    'inkroom_connections_refused_total',
    'Sockets that the server ended.',
    (metrics) => metrics.connectionsRefused,
  ),
  byLabel('code', 'inkroom_uploads_refused_total', 'Uploads that were refused.', (metrics) => metrics.uploadsRefused),
  byLabel(
    'status',
    'inkroom_upgrades_refused_total',
    'Sockets that were refused before the handshake, by HTTP status.',
    (metrics) => metrics.upgradesRefused,
  ),
  counter('inkroom_presence_received_total', 'Presence messages from clients.', (metrics) => metrics.presenceReceived),
  counter('inkroom_presence_sent_total', 'Presence messages to clients.', (metrics) => metrics.presenceSent),
  counter(
    'inkroom_merges_failed_total',
    'Merges that failed. Nothing is lost; they are tried again.',
    (metrics) => metrics.mergesFailed,
  ),
];

export const METRICS = { read: READ, histograms: Object.values(HISTOGRAMS) };

function gauge(name: string, text: string, read: (measured: Measured) => number | undefined): Metric {
  return { name, type: 'gauge', text, read: (_, measured) => read(measured) };
}

function counter(name: string, text: string, read: (metrics: Metrics) => number): Metric {
  return { name, type: 'counter', text, read };
}

function byLabel(
  label: string,
  name: string,
  text: string,
  read: (metrics: Metrics) => Readonly<Record<string, number>>,
): Metric {
  return { name, type: 'counter', text, label, read };
}

function zerosOf<Code extends string>(table: Readonly<Record<Code, unknown>>): Record<Code, number> {
  return Object.fromEntries(Object.keys(table).map((code) => [code, 0])) as Record<Code, number>;
}
