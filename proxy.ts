import { type NextRequest, NextResponse } from 'next/server';
import { FRAME_ORIGINS } from './lib/editor/content/embed-sites.ts';

// The security headers of every page.
// Invariant: no script or style runs that this server did not write: a nonce per request, no inline code, nothing from elsewhere but images, and
// frames of the sites that a document may show.

export function proxy(request: NextRequest): NextResponse {
  const nonce = crypto.randomUUID();
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  // Next reads the nonce for its own scripts from here.
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('referrer-policy', 'same-origin');
  response.headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
  return response;
}

function contentSecurityPolicy(nonce: string): string {
  // React's development build evaluates code, and its tools write styles.
  const development = process.env.NODE_ENV === 'development';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    development ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    // Images are the one thing a document may bring from elsewhere (lib/convert/safe-url.ts); blobs are the page's own pictures.
    "img-src 'self' https: http: data: blob:",
    // 'self' covers ws: and wss: of the same host in current browsers.
    "connect-src 'self'",
    "font-src 'self'",
    // The frame that draws diagrams (app/diagram), and pages of other sites, which have to be asked for.
    `frame-src 'self' ${FRAME_ORIGINS.join(' ')}`,
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const config = {
  // Files that carry no code of a page need no policy; the frame that draws diagrams has one of its own.
  matcher: '/((?!_next/static|icon.svg|sw.js|diagram$|diagram/|board/assets/).*)',
};
