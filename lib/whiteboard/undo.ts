import * as Y from 'yjs';
import type { Clock, Timer } from '../client/clock.ts';

// Undo of what the person at this board did, in steps of one gesture each.
// Invariant: what others did stays; an element that somebody else deleted does not come back.

/** Milliseconds without a change after which the next one is a step of its own. Gestures end a step at once. */
const PAUSE_MS = 500;

export interface BoardUndoOptions {
  readonly elements: Y.Map<unknown>;
  /** Of the transactions that are undone. */
  readonly origin: object;
  readonly clock: Clock;
  /** Writes what is pending. False when something is in hand, which undo must not touch. */
  prepare(): boolean;
}

export class BoardUndo {
  readonly #manager: Y.UndoManager;
  readonly #options: BoardUndoOptions;
  readonly #listeners = new Set<() => void>();
  #timer: Timer | undefined;

  constructor(options: BoardUndoOptions) {
    this.#options = options;
    this.#manager = new Y.UndoManager([options.elements], {
      trackedOrigins: new Set([options.origin]),
      captureTimeout: Number.POSITIVE_INFINITY, // steps end where they are told to: by gestures, and by this clock
    });
    for (const event of ['stack-item-added', 'stack-item-popped', 'stack-cleared'] as const)
      this.#manager.on(event, this.#tell);
  }

  get canUndo(): boolean {
    return this.#manager.canUndo();
  }

  get canRedo(): boolean {
    return this.#manager.canRedo();
  }

  /** Takes back the last step that still has an effect. Returns whether there was one; does nothing during a gesture. */
  undo(): boolean {
    if (!this.#options.prepare()) return false;
    this.closeStep();
    return this.#manager.undo() !== null;
  }

  redo(): boolean {
    if (!this.#options.prepare()) return false;
    this.closeStep();
    return this.#manager.redo() !== null;
  }

  /** Whether a transaction with this origin is an undo or a redo. */
  isOrigin(origin: unknown): boolean {
    return origin === this.#manager;
  }

  /** Calls `listener` when `canUndo` or `canRedo` may have changed. Returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is written from now on is undone by itself. */
  closeStep(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#manager.stopCapturing();
  }

  /** The same, after a while without changes. */
  closeStepSoon(): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(PAUSE_MS, () => this.closeStep());
  }

  close(): void {
    this.#timer?.cancel();
    this.#listeners.clear();
    this.#manager.destroy();
  }

  readonly #tell = (): void => {
    for (const listener of this.#listeners) listener();
  };
}
