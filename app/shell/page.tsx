import { Shell } from './shell.tsx';

/** What the service worker (public/sw.js) shows at any address when the server cannot be reached. */
export default function Page() {
  return <Shell />;
}
