// How the page is built. It is served behind the sync server's port (see scripts/start.mjs), which owns sockets and API.

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Two copies of Yjs in one process break its instanceof checks.
  serverExternalPackages: ['yjs'],
  // Nothing is fetched or resized on behalf of a page: an optimizer would be an open proxy.
  images: { unoptimized: true },
  // Types are checked once, by the check script, for the whole repository.
  typescript: { ignoreBuildErrors: true },
};

export default config;
