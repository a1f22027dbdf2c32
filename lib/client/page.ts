// What the browser says about the page and the network. In Node nothing is ever said.
// Invariant: nothing is touched at import, so that a server may render what imports this.

export interface PageListener {
  /** There may be a network again, or a person is looking again. */
  wake(): void;
  /** The network may be gone. */
  doubt(): void;
  /** Nobody is looking, or the page is about to go. */
  hide(): void;
  show(): void;
}

export function isPageHidden(): boolean {
  return globalThis.document?.visibilityState === 'hidden';
}

/** Returns what ends the watching. */
export function watchPage(listener: PageListener): () => void {
  const stops: (() => void)[] = [];
  const on = (target: EventTarget | undefined, type: string, handler: () => void) => {
    target?.addEventListener?.(type, handler); // not every runtime's global object is an EventTarget
    stops.push(() => target?.removeEventListener?.(type, handler));
  };
  const seen = () => {
    if (isPageHidden()) {
      listener.hide();
    } else {
      listener.show();
      listener.wake();
    }
  };
  on(globalThis, 'online', () => listener.wake());
  on(globalThis, 'offline', () => listener.doubt());
  on(globalThis, 'pagehide', () => listener.hide());
  on(globalThis, 'pageshow', seen); // also when it comes back from the back-forward cache, its socket long dead
  on(globalThis.document, 'visibilitychange', seen);
  return () => {
    for (const stop of stops) stop();
  };
}
