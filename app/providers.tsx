'use client';

import { ThemeProvider } from 'next-themes';
import { Tooltip } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { type IntlError, IntlErrorCode, IntlProvider } from 'use-intl';
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
      <IntlProvider locale={locale} messages={messages as never} onError={report} {...TIME_ZONE}>
        <Tooltip.Provider delayDuration={400} skipDelayDuration={200}>
          <ToastProvider>{children}</ToastProvider>
        </Tooltip.Provider>
      </IntlProvider>
    </ThemeProvider>
  );
}

/**
 * The browser's own, which needs no asking: that takes it 30 ms of a page's start and more. Only dates that it has fetched are shown, so that no
 * server's is ever seen.
 */
const TIME_ZONE = typeof window === 'undefined' ? { timeZone: 'UTC' } : {};

function report(error: IntlError): void {
  if (error.code !== IntlErrorCode.ENVIRONMENT_FALLBACK) console.error(error); // see above
}
