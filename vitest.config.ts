import { defineConfig } from 'vitest/config';

// The tests below the browser, one project per kind, so that `npm test -- fuzz` runs one kind.
// Processes, not threads: the store is a native module, and a crash of it should end one file.

const MINUTE = 60_000;

/** `group` orders the projects: what kills servers and measures time gets the machine to itself, after the rest. */
function project(name: string, { timeout, group }: { timeout: number; group: number }) {
  return {
    test: {
      name,
      include: [`tests/${name}/**/*.test.ts`],
      testTimeout: timeout,
      hookTimeout: timeout,
      sequence: { groupOrder: group },
    },
  };
}

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      project('unit', { timeout: 10_000, group: 0 }),
      project('contract', { timeout: 20_000, group: 0 }),
      project('fuzz', { timeout: 5 * MINUTE, group: 1 }),
      project('fault', { timeout: 10 * MINUTE, group: 2 }),
    ],
  },
});
