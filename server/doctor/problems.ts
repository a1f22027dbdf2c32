import { REFUSALS } from '../../lib/protocol/errors.ts';
import { doubtful, type Finding, wrong } from './finding.ts';
import { originOf, type Place } from './place.ts';

// What goes wrong between a client and the server, by its symptom, with the remedy.

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** A certificate that browsers would refuse; undefined for any other error. */
export function trustProblem(error: unknown, { base }: Place): Finding | undefined {
  const { hostname } = new URL(base);
  switch (codeOf(error)) {
    case 'CERT_HAS_EXPIRED':
      return wrong(
        'The certificate has ended.',
        'Renew it (certbot renew), and let the server or the proxy read it again.',
      );
    case 'CERT_NOT_YET_VALID':
      return wrong('The certificate is not valid yet.', 'Compare the clocks of both machines.');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return wrong(
        `The certificate is not for ${hostname}.`,
        `Get one that names ${hostname}, or use the name that it has.`,
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return wrong(
        'The certificate is self-signed, and no browser trusts it.',
        'Get one from an authority (certbot, or let Caddy do it). For one of your own: NODE_EXTRA_CA_CERTS=ca.pem.',
      );
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return wrong(
        'The certificate comes without its chain, or from an authority that nobody knows.',
        'Configure the file that has the chain too: fullchain.pem, not cert.pem.',
      );
    default:
      return undefined;
  }
}

/** There was no answer at all. */
export function connectionProblem(error: unknown, { base, patience }: Place): Finding {
  const { hostname, protocol, port } = new URL(base);
  const address = `port ${port || (protocol === 'https:' ? 443 : 80)} of ${hostname}`;
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return wrong(`${hostname} has no address.`, 'Look for a typing error, and for the A or AAAA record in the DNS.');
    case 'ECONNREFUSED':
      return wrong(
        `Nothing listens on ${address}.`,
        'Start the server or the proxy, and compare its port and address with the URL.',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return wrong(
        `There is no way to ${hostname} from here.`,
        'Look at the network of this machine, and at IPv6 if the name has only such an address.',
      );
    case 'ETIMEDOUT':
    case 'TIMED_OUT':
      return wrong(
        `No answer from ${address} within ${patience / 1000} s.`,
        'A firewall drops what is sent there, or the server hangs: ask it on its own machine.',
      );
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return wrong(
        `What listens on ${address} does not speak TLS.`,
        'Use http:// for it, or give it a certificate: --tls-cert and --tls-key, or a proxy.',
      );
    case 'ECONNRESET':
      return wrong(
        `The connection to ${address} was closed without an answer.`,
        protocol === 'http:'
          ? 'Perhaps it speaks TLS only: try https://.'
          : 'Look into the log of the proxy or of the server.',
      );
    default:
      return wrong(
        `No HTTP answer from ${address}: ${error instanceof Error ? error.message : error}.`,
        'Something else listens there, or it speaks TLS only.',
      );
  }
}

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Something answered /readyz, and it was not the server. */
export function statusProblem({ status, headers, body }: Refusal, { base }: Place): Finding {
  if (status >= 300 && status < 400 && typeof headers.location === 'string') {
    return wrong(
      `${base} sends visitors elsewhere: to ${headers.location.replace(/[?#].*/, '')}.`,
      'Check that URL instead: clients do not follow.',
    );
  }
  return (
    proxyProblem({ status, headers, body }) ??
    wrong(
      `Something answers at ${base}, with status ${status}, and it is not the server.`,
      'Let the proxy pass on everything to it: /sync, /api and /readyz at least.',
    )
  );
}

/** What proxies say by themselves. */
function proxyProblem({ status, body }: Refusal): Finding | undefined {
  if (status === 400 && /plain HTTP request/i.test(body))
    return wrong('The port speaks TLS only.', 'Use https:// for it.');
  if (status === 401 || status === 407) {
    return wrong(
      'The proxy asks for a password.',
      'Browsers send none when they open a WebSocket: let the application’s tokens decide instead.',
    );
  }
  if (status === 502 || status === 504) {
    return wrong(
      `The proxy is there (status ${status}), and cannot reach the server behind it.`,
      'Start the server, and compare its --host and --port with what the proxy passes on to.',
    );
  }
  return undefined;
}

/** The request for a WebSocket was answered by something other than 101. */
export function upgradeProblem(refusal: Refusal, place: Place): Finding {
  const { status, body } = refusal;
  // The server's own word: y-websocket clients are told before the handshake.
  const code = Object.entries(REFUSALS).find(([, { text }]) => body.startsWith(text))?.[0];
  if (code !== undefined) return refusalProblem(code, place);
  const proxy = proxyProblem(refusal);
  if (proxy) return proxy;
  switch (status) {
    case 403:
      return wrong(
        `A page of ${originOf(place)} would be refused a socket: ${firstLine(body)}`,
        'The proxy must pass on the Host that the browser asked for (nginx: proxy_set_header Host $http_host), or the server be told its --public-url. Other sites need --allow-origin.',
      );
    case 429:
      return wrong(
        'The server has had too many attempts from this address.',
        'Wait a minute. Behind a proxy that is not told of, everybody has one address, and one budget: start the server with --trust-proxy 1, or as many as stand in front of it.',
      );
    case 503:
      return wrong(
        `The server takes no sockets at present: ${firstLine(body)}`,
        'It is starting, stopping, or full: its log says which.',
      );
    default:
      return wrong(
        `The request for a WebSocket was answered with status ${status}: it arrived as an ordinary request.`,
        'The proxy does not pass on upgrades. nginx: proxy_http_version 1.1, and the headers Upgrade and Connection; see deploy/nginx.conf.',
      );
  }
}

/** `reason`: a refusal code, or the close code that it came with. */
export function refusalProblem(reason: string, { token }: Place): Finding {
  const [code, rule] =
    Object.entries(REFUSALS).find(([name, { closeCode }]) => name === reason || `${closeCode}` === reason) ?? [];
  if (code === 'unauthorized' && token === '') {
    return doubtful(
      'The server wants a token, and was shown none: whether a client gets its document was not tried.',
      'Give one that grants something: --token-file FILE, and --document NAME.',
    );
  }
  if (code === 'unauthorized') {
    return wrong(
      'The token was refused.',
      'Give one that the application issues for this document: --token-file, and --document for its name. Compare secret, audience, issuer and clocks.',
    );
  }
  if (code === 'forbidden') {
    return wrong(
      'The token does not grant the document that was asked for.',
      'Name one that it grants: --document NAME.',
    );
  }
  if (rule)
    return wrong(
      `The document was refused: ${code} (${rule.closeCode}). ${rule.text}`,
      rule.retry ? 'Try again in a moment, and look into the server’s log.' : 'Look into the server’s log.',
    );
  if (reason === '1006') {
    return wrong(
      'The socket was cut off without a word.',
      'A proxy on the way ended it: look into its log, and at its timeouts.',
    );
  }
  return wrong(
    `The socket was closed with code ${reason}.`,
    'Something on the way did that, not the server: look into the log of the proxy.',
  );
}

function firstLine(body: string): string {
  return body.split('\n', 1)[0]?.slice(0, 200) || 'no reason was given.';
}
