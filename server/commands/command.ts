import type { Environment } from '../options.ts';

// What a command of the command line is. Each has a file of its own here and a line in main.ts.
// Invariant: exit code 0 means that it did what was asked, 1 that it could not, 2 that it was asked wrongly.

export interface Command {
  /** What follows `inkroom` in its usage: `serve [options]`. */
  readonly synopsis: string;
  /** One sentence. */
  readonly text: string;
  /** Its options, as `usageOf` makes them. */
  readonly options: string;
  /** Resolves with the exit code. Throws ConfigError when it was asked wrongly. */
  run(asked: Asked): Promise<number>;
}

export interface Asked {
  readonly args: readonly string[];
  readonly env: Environment;
  /** Writes to standard output, and to standard error. Lines end with a line break. */
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

export function helpOf({ synopsis, text, options }: Command): string {
  return `Usage: inkroom ${synopsis}\n\n${text}\n\n${options}`;
}
