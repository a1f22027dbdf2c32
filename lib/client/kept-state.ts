import * as Y from 'yjs';
import type { Clock, Timer } from './clock.ts';
import type { DeviceStore } from './device.ts';

// One open document's copy on this device: found when it is opened, written anew while it changes.
// A long document takes a while to write: that waits for a moment in which nobody types or draws, and for the page to be there.
// Invariant: a copy is written only of a document that is whole, and of none that the server does not let this person read.

/** Milliseconds from a change to its being written: a pause in typing, and little to fetch again after a crash. */
const WRITE_MS = 2_000;
/** Milliseconds of writing that are felt: a picture of the screen more than there would be. A book, or a board of 5,000 shapes, takes 50. */
const FELT_MS = 8;
/** Milliseconds for which a writing that is felt waits for such a pause: what the server has lacks nothing meanwhile. */
const LATEST_MS = 30_000;

export interface KeptStateOptions {
  readonly name: string;
  readonly doc: Y.Doc;
  readonly device: DeviceStore;
  readonly clock: Clock;
  titleOf(doc: Y.Doc): string;
  kindOf(doc: Y.Doc): string;
}

/** Owned by its binding; `close()` writes what is not written yet, and may be called twice. */
export class KeptState {
  readonly #options: KeptStateOptions;
  /** `opened`: what is kept is the document, but it is not written there yet that it was opened. */
  #state: 'clean' | 'opened' | 'dirty' | 'withheld' = 'clean';
  #isFound = false;
  #timer: Timer | undefined;
  /** When the first change was that is not written. */
  #since = 0;
  #isFelt = false;

  constructor(options: KeptStateOptions) {
    this.#options = options;
  }

  async find(): Promise<Uint8Array | undefined> {
    const { device, name } = this.#options;
    const found = await device.load(name);
    this.#isFound = found !== undefined;
    return found;
  }

  /** The document was opened, and has what was found, if anything was. */
  opened(): void {
    if (this.#state === 'clean') this.#writeSoon(this.#isFound ? 'opened' : 'dirty');
  }

  /** The document has changed. */
  changed(): void {
    if (this.#state !== 'withheld') this.#writeSoon('dirty');
  }

  #writeSoon(state: 'opened' | 'dirty'): void {
    const { clock } = this.#options;
    const now = clock.now();
    if (this.#state !== 'dirty') this.#since = now;
    this.#state = state;
    if (this.#isFelt && now - this.#since < LATEST_MS) {
      this.#timer?.cancel();
      this.#timer = undefined;
    }
    this.#timer ??= clock.afterIdle(WRITE_MS, () => {
      this.#timer = undefined;
      this.write();
    });
  }

  /** Writes at once what has changed. */
  write(): void {
    const { name, doc, device, clock, titleOf, kindOf } = this.#options;
    const isOpened = this.#state === 'opened';
    if ((this.#state !== 'dirty' && !isOpened) || doc.store.pendingStructs !== null || doc.store.clients.size === 0)
      return;
    this.#state = 'clean';
    const document = { name, title: titleOf(doc), kind: kindOf(doc), usedAt: Date.now() };
    const start = clock.now();
    if (isOpened) device.touch(document);
    else {
      device.put(document, Y.encodeStateAsUpdate(doc));
      this.#isFelt = clock.now() - start > FELT_MS;
    }
  }

  /** This person may not read it (any more): nothing of it stays here. */
  withhold(): void {
    if (this.#state === 'withheld') return;
    this.#state = 'withheld';
    this.#timer?.cancel();
    this.#options.device.remove(this.#options.name);
  }

  /** It could not be applied: it is fetched again. */
  drop(): void {
    this.#isFound = false;
    this.#options.device.remove(this.#options.name);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.write();
  }
}
