'use client';

import { useEffect } from 'react';

/** Milliseconds after which what was loaded is kept: the editor's own code has come by then, and nobody waits for anything. */
const SETTLED_MS = 3_000;

/** Lets the service worker keep the page, so that it opens without a network. `build` is undefined while developing. */
export function KeepPage({ build, locale }: { build: string | undefined; locale: string }): null {
  useEffect(() => {
    const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined; // in secure contexts only
    if (!workers || build === undefined) return;
    const tell = (message: unknown) => void workers.ready.then(({ active }) => active?.postMessage(message));
    const keep = () => {
      const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
      tell({ type: 'keep', urls: loaded.filter((url) => /\/_next\/static\/|\/board\/assets\//.test(url)) });
    };
    workers
      .register(`/sw.js?build=${encodeURIComponent(build)}`, { updateViaCache: 'none' })
      .then(keep, () => undefined); // forbidden: the page needs the network then
    const timer = setTimeout(keep, SETTLED_MS);
    const told = localeKept();
    if (told !== undefined && told !== locale) tell({ type: 'renew' });
    keepLocale(locale);
    return () => clearTimeout(timer);
  }, [build, locale]);
  return null;
}

const LOCALE = 'inkroom.shell-locale';

function localeKept(): string | undefined {
  try {
    return localStorage.getItem(LOCALE) ?? undefined;
  } catch {
    return undefined; // forbidden: the kept page may speak the language of before
  }
}

function keepLocale(locale: string): void {
  try {
    localStorage.setItem(LOCALE, locale);
  } catch {
    // see above
  }
}
