import { strict as assert } from 'node:assert';

// What a log holds, without a disk: the plainest thing that keeps the LOG rules. log-simulation.ts holds the store against it.

export interface ModelDocument {
  readonly name: string;
  readonly createdAt: number;
  updatedAt: number;
  /** Texts of each record, oldest first, those too that a snapshot has replaced. */
  readonly records: (readonly string[])[];
  merged: number;
  /** Written with the snapshot, to tell it from others. */
  vector: string;
  /** Place of its last change in the order of all. */
  changed: number;
  /** Up to this change it has been looked through for uploads. */
  looked: number;
  /** Uploads that it uses, each absent since when. */
  readonly uses: Map<string, number>;
}

export class LogModel {
  /** In the order in which they came about. */
  readonly documents = new Map<string, ModelDocument>();
  readonly uploads = new Set<string>();
  #changes = 0;

  append(batch: Readonly<Record<string, readonly string[]>>, at: number): number[] {
    return Object.entries(batch).map(([name, texts]) => {
      let document = this.documents.get(name);
      if (!document) {
        const none = { records: [], merged: 0, vector: '', changed: 0, looked: 0, uses: new Map<string, number>() };
        document = { name, createdAt: at, updatedAt: at, ...none };
        this.documents.set(name, document);
      }
      document.records.push(texts);
      document.updatedAt = at;
      document.changed = ++this.#changes;
      return document.records.length;
    });
  }

  /** As a load gives it back; undefined where there is none. */
  stored(name: string) {
    const document = this.documents.get(name);
    if (!document) return { text: '', sequence: 0, vector: '', updates: 0 };
    const { records, merged, vector } = document;
    return { text: textOf(records), sequence: records.length, vector, updates: records.slice(merged).flat().length };
  }

  replaceable(document: ModelDocument | undefined, upTo: number): document is ModelDocument {
    return document !== undefined && document.merged < upTo && upTo <= document.records.length;
  }

  list() {
    return [...this.documents.values()].sort((a, b) => b.changed - a.changed).map(infoOf);
  }

  scan() {
    return [...this.documents.values()].map(infoOf);
  }

  /** `names` is what the store calls changed, at most `limit`: the oldest change first, and no change is passed over. */
  checkChanged(names: readonly string[], limit: number): void {
    const order = names.map((name) => this.documents.get(name)?.changed ?? 0);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
      'order of what has changed',
    );
    if (this.uploads.size === 0) return;
    const last = names.length < limit ? Number.POSITIVE_INFINITY : (order.at(-1) as number);
    for (const { name, changed, looked } of this.documents.values())
      if (changed > looked && changed <= last) assert(names.includes(name), `${JSON.stringify(name)} has changed`);
  }

  addUpload(name: string, hash: string, now: number): 'added' | 'gone' {
    const document = this.documents.get(name);
    if (!document) return 'gone';
    if (this.uploads.size === 0) for (const one of this.documents.values()) one.looked = one.changed;
    this.uploads.add(hash);
    if (document.uses.get(hash) !== 0) document.uses.set(hash, now);
    return 'added';
  }

  noteMentions(name: string, mentioned: readonly string[] | undefined, now: number): void {
    const document = this.documents.get(name);
    assert(document);
    for (const [hash, absent] of document.uses) {
      if (mentioned?.includes(hash) === false) document.uses.set(hash, absent || now);
      else document.uses.set(hash, 0);
    }
    for (const hash of mentioned ?? []) if (this.uploads.has(hash)) document.uses.set(hash, 0);
    document.looked = document.changed;
  }

  /** Of documents that have been looked through since they changed. */
  endUses(before: number): void {
    for (const { uses, changed, looked } of this.documents.values())
      for (const [hash, absent] of uses) if (changed <= looked && absent > 0 && absent < before) uses.delete(hash);
  }

  unused(): string[] {
    return [...this.uploads].filter((hash) => this.usesOf(hash).length === 0).sort();
  }

  usesOf(hash: string): string[] {
    const users = [...this.documents.values()].filter(({ uses }) => uses.has(hash));
    return users.map(({ name, uses }) => `${name} ${uses.get(hash)}`).sort();
  }
}

export function textOf(records: readonly (readonly string[])[]): string {
  return records.flat().join('');
}

function infoOf({ name, records, createdAt, updatedAt, merged }: ModelDocument) {
  return { name, sequence: records.length, createdAt, updatedAt, unmerged: records.length - merged };
}
