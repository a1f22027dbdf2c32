import { WebSocket } from 'ws';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import { decodeServerFrame, encodeClientFrame, PING_FRAME } from '../../lib/protocol/hocuspocus.ts';
import { STEP1, STEP2 } from '../../lib/protocol/sync.ts';
import { TimedOut } from './answer.ts';
import { doubtful, type Finding, good, type Report, wrong } from './finding.ts';
import { originOf, type Place, socketUrl } from './place.ts';
import { connectionProblem, type Refusal, refusalProblem, upgradeProblem } from './problems.ts';

// Real WebSockets through the public URL, opened as a browser does: the handshake, a document in both dialects, the way there and back.

/** Pings whose median is the latency. */
const PINGS = 5;
/** Milliseconds from which on people notice that others' letters come late. */
const SLOW_MS = 300;

/** One document in the dialect of y-websocket. Resolves false when there is no use in trying the other one. */
export async function checkYWebsocket(place: Place, report: Report): Promise<boolean> {
  const query = place.token === '' ? '' : `?token=${encodeURIComponent(place.token)}`;
  const socket = await openSocket(place, `/sync/${encodeURIComponent(place.document)}${query}`, report);
  if (!socket) return false;
  try {
    const asked = performance.now();
    socket.send(Uint8Array.of(SYNC, STEP1, EMPTY_STATE_VECTOR.length, ...EMPTY_STATE_VECTOR));
    await socket.until((frame) => frame[0] === SYNC && frame[1] === STEP2);
    report(good(`A y-websocket client gets its document, in ${Math.round(performance.now() - asked)} ms.`));
    return true;
  } catch (error) {
    report(conversationProblem(error, place));
    return false;
  } finally {
    socket.close();
  }
}

/** One document in the dialect of Hocuspocus, and how long a frame takes there and back. */
export async function checkHocuspocus(place: Place, report: Report): Promise<void> {
  const { document, token } = place;
  const socket = await openSocket(place, '/sync', report);
  if (!socket) return;
  try {
    const asked = performance.now();
    socket.send(encodeClientFrame(document, { type: 'auth', token, version: undefined }));
    socket.send(encodeClientFrame(document, { type: 'step1', stateVector: EMPTY_STATE_VECTOR }));
    await socket.until((frame) => {
      const decoded = decodeServerFrame(frame);
      if (decoded.key === undefined) return false;
      if (decoded.message.type === 'denied') throw new Refused(decoded.message.reason);
      return decoded.message.type === 'step2';
    });
    report(good(`A Hocuspocus client gets its document, in ${Math.round(performance.now() - asked)} ms.`));
    report(latencyFinding(await latencyOf(socket)));
  } catch (error) {
    report(conversationProblem(error, place));
  } finally {
    socket.close();
  }
}

/** Whether a silent socket lives: the server says something every 20 s, and a proxy with less patience cuts every reader off. */
export async function checkSilence(place: Place, seconds: number, report: Report): Promise<void> {
  const socket = await openSocket(
    place,
    `/sync/${encodeURIComponent(place.document)}?token=${encodeURIComponent(place.token)}`,
    report,
  );
  if (!socket) return;
  socket.send(Uint8Array.of(SYNC, STEP1, EMPTY_STATE_VECTOR.length, ...EMPTY_STATE_VECTOR));
  const asked = performance.now();
  try {
    await socket.until(() => false, seconds * 1000);
  } catch (error) {
    if (error instanceof TimedOut) {
      report(good(`A silent socket was still open after ${seconds} s.`));
      return;
    }
    report(
      wrong(
        `A silent socket was cut off after ${Math.round((performance.now() - asked) / 1000)} s.`,
        'Give the proxy an idle timeout of a minute or more: nginx proxy_read_timeout, HAProxy timeout tunnel.',
      ),
    );
  } finally {
    socket.close();
  }
}

/** A page of another site must not get a socket. */
export async function checkForeignOrigin(place: Place, report: Report): Promise<void> {
  const socket = await Conversation.open(place, '/sync', 'https://elsewhere.invalid').catch(() => undefined);
  socket?.close();
  report(
    socket
      ? doubtful(
          'Pages of other sites may open sockets here.',
          'Unless that is meant so: let the proxy pass on the Origin as the browser sent it, and allow only the origins that need it.',
        )
      : good('Pages of other sites are refused.'),
  );
}

