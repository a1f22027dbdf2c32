import type Database from 'libsql';
import { attempt } from './sqlite-errors.ts';

// Transactions on the one connection.
// Invariant: when `run` throws, nothing has happened.

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
    return attempt(() => {
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
}
