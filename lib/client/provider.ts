import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { Role } from '../protocol/messages.ts';
import type { Binding } from './binding.ts';
import { type SyncState, sameState } from './sync-state.ts';

// One open document, as an application sees it.
// Invariant: `state` is one object until it says something else, and whoever subscribed is told after it has changed.

/** The server will not take the document, or what was written in it. `code` is a RefusalCode. */
export class RefusedError extends Error {
  readonly code: string;

  constructor(code: string, reason: string) {
    super(reason);
    this.name = 'RefusedError';
    this.code = code;
  }
}

interface Waiter {
  resolve(): void;
  reject(error: RefusedError): void;
}

export interface ProviderOptions {
  readonly name: string;
  readonly doc: Y.Doc;
  readonly awareness: Awareness | undefined;
  /** Makes the binding; its changes go to `changed`. */
  bind(provider: DocumentProvider, changed: () => void): Binding;
  /** Ends the session and the binding. Called once. */
  leave(): void;
}

/**
 * Made by `InkroomClient.open`, ended by `close()`, which may be called twice. The document and the awareness stay the caller's.
 * What comes from the server is applied with this object as its origin.
 */
export class DocumentProvider {
  readonly name: string;
  readonly doc: Y.Doc;
  readonly awareness: Awareness | undefined;
  readonly #options: ProviderOptions;
  readonly #binding: Binding;
  readonly #listeners = new Set<() => void>();
  #state: SyncState = { state: 'connecting' };
  #waiters: Waiter[] = [];
  #closed = false;

  constructor(options: ProviderOptions) {
    this.name = options.name;
    this.doc = options.doc;
    this.awareness = options.awareness;
    this.#options = options;
    this.#binding = options.bind(this, () => this.#refresh());
    this.doc.on('destroy', this.#onDestroy);
  }

  /** A new object whenever it changes, and only then. */
  get state(): SyncState {
    return this.#state;
  }

  /** What the server lets the holder of the token do; undefined until it has said so. */
  get role(): Role | undefined {
    return this.#binding.view?.role;
  }

  /** Whether the document can be shown: the server's content, or all that there is of it, has been applied once. */
  get hasContent(): boolean {
    return this.#binding.hasContent;
  }

  /** Whether unsent edits outlive the page. False where the browser's storage is missing or full, and without an offline store. */
  get keepsUnsent(): boolean {
    return this.#binding.keepsUnsent;
  }

  /** Local edits that the server has not yet on its disk. */
  unsavedChanges(): number {
    return this.#binding.view?.unsaved ?? 0;
  }

  /**
   * Those edits, as Yjs updates (V1), oldest first: what would be lost with this browser. The same object each time for the same edit. What
   * earlier tabs left is one of them. Empty when all is saved; may hold what the server has, but has not said so.
   */
  unsent(): readonly Uint8Array[] {
    return this.#binding.unsent;
  }

  /** Calls `listener` after any of the above has changed. Returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the document is level with the server, now or later; rejects with RefusedError. Stays open when this is closed. */
  whenSynced(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#answerWaiters();
    });
  }

  /** Edits that are not saved yet stay in the offline store. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.doc.off('destroy', this.#onDestroy);
    this.#options.leave();
    this.#listeners.clear();
    this.#waiters = [];
  }

  readonly #onDestroy = (): void => this.close();

  #refresh(): void {
    const state = this.#binding.view?.state;
    if (state && !sameState(state, this.#state)) this.#state = state;
    this.#answerWaiters();
    for (const listener of this.#listeners) listener();
  }

  #answerWaiters(): void {
    const { view } = this.#binding;
    const refused = view?.state.state === 'refused' ? view.state : undefined;
    if (!view?.live && !refused) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      if (view?.live || !refused) waiter.resolve();
      else waiter.reject(new RefusedError(refused.code, refused.reason));
    }
  }
}
