// Programs of the system that tests run: found where they are, or installed where we may.
// Invariant: a program that the environment names is the one that runs, or nothing does.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './tools.mjs';

/**
 * @typedef {object} Program
 * @property {string} title
 * @property {string[]} variables of the environment that may name the program; the first is ours
 * @property {string[]} names it has on the PATH
 * @property {string[]} places where it is when it is not on the PATH
 * @property {string[]} packages of Debian: the first that can be installed
 */

/**
 * The environment's, then the system's.
 * @param {Program} program
 * @returns {string | undefined} its path
 * @throws when the environment names a program that is not there: silently taking another one would hide the mistake
 */
export function findProgram({ variables, names, places }) {
  for (const variable of variables) {
    const path = process.env[variable];
    if (!path) continue;
    if (!existsSync(path)) throw new Error(`${variable} is ${path}, and there is no such file.`);
    return path;
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const system = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places];
  return system.find((path) => existsSync(path));
}

/**
 * Installs Debian's package of it, as root.
 * @param {Program} program
 * @returns {Promise<boolean>} whether that was tried
 */
export async function installProgram({ title, packages }) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  console.log(`No ${title} here: installing the package of Debian ...`);
  await run('apt-get', ['update']);
  for (const name of packages) {
    if ((await run('apt-get', ['install', '-y', '--no-install-recommends', name])) === 0) break;
  }
  return true;
}
