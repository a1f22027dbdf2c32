// npm run reference: writes the tables of docs/OPERATING.md from the sources that they describe.
//
//   commands (server/commands) · options (server/config.ts) · bounds (server/limits.ts, lib/protocol/update.ts) · metrics (server/metrics.ts) · close codes (lib/protocol/errors.ts)
//
// Invariant: what is between two markers is never written by hand; `npm run check` compares.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { ROOT } from './tools.mjs';

const DOCUMENT = 'docs/OPERATING.md';

/** @typedef {readonly (readonly string[])[]} Rows the first of them is the head */

/** What stands between the markers of each name. @type {Record<string, () => Promise<string>>} */
const PARTS = {
  commands: async () => {
    const files = readdirSync(join(ROOT, 'server/commands')).sort();
    /** @type {string[]} */
    const parts = [];
    for (const file of files) {
      const { command } = await import(`#built/server/commands/${file.replace(/\.ts$/, '')}`);
      if (!command) continue; // something that commands share
      parts.push(`**inkroom ${command.synopsis}**  \n${command.text}\n`);
      // Those of `serve` have a table of their own, which says more.
      if (file !== 'serve.ts') parts.push(`\`\`\`\n${command.options.trimEnd()}\n\`\`\`\n`);
    }
    return `${parts.join('\n').trimEnd()}\n`;
  },
  options: async () => {
    const { OPTIONS } = await import('#built/server/config');
    const { CONFIG_FILE, flagOf, secretFile } = await import('#built/server/options');
    /** @type {[string, import('../server/options.ts').Option<unknown>][]} */
    const options = [...Object.entries(OPTIONS), ['config', CONFIG_FILE]];
    return tableOf([
      ['flag', 'environment', 'in the file', 'default', ''],
      ...options.map(([name, option]) => {
        const file = secretFile(name, option);
        const flag = option.secret ? flagOf(file.name) : flagOf(name);
        return [
          code(`--${flag} ${option.secret ? 'FILE' : option.kind.placeholder}`),
          [option.env, option.secret ? file.env : undefined].filter(isText).map(code).join(', '),
          name === 'config' ? '' : [name, ...(option.secret ? [file.name] : [])].map(code).join(', '),
          option.initial === undefined ? '' : code(option.initial),
          option.text,
        ];
      }),
    ]);
  },
  bounds: async () => {
    const { LIMITS } = await import('#built/server/limits');
    const { PROTOCOL_LIMITS } = await import('#built/lib/protocol/limits');
    return tableOf([
      ['bound', 'value', ''],
      ...boundsOf(LIMITS, 'server/limits.ts', 'LIMITS'),
      ...boundsOf(PROTOCOL_LIMITS, 'lib/protocol/limits.ts', 'PROTOCOL_LIMITS'),
    ]);
  },
  metrics: async () => {
    const { METRICS } = await import('#built/server/metrics');
    return tableOf([
      ['metric', 'kind', ''],
      ...METRICS.read.map(({ name, type, label, text }) => [code(label ? `${name}{${label}}` : name), type, text]),
      ...METRICS.histograms.map(({ name, text }) => [code(name), 'histogram', text]),
    ]);
  },
  codes: async () => {
    const { REFUSALS } = await import('#built/lib/protocol/errors');
    return tableOf([
      ['code', 'closes with', 'a retry may help', 'what clients are told'],
      ...Object.entries(REFUSALS).map(([name, { closeCode, retry, text }]) => [
        code(name),
        `${closeCode}`,
        retry ? 'yes' : 'no',
        text,
      ]),
    ]);
  },
};

/**
 * The document with its tables as the sources have them now. The server must be built.
 * @returns {Promise<{ is: string, ought: string }>}
 */
async function compare() {
  const is = readFileSync(join(ROOT, DOCUMENT), 'utf8');
  let ought = is;
  for (const [name, write] of Object.entries(PARTS)) {
    const [start, end] = [`<!-- reference: ${name} -->\n`, `<!-- end of ${name} -->`];
    const [from, to] = [ought.indexOf(start), ought.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${DOCUMENT} lacks the markers ${start.trim()} and ${end}.`);
    ought = `${ought.slice(0, from + start.length)}\n${await write()}\n${ought.slice(to)}`;
  }
  return { is, ought };
}

/** For `npm run check`: 0 when the tables are what the sources say. */
export async function checkReference() {
  if (!(await build('server'))) return 1;
  const { is, ought } = await compare();
  if (is === ought) return 0;
  console.error(
    `The tables of ${DOCUMENT} are not what the sources say: run "npm run reference", and commit what it writes.`,
  );
  return 1;
}

/**
 * The entries of a table of bounds, each with the comment above it.
 * @param {Readonly<Record<string, number>>} bounds
 * @param {string} file
 * @param {string} constant
 */
function boundsOf(bounds, file, constant) {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const table = source.slice(source.indexOf(`export const ${constant} = {`));
  return Object.entries(bounds).map(([name, value]) => {
    const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*${name}:`).exec(table)?.[1];
    if (comment === undefined) throw new Error(`${file}: ${name} has no comment that says its unit and its reason.`);
    return [code(name), amount(name, value), comment.replace(/\s+\*?\s*/g, ' ').trim()];
  });
}

/** @param {string} name @param {number} value */
function amount(name, value) {
  if (/bytes$/i.test(name))
    return value >= 1024 ** 2 ? `${value / 1024 ** 2} MiB` : value >= 1024 ? `${value / 1024} KiB` : `${value} B`;
  if (/Ms$/.test(name)) return value >= 1000 ? `${value / 1000} s` : `${value} ms`;
  return value.toLocaleString('en');
}

/** @param {Rows} rows */
function tableOf([head = [], ...rows]) {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}

/** @param {string | undefined} text @returns {text is string} */
function isText(text) {
  return text !== undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!(await build('server'))) process.exit(1);
  const { is, ought } = await compare();
  if (is !== ought) writeFileSync(join(ROOT, DOCUMENT), ought);
  console.log(is === ought ? `${DOCUMENT} was up to date.` : `${DOCUMENT} was written.`);
}
