import type Database from 'libsql';
import { isOverQuota } from './quota.ts';
import { full, logErrorOf } from './sqlite-errors.ts';

// Transactions on the one connection, and whatever else is written through it.
// Invariant: when `run` or `write` throws, nothing has happened.

export class Transactions {
  readonly #database: Database.Database;
  readonly #begin;
  readonly #commit;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#begin = database.prepare('begin immediate');
    this.#commit = database.prepare('commit');
  }

  /** Runs `work`, which reads `what` or writes, and commits. Throws LogError. */
  run<T>(work: () => T, what?: string): T {
    return this.write(() => {
      try {
        this.#begin.run([]);
        const result = work();
        this.#commit.run([]);
        return result;
      } catch (error) {
        if (this.#database.inTransaction) this.#database.exec('rollback'); // SQLite may have rolled back itself
        throw error;
      }
    }, what);
  }

  /** Runs `work`, which is a transaction by itself: a single statement, or a checkpoint. Throws LogError. */
  write<T>(work: () => T, what?: string): T {
    try {
      return work();
    } catch (error) {
      const failure = logErrorOf(error, what);
      throw failure.code === 'failed' && isOverQuota(this.#database, failure.cause) ? full(error) : failure;
    }
  }
}
