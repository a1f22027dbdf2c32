import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';

// Whose request it is, as far as budgets go: an IPv4 address, or the /64 of an IPv6 address, which is what one household or machine is given.
// Invariant: what a client writes into a header counts only for as many proxies as the operator says stand in front.

/**
 * The address that a request is counted for. `proxies`: how many stand in front of this server, each of which adds to X-Forwarded-For the
 * address that it was reached from. Undefined for this machine itself: a developer, or a proxy that nobody told us of, behind
 * which everyone would share one budget.
 */
export function addressOf(request: Pick<IncomingMessage, 'headers' | 'socket'>, proxies: number): string | undefined {
  const peer = request.socket.remoteAddress;
  const forwarded = request.headers['x-forwarded-for'];
  if (proxies > 0 && forwarded !== undefined) {
    const hops = String(forwarded).split(',');
    const named = hops.at(-Math.min(proxies, hops.length))?.trim() ?? '';
    if (isIP(named) !== 0) return groupOf(named);
  }
  const group = peer === undefined ? undefined : groupOf(peer);
  return group === undefined || group.startsWith('127.') || group === LOOPBACK_V6 ? undefined : group;
}

const LOOPBACK_V6 = '0:0:0:0::/64';

/** An IPv4 address as it is, also where IPv6 only carries it; the first half of an IPv6 address. */
export function groupOf(address: string): string {
  const [plain = ''] = address.split('%'); // without the name of an interface
  const embedded = plain.slice(plain.lastIndexOf(':') + 1);
  if (isIPv4(embedded)) return embedded;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}::/64`;
}
