import type * as Y from 'yjs';
import { type Clock, systemClock, type Timer } from '../client/clock.ts';
import { DamagedPicture } from './content-hash.ts';
import { type BoardElement, propertiesOf } from './element.ts';
import { fileId } from './readers.ts';
import { readFile, type StoredFile } from './stored-file.ts';

// The pictures of a board: in the document is where each lies, under the hash of its content; never the picture.
// Invariant: nothing is loaded from an address that is not one of our uploads, whoever wrote it; each file is uploaded and fetched once.

/** A picture as Excalidraw keeps it. */
export interface BoardFile {
  readonly id: string;
  readonly mimeType: string;
  readonly dataURL: string;
}

/** Milliseconds until what could not be loaded or stored is tried again; twice that with each failure, up to the longest. */
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

export interface FilesOptions {
  readonly files: Y.Map<unknown>;
  /** Stores the picture and answers with its address, a path below /api/uploads/. */
  upload(file: BoardFile): Promise<string>;
  /** The picture as a data URL. Rejects with DamagedPicture when it is not the one of this address. */
  fetch(file: StoredFile): Promise<string>;
  /** A picture will not be shown, as it is damaged. */
  damaged(): void;
  /** Gives the editor pictures that it lacks. */
  show(files: readonly BoardFile[]): void;
  readonly clock?: Clock;
}

/** Carries the pictures of one board. The caller closes it. */
export class BoardFiles {
  readonly #options: FilesOptions;
  readonly #clock: Clock;
  /** Files that the editor has, or that are on their way. */
  readonly #had = new Set<string>();
  readonly #uploading = new Set<string>();
  #elements: readonly BoardElement[] = [];
  #local: Readonly<Record<string, BoardFile>> = {};
  #timer: Timer | undefined;
  #retryMs = RETRY_MS;
  #closed = false;

  constructor(options: FilesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    options.files.observe(this.#look);
  }

  /** The scene and the editor's pictures as they are now: uploads what is new here, fetches what is not here. */
  changed(elements: readonly BoardElement[], local: Readonly<Record<string, BoardFile>>): void {
    this.#elements = elements;
    this.#local = local;
    this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#options.files.unobserve(this.#look);
  }

  readonly #look = (): void => {
    if (this.#closed) return;
    for (const element of this.#elements) {
      if (element.isDeleted || element.type !== 'image') continue;
      const id = fileId(propertiesOf(element).fileId);
      if (typeof id !== 'string') continue;
      const file = Object.hasOwn(this.#local, id) ? this.#local[id] : undefined;
      const stored = readFile(this.#options.files.get(id));
      if (file) this.#had.add(id);
      if (file && !stored && !this.#uploading.has(id)) void this.#upload(file);
      if (stored && !this.#had.has(id)) void this.#fetch(id, stored);
    }
  };

  async #upload(file: BoardFile): Promise<void> {
    this.#uploading.add(file.id);
    try {
      const stored = readFile({ mimeType: file.mimeType, address: await this.#options.upload(file) });
      // What the server took under no address that may be shown stays in `uploading`: trying again would change nothing.
      if (stored && !this.#closed) this.#options.files.set(file.id, { ...stored });
      this.#retryMs = RETRY_MS;
    } catch {
      // Refused, or no network: the picture is still here, and is offered again.
      this.#uploading.delete(file.id);
      this.#lookAgain();
    }
  }

  async #fetch(id: string, stored: StoredFile): Promise<void> {
    this.#had.add(id);
    try {
      const dataURL = await this.#options.fetch(stored);
      if (!this.#closed) this.#options.show([{ id, mimeType: stored.mimeType, dataURL }]);
      this.#retryMs = RETRY_MS;
    } catch (error) {
      if (this.#closed) return;
      // Asking again would bring the same.
      if (error instanceof DamagedPicture) return this.#options.damaged();
      // Not there, or no network: a placeholder is shown, and it is asked for again.
      this.#had.delete(id);
      this.#lookAgain();
    }
  }

  #lookAgain(): void {
    if (this.#closed || this.#timer) return;
    this.#timer = this.#clock.after(this.#retryMs, () => {
      this.#timer = undefined;
      this.#look();
    });
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }
}
