// Whether `npm ci` can work from package-lock.json on every platform.
// npm leaves an optional platform package out of the lock file when the registry lacked it at that moment, without a word, and
// `npm ci` then dies on the machines that need it. Found here, it is a red check instead of a broken install.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './tools.mjs';

/** @typedef {{ packages: Record<string, { optionalDependencies?: Record<string, string> }> }} Lock */

/**
 * Optional dependencies that a package of the lock file asks for and the lock file does not hold.
 * @param {Lock} lock
 * @returns {string[]} `asker -> package`, in the order of the file
 */
export function missingPackages(lock) {
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !isHeld(lock, path, name))
      .map((name) => `${path || '(root)'} -> ${name}`),
  );
}

/**
 * Looks where Node would: beside the asker, then one node_modules further up, until the root.
 * @param {Lock} lock
 * @param {string} path the asker's place
 * @param {string} name
 */
function isHeld(lock, path, name) {
  for (let place = path; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    if (Object.hasOwn(lock.packages, `${place ? `${place}/` : ''}node_modules/${name}`)) return true;
    if (place === '') return false;
  }
}

/** Prints what is missing. @returns {number} an exit code */
export function checkLock() {
  const missing = missingPackages(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
  for (const line of missing) console.error(`package-lock.json lacks ${line}: npm ci would fail where it is needed.`);
  return missing.length === 0 ? 0 : 1;
}
