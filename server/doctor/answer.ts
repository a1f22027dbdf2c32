import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { VERSION } from '../version.ts';
import { doubtful, type Finding, good, type Report, wrong } from './finding.ts';
import type { Place } from './place.ts';
import { connectionProblem, statusProblem, trustProblem } from './problems.ts';

// One HTTP request through the public URL: name, port, certificate, proxy, readiness, clock, version.

/** Seconds by which clocks may differ: tokens are issued with margins of a minute. */
const CLOCK_SECONDS = 30;
/** Days before a certificate ends from which on its renewal is overdue: certbot renews 30 before. */
const RENEWAL_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Bytes of an answer that are looked at. */
const BODY_BYTES = 4 * 1024;

/** Resolves false when nothing that follows could succeed. */
export async function checkAnswer(place: Place, report: Report): Promise<boolean> {
  let answer: Answer;
  let trusted = place.verify;
  try {
    answer = await ask(place, place.verify);
  } catch (error) {
    const untrusted = trustProblem(error, place);
    if (!untrusted) {
      report(connectionProblem(error, place));
      return false;
    }
    report(untrusted);
    trusted = false;
    try {
      answer = await ask(place, false); // what comes after is worth knowing as well
    } catch (second) {
      report(connectionProblem(second, place));
      return false;
    }
  }
  const { status, body, certificate } = answer;
  if (certificate && trusted) reportExpiry(certificate, report);
  const said = saidBy(body);
  if (said === undefined || (status !== 200 && status !== 503)) {
    report(statusProblem(answer, place));
    return false;
  }
  report(stateFinding(said.status, place));
  reportClock(answer, report);
  if (said.version !== undefined && said.version !== VERSION) {
    report(
      doubtful(
        `The server has version ${said.version}, this command ${VERSION}.`,
        'Use the same of both, so that what is checked is what runs.',
      ),
    );
  }
  return true;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly certificate: PeerCertificate | undefined;
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

function ask(place: Place, verify: boolean): Promise<Answer> {
  const url = new URL(`${place.base}/readyz`);
  const askedAt = Date.now();
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? secureRequest(url, { rejectUnauthorized: verify, agent: false })
        : plainRequest(url, { agent: false });
    const deadline = setTimeout(() => request.destroy(new TimedOut()), place.patience);
    request.once('error', reject);
    request.once('close', () => clearTimeout(deadline));
    request.once('response', (response) => {
      const answeredAt = Date.now();
      const certificate =
        'getPeerCertificate' in response.socket ? (response.socket as TLSSocket).getPeerCertificate() : undefined;
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (body.length < BODY_BYTES) body += text;
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          certificate,
          askedAt,
          answeredAt,
        }),
      );
    });
    request.end();
  });
}

export class TimedOut extends Error {
  readonly code = 'TIMED_OUT';
}

type Status = 'ready' | 'full' | 'not ready';

function stateFinding(status: Status, { base }: Place): Finding {
  switch (status) {
    case 'ready':
      return good(`${base} answers, and takes edits.`);
    case 'full':
      return wrong(
        'The disk of the server is full: everybody can read, and nobody can write.',
        'Make room where its data is. It takes edits again by itself.',
      );
    case 'not ready':
      return wrong(
        'The server answers, and lets nobody in at present.',
        'It is starting, stopping, or has lost its storage: its log says which.',
      );
    default:
      return status satisfies never;
  }
}

/** What /readyz says; undefined when it was not the server that answered. */
function saidBy(body: string): { status: Status; version: string | undefined } | undefined {
  try {
    const { status, version } = JSON.parse(body) as Record<string, unknown>;
    if (status !== 'ready' && status !== 'full' && status !== 'not ready') return undefined;
    return { status, version: typeof version === 'string' ? version : undefined };
  } catch {
    return undefined; // a page of the proxy, or of something else: not JSON
  }
}

function reportExpiry(certificate: PeerCertificate, report: Report): void {
  const days = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / DAY_MS);
  report(
    days < RENEWAL_DAYS
      ? doubtful(`The certificate ends in ${days} days.`, 'Renew it, and find out why that did not happen by itself.')
      : good(`The certificate is trusted, and ends in ${days} days.`),
  );
}

function reportClock({ headers, askedAt, answeredAt }: Answer, report: Report): void {
  if (headers.date === undefined) return;
  // The header has whole seconds, cut off.
  const seconds = Math.round((Date.parse(headers.date) + 500 - (askedAt + answeredAt) / 2) / 1000);
  report(clockFinding(seconds));
}

function clockFinding(seconds: number): Finding {
  if (Math.abs(seconds) <= CLOCK_SECONDS) return good('Its clock and this one agree.');
  return doubtful(
    `Its clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this one.`,
    'Tokens would end early or late. Let both machines follow NTP: timedatectl set-ntp true.',
  );
}
