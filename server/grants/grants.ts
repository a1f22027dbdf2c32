import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ProtocolError } from '../../lib/protocol/errors.ts';
import { LIMITS } from '../limits.ts';
import { ConfigError } from '../options.ts';
import { syncFolder } from '../sync-folder.ts';
import { type Authorize, type Change, concerns, type Grant } from './auth.ts';
import { type Claims, grantOf, isPatterns, isRole } from './claims.ts';

// Grants after they were given: what an administrator has changed since counts for every token that was issued before.
// Invariant: a change is on disk before anybody is told that it was made, and is kept until the last token that it concerns has run out.

/** A change, and when it was made, in milliseconds since the epoch. */
interface Made extends Change {
  readonly at: number;
}

export interface GrantsOptions {
  /** The directory of the log. */
  readonly directory: string;
  readonly read: (token: string) => Promise<Claims>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const FILE_NAME = 'grants.json';
/** Milliseconds by which the application's clock may be ahead of this one. */
const TOLERANCE_MS = 5_000;

export class Grants {
  readonly #options: GrantsOptions;
  /** Oldest first. */
  #changes: readonly Made[];
  /** Ends when all that was asked before is on disk, or was refused. */
  #writing: Promise<unknown> = Promise.resolve();

  /** Throws ConfigError when the changes that were made before are none: to go on would let in who was shut out. */
  constructor(options: GrantsOptions) {
    this.#options = options;
    this.#changes = readChanges(join(options.directory, FILE_NAME));
  }

  /** The rule of the server's sessions. */
  readonly authorize: Authorize = async ({ token, document }) => {
    const claims = await this.#options.read(token);
    const grant = grantOf(claims, document);
    if (!grant) throw new ProtocolError('forbidden', 'the token does not name the document');
    return this.#changed(grant, claims, document);
  };

  /**
   * Remembers `change`, one after the other. Rejects when it cannot be stored, or when there are too many: with RangeError. What is live is for the
   * caller to change.
   */
  remember(change: Change): Promise<void> {
    const remembered = this.#writing.then(() => this.#remember(change));
    this.#writing = remembered.catch(() => undefined); // the one who asked is told
    return remembered;
  }

  async #remember(change: Change): Promise<void> {
    const at = this.#options.now();
    const kept = this.#changes.filter(
      (made) => made.at + LIMITS.tokenAgeMs + TOLERANCE_MS > at && !isOutdone(made, change),
    );
    if (kept.length >= LIMITS.grantChanges)
      throw new RangeError(`more than ${LIMITS.grantChanges} changes are remembered`);
    const changes = [...kept, { ...change, at }];
    await writeChanges(this.#options.directory, changes);
    this.#changes = changes;
  }

  #changed(grant: Grant, { issuedAt }: Claims, document: string): Grant {
    let role: Change['role'] = grant.role;
    for (const change of this.#changes) {
      // The application's clock may be ahead: a token from before the change would say that it is from after it.
      if (issuedAt * 1_000 > change.at + TOLERANCE_MS || !concerns(change, { user: grant.user, document })) continue;
      role = change.role;
    }
    if (role === null) throw new ProtocolError('forbidden', 'the grant was withdrawn');
    return role === grant.role ? grant : { ...grant, role };
  }
}

/** Whether a later change says everything about those that `made` is about. */
function isOutdone(made: Made, later: Change): boolean {
  return made.user === later.user && JSON.stringify(made.documents) === JSON.stringify(later.documents);
}

function readChanges(path: string): readonly Made[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const values = parsed(text);
  if (Array.isArray(values) && values.every(isMade)) return values;
  throw new ConfigError(`${path} does not hold changes of grants. Put back a copy of it, or remove it to forget them.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no more a list of changes than any other value
  }
}

function isMade(value: unknown): value is Made {
  if (typeof value !== 'object' || value === null || !('at' in value) || !('role' in value)) return false;
  const { user, documents } = value as { user?: unknown; documents?: unknown };
  return (
    typeof value.at === 'number' &&
    (value.role === null || isRole(value.role)) &&
    (user === undefined || typeof user === 'string') &&
    (documents === undefined || isPatterns(documents))
  );
}

/** The old or the new, whatever happens meanwhile. */
async function writeChanges(directory: string, changes: readonly Made[]): Promise<void> {
  const path = join(directory, FILE_NAME);
  const draft = await open(`${path}.new`, 'w', 0o600);
  try {
    await draft.writeFile(JSON.stringify(changes));
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(directory);
}
