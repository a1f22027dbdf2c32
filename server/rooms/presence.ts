import type { Clock, Timer } from '../clock.ts';
import type { Dialect } from '../frames/dialect.ts';
import { frame } from '../frames/outbox.ts';
import { LIMITS } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import type { Arrears } from './arrears.ts';
import { Awareness, type PresenceOwner } from './awareness.ts';

// Who is in a room and where they are, told to everyone: at once when little moves, else only the newest of each, once a window.
// Invariant: nothing is queued for those who read slowly; it is noted that they are to be told.

/**
 * How fast a member reads. `late`: so much waits for it that presence would only be old when it arrives. `behind`: nothing more is queued for it.
 * It gets worse at any time, and `ready` again only when it has taken everything.
 */
export type Pace = 'ready' | 'late' | 'behind';

/** Somebody who is told of the others. */
export interface Listener extends PresenceOwner {
  readonly dialect: Dialect;
  readonly pace: Pace;
  /** Takes whole frames, in order; the bytes are shared with other members. */
  deliver(frames: Uint8Array): void;
  deliverAll(pieces: readonly Uint8Array[]): void;
}

export interface PresenceOptions<Member> {
  /** Whether presence says who people are by their tokens. */
  readonly stamps: boolean;
  readonly arrears: Arrears<Member>;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Owned by its room; `close()` may be called twice. */
export class Presence<Member extends Listener> {
  readonly #options: PresenceOptions<Member>;
  readonly #awareness: Awareness<Member>;
  readonly #members = new Set<Member>();
  #open = true;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | 'soon' | undefined;

  constructor(options: PresenceOptions<Member>) {
    this.#options = options;
    this.#awareness = new Awareness({ stamps: options.stamps });
  }

  enter(member: Member): void {
    this.#members.add(member);
    this.#awareness.enter(member);
  }

  leave(member: Member): void {
    this.#members.delete(member);
    this.#awareness.leave(member);
    this.#sendInTime();
  }

  /** Takes what `member` says, and returns the client id that it is shown under, if any. Throws ProtocolError; then nothing has changed. */
  take(member: Member, update: Uint8Array): number | undefined {
    const raise = this.#awareness.apply(update, member);
    if (raise) tell(member, raise);
    this.#sendInTime();
    return raise && this.#awareness.idOf(member);
  }

  /** The client id that `member` is shown under. */
  idOf(member: Member): number | undefined {
    return this.#awareness.idOf(member);
  }

  /** Tells `member` who is here, if anybody is: now, or when it is ready for it. */
  tellWhoIsHere(member: Member): void {
    if (member.pace !== 'ready') this.#options.arrears.owePresence(member);
    else if (this.#awareness.size > 0) tell(member, this.#everyone());
  }

  /** Who left, and who is here. Not counted as waiting: in a crowd that comes in it would make the member late again, and be said again. */
  tellAnew(member: Member): void {
    const updates = [this.#awareness.gone(), this.#everyone()];
    const messages = updates.map((update) => member.dialect.encode({ type: 'awareness', update }));
    member.deliverAll(messages.flatMap((message) => (message ? [frame(message)] : [])));
  }

  close(): void {
    this.#open = false;
    if (typeof this.#timer === 'object') this.#timer.cancel();
    this.#timer = undefined;
  }

  #everyone(): Uint8Array {
    return this.#awareness.all(this.#options.clock.now(), tell);
  }

  /** At once when the last sending is a window ago, else when the window ends: a thousand movements become one frame. */
  #sendInTime(): void {
    if (!this.#awareness.changed || this.#timer || !this.#open) return;
    const { clock } = this.#options;
    const forAll = (this.#members.size * LIMITS.presencePersonUs) / 1_000;
    const window = Math.min(LIMITS.presenceWindowMostMs, Math.max(LIMITS.presenceWindowMs, forAll));
    const wait = this.#sentAt + window - clock.now();
    if (wait > 0) {
      this.#timer = clock.after(wait, () => this.#send());
    } else {
      this.#timer = 'soon';
      clock.soon(() => this.#send());
    }
  }

  #send(): void {
    this.#timer = undefined;
    this.#sentAt = this.#options.clock.now();
    const update = this.#awareness.takeChanges(this.#sentAt);
    this.#sendInTime(); // those of whom the others were told a moment ago
    if (!update) return;
    const frames = new Map<string, Uint8Array>();
    // Also to those who wait for the document: they have been told who is here, and nobody would tell them again.
    for (const member of this.#members) {
      if (member.pace !== 'ready') {
        this.#options.arrears.owePresence(member);
        continue;
      }
      let bytes = frames.get(member.dialect.voice);
      if (!bytes) {
        const message = member.dialect.encode({ type: 'awareness', update });
        if (!message) continue;
        bytes = frame(message);
        frames.set(member.dialect.voice, bytes);
      }
      member.deliver(bytes);
      this.#options.metrics.presenceSent++;
    }
  }
}

function tell(member: Listener, update: Uint8Array): void {
  const message = member.dialect.encode({ type: 'awareness', update });
  if (message) member.deliver(frame(message));
}
