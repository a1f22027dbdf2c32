// nginx and Caddy for the tests of deploy/: found where they are, else installed, else asked for in one sentence.
// Invariant: the examples are shown with the real programs or the tests fail; they are never skipped for want of one.

import { findProgram, installProgram } from './programs.mjs';

/** @satisfies {Record<string, import('./programs.mjs').Program>} */
const PROXIES = {
  nginx: {
    title: 'nginx',
    variables: ['INKROOM_NGINX'],
    names: ['nginx'],
    places: ['/usr/sbin/nginx', '/usr/local/sbin/nginx'], // no user's PATH has it on Debian
    packages: ['nginx-light', 'nginx'],
  },
  caddy: { title: 'Caddy', variables: ['INKROOM_CADDY'], names: ['caddy'], places: [], packages: ['caddy'] },
};

/** @typedef {keyof typeof PROXIES} ProxyName */

/**
 * @param {ProxyName} name
 * @returns {string} the path of the program
 * @throws with what to do when there is none
 */
export function findProxy(name) {
  const { title, variables, packages } = PROXIES[name];
  const found = findProgram(PROXIES[name]);
  if (found) return found;
  throw new Error(
    `The tests of deploy/ need ${title}. Install it (Debian: apt-get install ${packages[0]}), or set ${variables[0]} to the path of its program.`,
  );
}

/**
 * Installs what is not there, where we may. Whatever is missing after that, its tests will say.
 */
export async function installProxies() {
  for (const program of Object.values(PROXIES)) if (!findProgram(program)) await installProgram(program);
}
