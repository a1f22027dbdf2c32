import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

// How an option is declared, found and checked. A table of options is all that a command says about its configuration.
// Invariant: flags win over the environment, and that over the file; what nobody declared, or does not fit, is a ConfigError.

/** What values an option takes. */
export interface Kind<T> {
  /** Stands for the value in the usage. */
  readonly placeholder: string;
  /** Completes "it takes ...". */
  readonly words: string;
  /** The flag alone says `true`. */
  readonly alone?: true;
  /** Undefined for a text that is no such value. */
  parse(text: string): T | undefined;
}

export interface Option<T> {
  /** Environment variable. */
  readonly env?: string;
  readonly kind: Kind<T>;
  /** As a person would write it; without one the option may be left out. */
  readonly initial?: string;
  /** One sentence. */
  readonly text: string;
  /**
   * Never taken from the command line, which every user of the machine can read: from the environment, from the configuration file, or
   * from a file of its own, which the same name with `-file` gives (`--admin-key-file`, INKROOM_ADMIN_KEY_FILE, "adminKeyFile").
   */
  readonly secret?: true;
}

/** Keys are those of the configuration file, in camelCase; the flag is the same in kebab-case. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

type Value<O> = O extends { kind: Kind<infer T> } ? (O extends { initial: string } ? T : T | undefined) : never;
export type Values<Table extends OptionTable> = { readonly [Name in keyof Table]: Value<Table[Name]> };
export type Environment = Readonly<Record<string, string | undefined>>;

/** A mistake in flags, environment or configuration file; the message says what to do. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigError';
  }
}

export function text(placeholder: string): Kind<string> {
  return { placeholder, words: 'a text', parse: (value) => value };
}

export function wholeNumber(least: number, most: number): Kind<number> {
  return {
    placeholder: 'N',
    words: `a whole number from ${least} to ${most}`,
    parse: (value) =>
      /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined,
  };
}

export function oneOf<T extends string>(placeholder: string, ...choices: T[]): Kind<T> {
  return {
    placeholder,
    words: `one of ${choices.join(', ')}`,
    parse: (value) => choices.find((choice) => choice === value),
  };
}

export function url(...protocols: string[]): Kind<string> {
  return {
    placeholder: 'URL',
    words: `a URL that begins with ${protocols.join(' or ')}`,
    parse: (value) => (protocols.some((start) => value.startsWith(start)) && URL.canParse(value) ? value : undefined),
  };
}

/** A flag that takes no value. */
export const SWITCH: Kind<boolean> = {
  placeholder: '',
  words: 'true or false',
  alone: true,
  parse: (value) => ({ true: true, false: false })[value],
};

/** Where the configuration file is; every command that reads options takes this one too. */
export const CONFIG_FILE = {
  env: 'INKROOM_CONFIG',
  kind: text('FILE'),
  text: 'A JSON file with any of these options, by their names in camelCase.',
} as const satisfies Option<string>;

/** `adminKey` as a flag, without the dashes. */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The environment variable, and the name of the option, that give the file a secret is in. */
export function secretFile(name: string, { env }: Option<unknown>): { name: string; env: string | undefined } {
  return { name: `${name}File`, env: env && `${env}_FILE` };
}

/** One line for each option, for `--help`. */
export function usageOf(table: OptionTable): string {
  const rows = [...Object.entries(table), ['config', CONFIG_FILE] as [string, Option<unknown>]].map(
    ([name, option]) => {
      const given = option.secret ? secretFile(name, option) : { name, env: option.env };
      const flag = `--${flagOf(given.name)} ${option.secret ? 'FILE' : option.kind.placeholder}`.trimEnd();
      const origin = [option.secret ? option.env : undefined, given.env]
        .filter((name) => name !== undefined)
        .join(' or ');
      const notes = [
        origin,
        option.initial === undefined || option.kind.alone ? '' : `default ${option.initial}`,
      ].filter((note) => note !== '');
      return [flag, `${option.text}${notes.length > 0 ? ` [${notes.join('; ')}]` : ''}`] as const;
    },
  );
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return rows.map(([flag, words]) => `  ${flag.padEnd(width)}  ${words}\n`).join('');
}

export interface Given {
  readonly args: readonly string[];
  readonly env: Environment;
  /** Other keys that the configuration file may have: those of the other commands. */
  readonly known?: OptionTable;
  /** Names of the arguments besides the options, in order; all of them must be there. */
  readonly operands?: readonly string[];
  /** How many more of them there may be. */
  readonly optional?: number;
}

/** The values of a table's options. Throws ConfigError. */
export function readOptions<Table extends OptionTable>(
  table: Table,
  given: Given,
): Values<Table> & { operands: string[] } {
  const { flags, operands } = readFlags(table, given);
  const path = flags.get('config') ?? (given.env[CONFIG_FILE.env] || undefined);
  const file = path === undefined ? undefined : readFile(path, { ...given.known, ...table });
  const values: Record<string, unknown> = { operands };
  for (const [name, option] of Object.entries(table))
    values[name] = readOption(name, option, { flags, env: given.env, file });
  return values as Values<Table> & { operands: string[] };
}

