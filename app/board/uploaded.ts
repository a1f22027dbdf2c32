import type { BinaryFileData, BinaryFiles } from '@excalidraw/excalidraw/types';
import type * as Y from 'yjs';
import { checkContent } from '../../lib/whiteboard/content-hash.ts';
import { type BoardElement, propertiesOf } from '../../lib/whiteboard/element.ts';
import type { BoardFile } from '../../lib/whiteboard/files.ts';
import { readFile, type StoredFile } from '../../lib/whiteboard/stored-file.ts';

// Pictures of boards, between the server's uploads and the data URLs that Excalidraw keeps.
// Invariant: a picture comes from an upload of this server, is what the document says of it, a picture, and has the bytes that its address names.

/** The pictures of `elements` that can be had now. */
export async function loadPictures(elements: readonly BoardElement[], files: Y.Map<unknown>): Promise<BoardFile[]> {
  const ids = new Set(elements.flatMap((element) => (element.type === 'image' ? [propertiesOf(element).fileId] : [])));
  const loading = [...ids].map(async (id) => {
    const stored = typeof id === 'string' ? readFile(files.get(id)) : undefined;
    const dataURL = stored && (await fetchPicture(stored).catch(() => undefined)); // offline, not there any more, or damaged
    return dataURL === undefined ? [] : [{ id: String(id), mimeType: stored?.mimeType ?? '', dataURL }];
  });
  return (await Promise.all(loading)).flat();
}

/** As a data URL. Rejects when it is not to be had, and with DamagedPicture when it is another one. */
export async function fetchPicture({ mimeType, address }: StoredFile): Promise<string> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`The picture answered ${response.status}.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  await checkContent(bytes, address);
  const blob = new Blob([bytes], { type: mimeType });
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** The bytes of a data URL, without asking for it as for an address, which the page's policy forbids. Throws when it holds none. */
export function pictureBlob({ mimeType, dataURL }: BoardFile): Blob {
  const text = atob(dataURL.slice(dataURL.indexOf(',') + 1));
  return new Blob([Uint8Array.from(text, (char) => char.charCodeAt(0))], { type: mimeType });
}

/** As Excalidraw takes them. Its branded strings are plain ones, and its types of pictures those that `readFile` lets through. */
export function asBinaryFiles(files: readonly BoardFile[]): BinaryFileData[] {
  const made: readonly unknown[] = files.map((file) => ({ ...file, created: Date.now() }));
  return made as BinaryFileData[];
}

export function asFilesById(files: readonly BoardFile[]): BinaryFiles {
  return Object.fromEntries(asBinaryFiles(files).map((file) => [file.id, file]));
}
