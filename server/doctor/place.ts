import { ConfigError } from '../options.ts';

// Where the server is, as the world reaches it.

export interface Place {
  /** http or https, without a slash at the end; a proxy may have put the server below a path. */
  readonly base: string;
  readonly token: string;
  /** The document that is asked for. Nothing is written to it. */
  readonly document: string;
  /** Milliseconds for each answer. */
  readonly patience: number;
  /** False for the server of this machine, whose certificate names another host. */
  readonly verify: boolean;
}

/** As a browser on a page of the same site says it. */
export function originOf({ base }: Place): string {
  return new URL(base).origin;
}

export function socketUrl({ base }: Place, path: string): string {
  return `${base.replace(/^http/, 'ws')}${path}`;
}

export function baseOf(url: string): string {
  const { protocol, host, pathname, search, hash } = new URL(url);
  if (search !== '' || hash !== '') throw new ConfigError(`${url} has a query or a fragment; give it without.`);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}
