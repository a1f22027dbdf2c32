'use client';

import { ThemeProvider } from 'next-themes';
import { Tooltip } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { IntlProvider } from 'use-intl';
import type { Catalogue } from './messages/catalogue.ts';
import type { Locale } from './messages/locale.ts';
import { ToastProvider } from './ui/toast.tsx';

// What every component may rely on: words, theme, tooltips, toasts.

export interface ProvidersProps {
  locale: Locale;
  messages: Catalogue;
  nonce: string | undefined;
  children: ReactNode;
}

export function Providers({ locale, messages, nonce, children }: ProvidersProps) {
  // Browsers hide a nonce from scripts; the first one stays right for the life of the page.
  const [firstNonce] = useState(nonce);
  return (
    <ThemeProvider
      attribute="data-theme"
      enableColorScheme={false}
      {...(firstNonce === undefined ? {} : { nonce: firstNonce })}
    >
      <IntlProvider locale={locale} messages={messages as never} timeZone={timeZone()}>
        <Tooltip.Provider delayDuration={400} skipDelayDuration={200}>
          <ToastProvider>{children}</ToastProvider>
        </Tooltip.Provider>
      </IntlProvider>
    </ThemeProvider>
  );
}

/** Only dates that the browser has fetched are shown, so the server's zone is never seen. */
function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
