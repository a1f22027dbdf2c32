'use client';

import { useEffect } from 'react';
import { whenSettled } from './settled.ts';

/** Milliseconds that one reads or writes in peace: keeping the page is a second or two of processor, and all its files once more. */
const SETTLED_MS = 3_000;

/**
 * Lets the service worker keep the page, so that it opens without a network, when the page is there and nobody waits for anything. `build` is
 * undefined while developing.
 */
export function KeepPage({ build, locale }: { build: string | undefined; locale: string }): null {
  useEffect(() => {
    const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined; // in secure contexts only
    if (!workers || build === undefined) return;
    const keep = async () => {
      const registration = await workers.register(`/sw.js?build=${encodeURIComponent(build)}`, {
        updateViaCache: 'none',
      });
      await settled(registration.installing ?? registration.waiting);
      const { active } = await workers.ready;
      const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
      const urls = loaded.filter((url) => /\/_next\/static\/|\/board\/assets\//.test(url));
      active?.postMessage({ type: 'keep', urls });
      const told = localeKept();
      if (told !== undefined && told !== locale) active?.postMessage({ type: 'renew' });
      keepLocale(locale);
    };
    return whenSettled(SETTLED_MS, () => void keep().catch(() => undefined)); // forbidden: the page needs the network then
  }, [build, locale]);
  return null;
}

/** A worker of another build takes over from the one that is there. */
function settled(coming: ServiceWorker | null): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!coming || coming.state === 'activated' || coming.state === 'redundant') resolve();
    };
    coming?.addEventListener('statechange', look);
    look();
  });
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
