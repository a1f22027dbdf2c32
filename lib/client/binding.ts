import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { EMPTY_UPDATE } from '../protocol/bytes.ts';
import type { ClientMessage } from '../protocol/messages.ts';
import type { Clock } from './clock.ts';
import type { Event } from './connection.ts';
import type { DeviceStore } from './device.ts';
import type { SessionEffect } from './effects.ts';
import { KeptEdits, mergeUpdates } from './kept.ts';
import { KeptState } from './kept-state.ts';
import type { KeptEdit, OfflineStore } from './offline.ts';
import { Presence } from './presence.ts';
import { decodes, isIn, setAside } from './stranded.ts';
import type { View } from './sync-state.ts';

// One Y.Doc and its awareness, bound to a session: what changes here becomes events, and effects change it.
// Invariant: every local change gets the next number and is kept before anyone is told of it; what came from the server is neither.

export interface BindingOptions {
  readonly id: number;
  readonly name: string;
  readonly doc: Y.Doc;
  readonly awareness: Awareness | undefined;
  readonly store: OfflineStore | undefined;
  readonly device: DeviceStore | undefined;
  readonly clock: Clock;
  readonly hidden: boolean;
  dispatch(event: Event): void;
  /** What this device kept is in the document, what earlier tabs left as edits up to `made`. */
  loaded(made: number): void;
  send(key: string, message: ClientMessage): void;
  report(error: unknown): void;
  titleOf(doc: Y.Doc): string;
  kindOf(doc: Y.Doc): string;
  /** Something that a provider shows has changed. */
  changed(): void;
}

/** Effects that concern the document rather than the socket. */
type DocumentEffect = Exclude<SessionEffect, { do: 'askToken' | 'send' }>;

/** The number of what no acknowledgement covers. */
const NEVER_SAVED = Number.POSITIVE_INFINITY;

/** Refusals that mean: not for this person. */
const WITHHELD = ['forbidden', 'unauthorized'];

const LOAD_MS = 3_000; // some browsers' IndexedDB never answers; a document must open all the same

/** Owned by its client; `close()` may be called twice. The document and the awareness stay their owner's. */
export class Binding {
  readonly #options: BindingOptions;
  readonly #kept: KeptEdits | undefined;
  readonly #state: KeptState | undefined;
  /** A session that has asked for the server's content before it was known what is here: only the difference is to come. */
  #asking: string | undefined;
  /** Origin of what comes from the server. */
  readonly #origin: unknown;
  readonly #presence: Presence | undefined;
  readonly #unsubscribe: (() => void) | undefined;
  /** Edits that are not known to be on the server's disk, oldest first: `number` is the local edit as which they count. */
  #unsent: { readonly number: number; readonly update: Uint8Array }[] = [];
  /** Number of the newest local edit. */
  #made = 0;
  /** What earlier tabs kept, until it is saved. */
  #adopted: { readonly as: number; readonly edits: readonly KeptEdit[] } | undefined;
  #loading = true;
  #closed = false;
  /** The document had content before the server gave any: it was opened with it, or all of it was written here. */
  #ownContent = false;
  /** It has the copy that this device keeps: what is written builds on that. */
  #hasCopy = false;
  #view: View | undefined;

  constructor(options: BindingOptions, origin: unknown) {
    this.#options = options;
    this.#origin = origin;
    const { awareness, clock, device, doc, hidden, name, store, report, send, titleOf, kindOf } = options;
    if (device) this.#state = new KeptState({ name, doc, device, clock, titleOf, kindOf });
    if (store) this.#kept = new KeptEdits(store, name);
    this.#unsubscribe = this.#kept?.subscribe(() => options.changed());
    if (awareness) {
      const tell = (key: string, update: Uint8Array) => send(key, { type: 'awareness', update });
      this.#presence = new Presence({ awareness, clock, origin, hidden, send: tell, report });
    }
  }

  get view(): View | undefined {
    return this.#view;
  }

  get hasContent(): boolean {
    return this.#ownContent || this.#view?.hasContent === true;
  }

  get keepsUnsent(): boolean {
    return this.#kept?.durable === true;
  }

  get unsent(): readonly Uint8Array[] {
    return this.#unsent.map(({ update }) => update);
  }

