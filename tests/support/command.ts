import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SERVER_ENTRY } from '../../scripts/children.mjs';

// The command line of the built server, run as a person runs it.

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Resolves when the command has ended. */
export async function inkroom(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [SERVER_ENTRY, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, errors };
}
