import '@fontsource-variable/inter/wght.css';
import './tokens.css';
import './base.css';
import './document/focus-mode.css';
import './document/print.css';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { buildId } from './build-id.ts';
import { KeepPage } from './keep-page.tsx';
import { CATALOGUES } from './messages/catalogues.ts';
import { readLocale } from './messages/server-locale.ts';
import { Providers } from './providers.tsx';

// The frame of every page: language, theme and the words. Rendered per request, as the policy's nonce and the language are. The title is
// each page's own (ui/page-title.tsx): a document's changes while it is open.

export async function generateMetadata(): Promise<Metadata> {
  const words = CATALOGUES[await readLocale()].app;
  return {
    description: words.description,
    applicationName: words.name,
    referrer: 'same-origin',
    formatDetection: { telephone: false, email: false, address: false },
  };
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  // The keyboard of a phone shrinks the page instead of covering the caret.
  interactiveWidget: 'resizes-content',
};

export default async function Layout({ children }: { children: ReactNode }) {
  const locale = await readLocale();
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    // The theme is set on <html> before hydration, hence the suppressed warning.
    <html lang={locale} suppressHydrationWarning>
      <body>
        <Providers locale={locale} messages={CATALOGUES[locale]} nonce={nonce}>
          {children}
          <KeepPage build={buildId()} locale={locale} />
        </Providers>
      </body>
    </html>
  );
}
