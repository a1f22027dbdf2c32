import { digest } from 'lib0/hash/sha256';
import { uploadAt } from '../protocol/upload.ts';

// Whether a picture is the one that its address names: an upload lies under the SHA-256 of its bytes.
// Invariant: what is shown is what was put on the board, whatever happened to the file or on the way since.

/** What came from an address is not what lies there by its name. */
export class DamagedPicture extends Error {
  override readonly name = 'DamagedPicture';
}

/** Rejects with DamagedPicture. */
export async function checkContent(bytes: Uint8Array<ArrayBuffer>, address: string): Promise<void> {
  const hash = await sha256(bytes);
  if (hash !== uploadAt(address)) throw new DamagedPicture(`The bytes at ${address} have the hash ${hash}.`);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // A page that did not come over HTTPS has no `subtle`; without it 20 MiB take a second.
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  const hash = subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : digest(bytes);
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
