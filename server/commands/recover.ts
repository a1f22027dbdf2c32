import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OPTIONS } from '../config.ts';
import { type Prefix, soundPrefix } from '../documents/prefix.ts';
import { LogError } from '../log/log.ts';
import { OfflineLog } from '../log/offline.ts';
import { decodeRecords } from '../log/record.ts';
import type { Salvaged } from '../log/salvage.ts';
import { ConfigError, readOptions, SWITCH, usageOf } from '../options.ts';
import type { Asked, Command } from './command.ts';
import { withoutDocuments } from './directory.ts';

// inkroom recover: a damaged document is taken back to its last good prefix.
// Invariant: what is given up lies in a file beside the database, synced, before anything of the database is changed.

const TABLE = {
  data: OPTIONS.data,
  dryRun: { kind: SWITCH, initial: 'false', text: 'Only say what would be kept.' },
} as const;

export const command: Command = {
  synopsis: 'recover <document>',
  text: 'Takes a damaged document back to its last good prefix. The server must not run.',
  options: usageOf(TABLE),
  run: recover,
};

async function recover({ args, env, print, complain }: Asked): Promise<number> {
  const { data, dryRun, operands } = readOptions(TABLE, { args, env, known: OPTIONS, operands: ['document'] });
  const [document] = operands as [string];
  const directory = resolve(data);
  const problem = withoutDocuments(directory);
  if (problem !== undefined) throw new ConfigError(problem);
  try {
    const log = new OfflineLog({ directory });
    const salvaged = log.salvage(document);
    if (!salvaged) {
      complain(`There is no document ${JSON.stringify(document)} in ${directory}.\n`);
      return 1;
    }
    const plan = planOf(salvaged);
    print(plan.text);
    if (plan.whole || dryRun) return 0;
    const file = join(
      directory,
      `given-up-${fileName(document)}-${new Date().toISOString().replaceAll(':', '-')}.jsonl`,
    );
    writeDown(file, plan.lines);
    log.rewind(document, salvaged, plan.keep);
    log.load(document); // every checksum again; throws
    log.close();
    print(
      `Done. What was given up is in ${file}.\nWhoever still has newer content brings it back by opening the document.\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    complain(`${error.message}\n`);
    return 1;
  }
}

interface Plan {
  readonly whole: boolean;
  readonly text: string;
  readonly keep: { snapshot: boolean; records: number; rest: Uint8Array[] };
  /** One for each thing that is given up. */
  readonly lines: readonly string[];
}

function planOf(salvaged: Salvaged): Plan {
  const { snapshot, merged, records, given } = salvaged;
  const updatesOf = records.map(({ bytes }) => {
    const updates: Uint8Array[] = [];
    decodeRecords(bytes, updates);
    return updates;
  });
  const prefix = soundPrefix({ snapshot, updates: updatesOf.flat() });
  const keep = { snapshot: snapshot !== undefined && prefix.snapshot, records: 0, rest: [] as Uint8Array[] };
  let left = prefix.updates;
  for (const updates of updatesOf) {
    if (left < updates.length) {
      keep.rest = updates.slice(0, left);
      break;
    }
    left -= updates.length;
    keep.records++;
  }
  const lost = [...given.map(({ what, why, bytes }) => ({ what, why, bytes }))];
  if (!prefix.snapshot)
    for (const bytes of snapshot?.bytes ?? [])
      lost.push({ what: 'a piece of the snapshot', why: prefix.why ?? '', bytes });
  for (const { sequence, bytes } of records.slice(keep.records))
    lost.push({ what: `record ${sequence}`, why: prefix.why ?? '', bytes });
  return {
    whole: lost.length === 0,
    text: textOf({ keep, lost, merged, records, prefix }),
    keep,
    lines: lost.map(({ what, why, bytes }) =>
      JSON.stringify({ what, why, bytes: bytes && Buffer.from(bytes).toString('base64') }),
    ),
  };
}

interface Findings {
  readonly keep: Plan['keep'];
  readonly lost: readonly { what: string; why: string }[];
  readonly merged: number;
  readonly records: Salvaged['records'];
  readonly prefix: Prefix;
}

function textOf({ keep, lost, merged, records, prefix }: Findings): string {
  if (lost.length === 0) return 'Nothing of it is damaged.\n';
  const last = records[keep.rest.length > 0 ? keep.records : keep.records - 1];
  const kept: string[] = [];
  if (keep.snapshot) kept.push(`the snapshot, which holds the records up to ${merged}`);
  if (keep.records > 0) kept.push(`${keep.records} records after ${keep.snapshot ? 'it' : 'the beginning'}`);
  if (keep.rest.length > 0) kept.push(`the first ${keep.rest.length} updates of record ${last?.sequence}`);
  const lines = [
    kept.length > 0
      ? `Kept: ${kept.join(', ')}.`
      : 'Kept: nothing. What came after the damage builds on what is damaged.',
    last ? `The last edit that is kept is of ${new Date(last.at).toISOString()}.` : '',
    prefix.why ?? '',
    'Given up:',
    ...lost.map(({ what, why }) => `  ${what}: ${why}`),
  ];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

function writeDown(path: string, lines: readonly string[]): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    for (const line of lines) writeSync(file, `${line}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A name that no path can be made of. */
function fileName(document: string): string {
  return document.replaceAll(/[^\w-]+/g, '_').slice(0, 40);
}
