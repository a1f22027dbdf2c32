import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasEnded, howItEnded, probePort, untilEnded } from '../../scripts/children.mjs';
import { findProxy, type ProxyName } from '../../scripts/proxies.mjs';
import { ROOT } from '../../scripts/tools.mjs';
import { until } from './until.ts';

// nginx and Caddy as deploy/ configures them, in a folder of their own.
// Invariant: of an example nothing is changed but names, ports and paths, each of which must be there; so an example that rots is noticed.

/** The certificate of tests/fixtures/tls, which is for localhost. */
export const CERTIFICATE = fileURLToPath(new URL('../fixtures/tls/one.crt', import.meta.url));
const KEY = fileURLToPath(new URL('../fixtures/tls/one.key', import.meta.url));
/** The name of the examples, and the one that the certificate is for. */
const [NAME, OWN_NAME] = ['docs.example.org', 'localhost'];

/** What an example is told of the place where it runs. */
interface Place {
  readonly folder: string;
  /** Of the server behind it. */
  readonly target: number;
  readonly port: number;
  readonly plainPort: number;
  readonly hasIPv6: boolean;
}

interface Setup {
  /** Writes what it needs into the folder, and returns the arguments of the program. */
  prepare(place: Place): readonly string[];
}

const SETUPS: Record<ProxyName, Setup> = {
  nginx: {
    prepare({ folder, target, port, plainPort, hasIPv6 }) {
      const six = (line: string) => (hasIPv6 ? line : '');
      const site = changed(example('nginx.conf'), [
        [NAME, OWN_NAME],
        ['127.0.0.1:3000', `127.0.0.1:${target}`],
        ['listen 80;', `listen 127.0.0.1:${plainPort};`],
        ['listen [::]:80;', six(`listen [::1]:${plainPort};`)],
        ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
        ['listen [::]:443 ssl;', six(`listen [::1]:${port} ssl;`)],
        [`/etc/letsencrypt/live/${OWN_NAME}/fullchain.pem`, CERTIFICATE],
        [`/etc/letsencrypt/live/${OWN_NAME}/privkey.pem`, KEY],
        ['/var/log/nginx/inkroom.log', join(folder, 'access.log')],
      ]);
      writeFileSync(join(folder, 'inkroom.conf'), site);
      // What Debian's nginx.conf has around conf.d, as far as it matters.
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `${kind}_temp_path ${join(folder, kind)};`,
      );
      const main = `
        daemon off;
        ${process.getuid?.() === 0 ? 'user root;' : ''}
        pid ${join(folder, 'nginx.pid')};
        error_log ${join(folder, 'error.log')};
        events { worker_connections 768; }
        http { ${temporary.join(' ')} include ${join(folder, 'inkroom.conf')}; }`;
      writeFileSync(join(folder, 'nginx.conf'), main);
      return ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')];
    },
  },
  caddy: {
    prepare({ folder, target, port, plainPort }) {
      const site = changed(example('Caddyfile'), [
        [`${NAME} {`, `https://${OWN_NAME}:${port} {\n\ttls ${CERTIFICATE} ${KEY}`], // in place of one that it gets by itself
        ['127.0.0.1:3000', `127.0.0.1:${target}`],
        ['/var/log/caddy/inkroom.log', join(folder, 'access.log')],
      ]);
      const all = `{
        admin off
        http_port ${plainPort}
        https_port ${port}
        storage file_system ${join(folder, 'storage')}
      }\n`;
      writeFileSync(join(folder, 'Caddyfile'), all + site);
      return ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')];
    },
  },
};

/** Owned by the test that started it; `close()` ends it and may be called twice. */
export class RealProxy {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly port: number;
  /** Where it tells who comes without TLS to come with it. */
  readonly plainPort: number;

  private constructor(child: ChildProcess, { folder, port, plainPort }: Place) {
    this.#child = child;
    this.#folder = folder;
    this.port = port;
    this.plainPort = plainPort;
  }

  /** In front of the server on the port `target`. Rejects with what it wrote when it does not listen, and with what to install where there is none. */
  static async start(name: ProxyName, target: number): Promise<RealProxy> {
    const program = findProxy(name);
    const folder = mkdtempSync(join(tmpdir(), `inkroom-${name}-`));
    const [port, plainPort] = await twoFreePorts();
    const hasIPv6 = await probePort(0, '::1').then(
      () => true,
      () => false,
    );
    const place = { folder, target, port, plainPort, hasIPv6 };
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    const child = spawn(program, SETUPS[name].prepare(place), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const proxy = new RealProxy(child, place);
    try {
      await until(`${name} to listen`, async () => {
        if (hasEnded(child)) throw new Error(`It ended with ${howItEnded(child)}.`);
        return (await isListening(port)) && isListening(plainPort);
      });
    } catch (cause) {
      await proxy.close();
      throw new Error(`${name} does not listen. It said:\n${said}`, { cause });
    }
    return proxy;
  }

  get url(): string {
    return `https://${OWN_NAME}:${this.port}`;
  }

  get sync(): string {
    return `wss://${OWN_NAME}:${this.port}/sync`;
  }

  /** What it has written about requests. */
  get accessLog(): string {
    return readFileSync(join(this.#folder, 'access.log'), 'utf8');
  }

  async close(): Promise<void> {
    if (!hasEnded(this.#child)) {
      this.#child.kill('SIGTERM');
      await untilEnded(this.#child);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function example(file: string): string {
  return readFileSync(join(ROOT, 'deploy', file), 'utf8');
}

/** `text` with each of these in place of each of those, one after the other. */
function changed(text: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((given, [from, to]) => {
    if (!given.includes(from)) throw new Error(`The example does not say ${JSON.stringify(from)} any more.`);
    return given.replaceAll(from, to);
  }, text);
}

async function twoFreePorts(): Promise<[number, number]> {
  const [one, two] = await Promise.all([probePort(0, '127.0.0.1'), probePort(0, '127.0.0.1')]);
  return [one.port, two.port];
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