interface Sources {
  readonly flags: ReadonlyMap<string, string>;
  readonly env: Environment;
  readonly file: ConfigFile | undefined;
}

interface ConfigFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

function readOption(name: string, option: Option<unknown>, sources: Sources): unknown {
  const found = option.secret ? findSecret(name, option, sources) : find(name, option.env, sources);
  if (!found) return option.initial === undefined ? undefined : option.kind.parse(option.initial);
  const value = option.kind.parse(found.text);
  if (value !== undefined) return value;
  throw new ConfigError(
    `${found.where} is ${option.secret ? 'no such value' : `"${found.text}"`}; it takes ${option.kind.words}.`,
  );
}

interface Found {
  readonly text: string;
  /** What the person wrote it as. */
  readonly where: string;
}

/** An empty variable is one that is not set. */
function find(name: string, env: string | undefined, { flags, env: environment, file }: Sources): Found | undefined {
  const flag = flags.get(name);
  if (flag !== undefined) return { text: flag, where: `--${flagOf(name)}` };
  const variable = env === undefined ? undefined : environment[env];
  if (variable) return { text: variable, where: `The environment variable ${env}` };
  const written = file?.values[name];
  if (written === undefined) return undefined;
  const where = `"${name}" in ${file?.path}`;
  if (typeof written === 'string' || typeof written === 'number' || typeof written === 'boolean')
    return { text: String(written), where };
  throw new ConfigError(`${where} must be a text, a number, or true or false.`);
}

function findSecret(name: string, option: Option<unknown>, sources: Sources): Found | undefined {
  const elsewhere = secretFile(name, option);
  const flag = sources.flags.get(elsewhere.name);
  const direct = flag === undefined ? find(name, option.env, sources) : undefined;
  if (direct) return direct;
  const path = find(elsewhere.name, elsewhere.env, sources);
  if (!path) return undefined;
  try {
    // Editors end a file with a line break, which is not part of the secret.
    const text = readFileSync(resolve(path.text), 'utf8').replace(/\r?\n$/, '');
    if (text !== '') return { text, where: `The content of ${path.text}` };
  } catch (cause) {
    throw new ConfigError(`${path.where} names the file ${path.text}, which cannot be read: ${reasonOf(cause)}.`, {
      cause,
    });
  }
  throw new ConfigError(`${path.where} names the file ${path.text}, which is empty. Write the secret into it.`);
}

function readFlags(
  table: OptionTable,
  { args, operands: names = [], optional = 0 }: Given,
): { flags: Map<string, string>; operands: string[] } {
  const known = new Map<string, { name: string; alone: boolean }>([['config', { name: 'config', alone: false }]]);
  const secrets = new Set<string>();
  for (const [name, option] of Object.entries(table)) {
    const given = option.secret ? secretFile(name, option).name : name;
    known.set(flagOf(given), { name: given, alone: option.kind.alone ?? false });
    if (option.secret) secrets.add(flagOf(name));
  }
  const types = Object.fromEntries(
    [...known].map(([flag, { alone }]) => [flag, { type: alone ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...args], options: types, strict: false, tokens: true });
  const flags = new Map<string, string>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = known.get(token.name);
    if (secrets.has(token.name)) {
      throw new ConfigError(
        `${token.rawName} would show the secret to every user of this machine: put it into a file and give ${token.rawName}-file.`,
      );
    }
    if (option === undefined)
      throw new ConfigError(`There is no option ${token.rawName}. --help lists those that there are.`);
    const value = option.alone ? (token.value ?? 'true') : token.value;
    if (!value) throw new ConfigError(`${token.rawName} needs a value.`);
    flags.set(option.name, value);
  }
  const missing = names[operands.length];
  if (missing !== undefined) throw new ConfigError(`${missing} is missing. --help shows how it is given.`);
  const extra = operands[names.length + optional];
  if (extra !== undefined)
    throw new ConfigError(`"${extra}" is one argument too many. --help shows what there may be.`);
  return { flags, operands };
}

function readFile(path: string, table: OptionTable): ConfigFile {
  let values: unknown;
  try {
    values = JSON.parse(readFileSync(resolve(path), 'utf8'));
  } catch (cause) {
    const problem =
      cause instanceof SyntaxError ? `is not JSON: ${cause.message}` : `cannot be read: ${reasonOf(cause)}`;
    throw new ConfigError(`The configuration file ${path} ${problem}.`, { cause });
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new ConfigError(`The configuration file ${path} must hold one JSON object, such as {"port": 3000}.`);
  }
  const names = Object.entries(table).flatMap(([name, option]) =>
    option.secret ? [name, secretFile(name, option).name] : [name],
  );
  const unknown = Object.keys(values).find((key) => !names.includes(key));
  if (unknown !== undefined) {
    throw new ConfigError(
      `The configuration file ${path} has the key "${unknown}", which is none of ${names.join(', ')}.`,
    );
  }
  return { path, values: values as Record<string, unknown> };
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user may not read it';
  return cause instanceof Error ? cause.message : String(cause);
}
