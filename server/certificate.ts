import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Clock, Timer } from './clock.ts';
import type { Logger } from './logger.ts';
import { ConfigError } from './options.ts';

// The certificate that the server shows, read from two files and read again when they change.
// Invariant: a pair that does not fit together is never shown: the one that was stays.

/** Milliseconds between two looks at the files: a renewal comes weeks before it is needed. */
const LOOK_MS = 30_000;

export interface CertificateOptions {
  /** Path of the certificate with its chain, and of its key, both PEM. */
  readonly cert: string;
  readonly key: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Owned by the server; `close()` may be called twice. */
export class Certificate {
  readonly #options: CertificateOptions;
  /** What the files held when they were last looked at, shown or not. */
  #seen: Pair;
  /** When the one that is shown ends, in milliseconds since the epoch. */
  #endsAt: number;
  /** Why they could not be read, when that has been logged. */
  #unreadable: string | undefined;
  #server: Server | undefined;
  #timer: Timer | undefined;

  private constructor(options: CertificateOptions, pair: Pair) {
    this.#options = options;
    this.#seen = pair;
    this.#endsAt = endOf(pair);
  }

  get endsAt(): number {
    return this.#endsAt;
  }

  /** Rejects with ConfigError when there is no usable pair to begin with. */
  static async open(options: CertificateOptions): Promise<Certificate> {
    try {
      const pair = await readPair(options);
      createSecureContext({ ...pair });
      return new Certificate(options, pair);
    } catch (cause) {
      throw new ConfigError(
        `The certificate ${options.cert} with the key ${options.key} cannot be used: ${reasonOf(cause)}.`,
        { cause },
      );
    }
  }

  /** To be shown from the start. */
  get pair(): Pair {
    return this.#seen;
  }

  /** Keeps what `server` shows up to date until `close()`. Looks at contents: a renewal replaces a link, a file, or what is in it. */
  follow(server: Server): void {
    this.#server = server;
    this.#lookLater();
  }

  /** Reads the files now. What cannot be used is logged, once. */
  async reload(): Promise<void> {
    const { logger, cert, key } = this.#options;
    try {
      const pair = await readPair(this.#options);
      this.#unreadable = undefined;
      if (pair.cert === this.#seen.cert && pair.key === this.#seen.key) return;
      this.#seen = pair;
      this.#server?.setSecureContext({ ...pair }); // throws, and leaves what is shown as it was
      this.#endsAt = endOf(pair);
      logger.info({ cert, endsAt: new Date(this.#endsAt) }, 'certificate reloaded');
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === this.#unreadable) return;
      this.#unreadable = reason;
      logger.error({ cert, key, err: error }, 'the new certificate cannot be used: the old one stays');
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.#server = undefined;
  }

  #lookLater(): void {
    this.#timer = this.#options.clock.after(LOOK_MS, () => {
      void this.reload().finally(() => {
        if (this.#server) this.#lookLater();
      });
    });
  }
}

function endOf({ cert }: Pair): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

async function readPair({ cert, key }: { cert: string; key: string }): Promise<Pair> {
  const [certificate, privateKey] = await Promise.all([readFile(cert, 'utf8'), readFile(key, 'utf8')]);
  return { cert: certificate, key: privateKey };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