const SYNC = 0;

async function openSocket(place: Place, path: string, report: Report): Promise<Conversation | undefined> {
  try {
    return await Conversation.open(place, path, originOf(place));
  } catch (error) {
    report(error instanceof UpgradeAnswered ? upgradeProblem(error.refusal, place) : connectionProblem(error, place));
    return undefined;
  }
}

async function latencyOf(socket: Conversation): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < PINGS; i++) {
    const asked = performance.now();
    socket.send(PING_FRAME);
    await socket.until((frame) => decodeServerFrame(frame).key === undefined);
    times.push(performance.now() - asked);
  }
  return times.sort((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0;
}

function latencyFinding(milliseconds: number): Finding {
  const shown = milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds);
  const text = `A frame takes ${shown} ms there and back.`;
  return milliseconds < SLOW_MS
    ? good(text)
    : doubtful(
        text,
        'The network is far or busy, or the server’s event loop is: compare with nodejs_eventloop_lag_p99_seconds.',
      );
}

/** The handshake succeeded, and what followed did not. */
function conversationProblem(error: unknown, place: Place): Finding {
  if (error instanceof TimedOut) {
    return wrong(
      'The socket opens, and no frame comes back.',
      'A proxy or a virus scanner on the way holds frames back: switch off its buffering for WebSockets (nginx: proxy_buffering off).',
    );
  }
  if (error instanceof Refused) return refusalProblem(error.reason, place);
  return wrong(
    `The server’s words could not be read: ${error instanceof Error ? error.message : error}.`,
    'Perhaps it is another server: compare the URL.',
  );
}

class Refused extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`refused: ${reason}`);
    this.reason = reason;
  }
}

class UpgradeAnswered extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`status ${refusal.status}`);
    this.refusal = refusal;
  }
}

/** A socket, the frames that came in, and who waits for one. Owned by the check that opened it. */
class Conversation {
  readonly #socket: WebSocket;
  readonly #patience: number;
  #frames: Uint8Array[] = [];
  #ended: Refused | undefined;
  #look: (() => void) | undefined;

  private constructor(socket: WebSocket, patience: number) {
    this.#socket = socket;
    this.#patience = patience;
    socket.on('message', (data: Buffer) => {
      this.#frames.push(data);
      this.#look?.();
    });
    socket.on('close', (code) => {
      this.#ended = new Refused(`${code}`);
      this.#look?.();
    });
  }

  /** Rejects with UpgradeAnswered, or with what the network says. */
  static open({ patience, verify, ...place }: Place, path: string, origin: string): Promise<Conversation> {
    const socket = new WebSocket(socketUrl({ patience, verify, ...place }, path), {
      origin,
      perMessageDeflate: false,
      rejectUnauthorized: false, // has been judged with the first request
      handshakeTimeout: patience,
    });
    return new Promise((resolve, reject) => {
      const conversation = new Conversation(socket, patience);
      socket.once('open', () => resolve(conversation));
      socket.on('error', (error) => reject(/handshake has timed out/.test(error.message) ? new TimedOut() : error));
      socket.once('unexpected-response', (request, response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          body += text;
          if (body.length > 4096) request.destroy();
        });
        response.once('close', () =>
          reject(new UpgradeAnswered({ status: response.statusCode ?? 0, headers: response.headers, body })),
        );
      });
    });
  }

  send(frame: Uint8Array): void {
    this.#socket.send(frame);
  }

  /** Resolves with the first frame that `wanted` is true for; those before it are forgotten. Rejects with TimedOut, or Refused when it ends. */
  async until(wanted: (frame: Uint8Array) => boolean, patience = this.#patience): Promise<void> {
    const deadline = performance.now() + patience;
    for (;;) {
      for (let frame = this.#frames.shift(); frame; frame = this.#frames.shift()) if (wanted(frame)) return;
      if (this.#ended) throw this.#ended;
      const left = deadline - performance.now();
      if (left <= 0) throw new TimedOut();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#look = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  close(): void {
    this.#socket.close();
    // A peer that does not answer the farewell must not hold up the command.
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }
}
