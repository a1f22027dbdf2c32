import { join } from 'node:path';
import Database from 'libsql';
import { ServerProcess } from './server-process.ts';

// The whole product, as a person's browser meets it: the sync server on a port and a data directory of its own, with the page behind it.

/** Owned by the test that opened it; `close()` ends the server and removes its data. */
export class Product extends ServerProcess {
  /** `page` is the URL of the page's process, `env` what the server's environment has besides. Resolves when it listens. */
  static async open(page: string, env: Readonly<Record<string, string>> = {}): Promise<Product> {
    const product = new Product({ page, env });
    await product.start();
    return product;
  }

  /** Makes a document through the API and resolves with its name. */
  async create(title?: string): Promise<string> {
    const response = await fetch(`${this.url}/api/documents`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(title === undefined ? {} : { title }),
    });
    if (response.status !== 201) throw new Error(`Creating a document answered ${response.status}.`);
    return ((await response.json()) as { name: string }).name;
  }

  /** Makes what is stored of one document contradict its checksums, as a bad disk does. The server must have been stopped. */
  damage(document: string): void {
    if (this.running) throw new Error('The server has its files open.');
    const database = new Database(join(this.data, 'inkroom.db'));
    const id = `(select id from document where name = '${document}')`;
    // Not prepared: libsql holds the file until a prepared statement has been collected.
    database.exec(`update record set checksum = checksum + 1 where document = ${id}`);
    database.close();
  }
}
