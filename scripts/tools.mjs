// The command line tools that the scripts run, found where npm put them and started without a shell.
// Invariant: a tool's exit code is always awaited and handed back; nothing here decides what a failure means.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's directory, with a trailing separator. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const TOOLS = {
  biome: '@biomejs/biome/bin/biome',
  next: 'next/dist/bin/next',
  playwright: '@playwright/test/cli.js',
  tsc: 'typescript/bin/tsc',
  vitest: 'vitest/vitest.mjs',
};

/** Next.js reports usage to its makers unless told not to; a self-hosted editor does not call home. */
export const QUIET_ENV = { NEXT_TELEMETRY_DISABLED: '1' };

/**
 * Runs one of our tools on this Node, its output going to ours.
 * @param {keyof typeof TOOLS} name
 * @param {string[]} args
 * @param {Record<string, string>} [env] added to ours
 * @returns {Promise<number>} its exit code; 1 when a signal ended it
 */
export function tool(name, args, env = {}) {
  return run(process.execPath, [join(ROOT, 'node_modules', TOOLS[name]), ...args], env);
}

/**
 * Runs a program, its output going to ours.
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [env] added to ours
 * @returns {Promise<number>} its exit code; 1 when a signal ended it, 127 when it could not be started
 */
export function run(program, args, env = {}) {
  const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...QUIET_ENV, ...env } });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      resolve(127);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
