import type { Documents } from '../documents/documents.ts';
import { LIMITS } from '../limits.ts';
import type { DocumentInfo, Log } from '../log/log.ts';

// Which documents speak of another one.
// Invariant: a request opens at most so many documents; what is not read yet is read by the next ones. A document is read again only after an
// edit. The index is in memory: after a restart the first requests make it anew.

export interface BacklinksOptions {
  readonly log: Log;
  readonly documents: Documents;
}

interface Read {
  readonly sequence: number;
  readonly createdAt: number;
  readonly names: ReadonlySet<string>;
}

/** Rows of the list in one step. */
const PAGE = 100;

export class Backlinks {
  readonly #log: Log;
  readonly #documents: Documents;
  readonly #read = new Map<string, Read>();
  #reading: Promise<void> | undefined;

  constructor({ log, documents }: BacklinksOptions) {
    this.#log = log;
    this.#documents = documents;
  }

  /** Those that are there, the newest change first. Rejects with LogError. */
  async of(name: string): Promise<DocumentInfo[]> {
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    const infos: DocumentInfo[] = [];
    for (const [from, { names }] of this.#read) {
      if (from === name || !names.has(name)) continue;
      const info = await this.#log.info(from);
      if (info) infos.push(info);
      else this.#read.delete(from);
      if (infos.length >= LIMITS.backlinks) break;
    }
    return infos.sort((a, b) => b.updatedAt - a.updatedAt);
  }

  async #readOn(): Promise<void> {
    let left = LIMITS.backlinkReads;
    for (let offset = 0; left > 0 && offset < LIMITS.backlinkDocuments; offset += PAGE) {
      const infos = await this.#log.list({ limit: PAGE, offset });
      for (const info of infos) {
        if (left > 0 && !this.#isRead(info)) {
          left--;
          await this.#open(info);
        }
      }
      if (infos.length < PAGE) return;
    }
  }

  #isRead({ name, sequence, createdAt }: DocumentInfo): boolean {
    const read = this.#read.get(name);
    return read?.sequence === sequence && read.createdAt === createdAt;
  }

  async #open({ name, sequence, createdAt }: DocumentInfo): Promise<void> {
    let names: string[] = [];
    try {
      names = await this.#documents.links(await this.#log.load(name));
    } catch {
      // A damaged document speaks of none; whoever opens it is told.
    }
    this.#read.set(name, { sequence, createdAt, names: new Set(names) });
  }
}