  /** To be called once the session is open. */
  start(): void {
    const { doc } = this.#options;
    doc.on('afterTransactionCleanup', this.#onCleanup);
    if (doc.store.clients.size > 0 || doc.store.pendingStructs !== null) {
      // Nobody knows whether the server has what the document was opened with: it counts as an edit.
      this.#ownContent = true;
      this.#edited(Y.encodeStateAsUpdate(doc));
    }
    void this.#load();
  }

  /** Throws what makes the connection worthless: the server said something that does not decode. */
  run(effect: DocumentEffect): void {
    const { doc, send } = this.#options;
    switch (effect.do) {
      case 'sendVector':
        if (this.#loading && this.#state) this.#asking = effect.key;
        else send(effect.key, { type: 'step1', stateVector: Y.encodeStateVector(doc) });
        break;
      case 'sendDifference': {
        if (effect.afterGap) this.#setAside();
        const update = Y.encodeStateAsUpdate(doc, effect.stateVector);
        send(effect.key, { type: 'numberedUpdate', number: effect.number, update });
        break;
      }
      case 'announce':
        this.#presence?.announce(effect.key);
        break;
      case 'withdraw':
        this.#presence?.withdraw();
        break;
      case 'apply':
        this.#apply(effect.update, this.#origin);
        break;
      case 'applyPresence':
        this.#presence?.apply(effect.update);
        break;
      case 'forgetOthers': // the session has ended
        this.#asking = undefined;
        this.#presence?.forgetOthers();
        break;
      case 'forgetKept':
        this.#kept?.forget(effect.upTo);
        this.#unsent = this.#unsent.filter(({ number }) => number > effect.upTo);
        if (this.#adopted && effect.upTo >= this.#adopted.as) this.#adopted = undefined;
        break;
      default:
        effect satisfies never;
    }
  }

  /** Whether the document holds structs that a holder of `stateVector` does not have. Throws when it does not decode. */
  isAheadOf(stateVector: Uint8Array): boolean {
    const theirs = Y.decodeStateVector(stateVector);
    for (const [client, structs] of this.#options.doc.store.clients) {
      const last = structs.at(-1);
      if (last && last.id.clock + last.length > (theirs.get(client) ?? 0)) return true;
    }
    return false;
  }

  show(view: View): void {
    const cut = view.state.state === 'offline' && this.#view?.state.state !== 'offline';
    this.#view = view;
    if (cut) this.#state?.write(); // what is written from now on refers to it
    if (view.state.state === 'refused' && WITHHELD.includes(view.state.code)) this.#state?.withhold();
    this.#options.changed();
  }

  hide(): void {
    this.#state?.write(); // the tab may never be seen again
    this.#presence?.hide();
  }

  showPresence(): void {
    this.#presence?.show();
  }

  close(): void {
    this.#closed = true;
    if (!this.#loading) this.#state?.close();
    this.#options.doc.off('afterTransactionCleanup', this.#onCleanup);
    this.#options.doc.off('update', this.#onUpdate);
    this.#presence?.close();
    this.#unsubscribe?.();
  }

  /** Throws when Yjs does not take `update`. A listener that threw is a bug of the application, and what came is in the document. */
  #apply(update: Uint8Array, origin: unknown): void {
    const { doc, report } = this.#options;
    try {
      Y.applyUpdate(doc, update, origin);
    } catch (error) {
      for (const [client, clock] of Y.parseUpdateMeta(update).to) {
        if (Y.getState(doc.store, client) < clock) throw error;
      }
      report(error);
    }
  }

  /**
   * Called just before Yjs encodes what a transaction changed, which it does if anybody listens at that moment. What the server sent, or was kept here,
   * is not encoded again: that takes as long as reading it does, and nobody asks for it.
   */
  readonly #onCleanup = (transaction: Y.Transaction): void => {
    const { doc } = this.#options;
    const { origin } = transaction; // never undefined: Yjs makes that null
    const isMade = origin !== this.#origin && origin !== this.#kept && origin !== this.#state;
    if (isMade) doc.on('update', this.#onUpdate);
    else doc.off('update', this.#onUpdate);
    if (!isMade && origin !== this.#state && changedAnything(transaction)) this.#state?.changed();
  };

  readonly #onUpdate = (update: Uint8Array): void => {
    this.#state?.changed();
    this.#edited(update);
  };

  #edited(update: Uint8Array): void {
    const { dispatch, id } = this.#options;
    this.#made++;
    this.#kept?.keep(this.#made, update, this.#view?.hasContent !== true && !this.#hasCopy);
    this.#unsent.push({ number: this.#made, update });
    dispatch({ type: 'edited', session: id, made: this.#made, update });
  }

  async #load(): Promise<void> {
    const { clock, report } = this.#options;
    if (!this.#kept && !this.#state) {
      this.#take([]);
      return;
    }
    const timer = clock.after(LOAD_MS, () => this.#take([]));
    try {
      const [state, edits] = await Promise.all([this.#state?.find(), this.#kept?.find()]);
      if (state) this.#takeState(state);
      this.#take(edits ?? []);
    } catch (error) {
      report(error);
      this.#take([]);
    } finally {
      timer.cancel();
    }
  }

  /** What this device has kept comes into the document: no edit, for the server has it, or is given it as what it lost. */
  #takeState(state: Uint8Array): void {
    // Later than anyone waits, what the server has lost is not given back any more, and must not be shown as saved.
    if (this.#closed || (!this.#loading && this.#view?.hasContent === true)) return;
    const { doc, report } = this.#options;
    this.#hasCopy = true;
    try {
      Y.applyUpdate(doc, state, this.#state);
      this.#ownContent ||= doc.store.pendingStructs === null;
    } catch (error) {
      this.#state?.drop();
      report(error);
    }
  }

  /** What earlier tabs kept comes into the document, and counts as unsaved. */
  #take(edits: readonly KeptEdit[]): void {
    if (this.#closed) return;
    const { dispatch, doc, id, loaded } = this.#options;
    const late = !this.#loading;
    const { update, isWhole } = this.#adopt(edits);
    if (edits.length > 0) {
      this.#made += late ? 1 : edits.length; // later than anyone waits, it is sent as one more edit
      this.#kept?.adoptAs(this.#made);
      this.#adopted = { as: this.#made, edits };
      this.#unsent.push({ number: this.#made, update });
      const fromScratch = isWhole && edits.every((edit) => edit.fromScratch);
      this.#ownContent ||= fromScratch && doc.store.pendingStructs === null;
    }
    this.#loading = false;
    if (this.#asking !== undefined) {
      this.#options.send(this.#asking, { type: 'step1', stateVector: Y.encodeStateVector(doc) });
      this.#asking = undefined;
    }
    if (doc.store.clients.size > 0) this.#state?.opened();
    if (!late || edits.length === 0) loaded(this.#made);
    else dispatch({ type: 'edited', session: id, made: this.#made, update });
  }

  /** Returns what came into the document. One edit that was damaged does not keep the others out. */
  #adopt(edits: readonly KeptEdit[]): { update: Uint8Array; isWhole: boolean } {
    if (edits.length === 0) return { update: EMPTY_UPDATE, isWhole: true };
    try {
      const update = mergeUpdates(edits.map((edit) => edit.update));
      this.#apply(update, this.#kept);
      return { update, isWhole: true };
    } catch (error) {
      const damaged = edits.filter(({ update }) => !decodes(update));
      if (damaged.length === 0) throw error;
      this.#options.report(error);
      const update = mergeUpdates(edits.filter((edit) => !damaged.includes(edit)).map((edit) => edit.update));
      this.#apply(update, this.#kept);
      this.#strand(damaged);
      return { update, isWhole: false };
    }
  }

  /** The server has all that there is, and still something waits here for what it builds on. It would keep out everything else that is written here. */
  #setAside(): void {
    const { doc } = this.#options;
    const { as, edits } = this.#adopted ?? { as: 0, edits: [] };
    const isOwn = this.#unsent.some(({ number, update }) => number !== as && !isIn(doc, update));
    const stranded = isOwn ? [] : setAside(doc, edits, this.#kept);
    if (stranded.length === 0) return;
    this.#adopted = { as, edits: edits.filter((edit) => !stranded.includes(edit)) };
    const readable = stranded.filter(({ update }) => decodes(update));
    this.#unsent.push({ number: NEVER_SAVED, update: mergeUpdates(readable.map(({ update }) => update)) });
    this.#strand(stranded);
  }

  #strand(edits: readonly KeptEdit[]): void {
    this.#kept?.strand(edits);
    this.#options.dispatch({ type: 'stranded', session: this.#options.id });
  }
}

/** As Yjs decides whether there is an update. */
function changedAnything({ deleteSet, beforeState, afterState }: Y.Transaction): boolean {
  return deleteSet.clients.size > 0 || [...afterState].some(([client, clock]) => beforeState.get(client) !== clock);
}
