#!/usr/bin/env node
import { type Command, helpOf } from './commands/command.ts';
import { ConfigError } from './options.ts';
import { VERSION } from './version.ts';

// The command line: which command is meant. Each is loaded only when it is asked for.

const COMMANDS: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  serve: () => import('./commands/serve.ts'),
  doctor: () => import('./commands/doctor.ts'),
  backup: () => import('./commands/backup.ts'),
  restore: () => import('./commands/restore.ts'),
  recover: () => import('./commands/recover.ts'),
  inspect: () => import('./commands/inspect.ts'),
};

const HELP = ['help', '--help', '-h'];
const VERSIONS = ['version', '--version'];

async function main([first, ...rest]: readonly string[]): Promise<number> {
  const [name, ...args] = first !== undefined && HELP.includes(first) ? [...rest, first] : [first, ...rest];
  if (name !== undefined && HELP.includes(name)) {
    process.stdout.write(await overview());
    return 0;
  }
  if (name !== undefined && VERSIONS.includes(name)) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    process.stderr.write(`${name === undefined ? '' : `There is no command ${name}.\n\n`}${await overview()}`);
    return 2;
  }
  const { command } = await load();
  if (args.some((arg) => HELP.includes(arg))) {
    process.stdout.write(helpOf(command));
    return 0;
  }
  try {
    return await command.run({
      args,
      env: process.env,
      print: (text) => void process.stdout.write(text),
      complain: (text) => void process.stderr.write(text),
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map(async (load) => (await load()).command));
  const width = Math.max(...commands.map(({ synopsis }) => synopsis.length));
  const lines = commands.map(({ synopsis, text }) => `  inkroom ${synopsis.padEnd(width)}  ${text}\n`);
  return `Usage:\n\n${lines.join('')}\n"inkroom help serve" lists the options of a command, "inkroom version" says which one this is.\n`;
}

process.umask(0o077); // documents are nobody else's to read, in whatever directory they are put
process.exit(await main(process.argv.slice(2)));
