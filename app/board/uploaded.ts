import type { BinaryFileData, BinaryFiles } from '@excalidraw/excalidraw/types';
import type * as Y from 'yjs';
import { type BoardElement, propertiesOf } from '../../lib/whiteboard/element.ts';
import { type BoardFile, readFile, type StoredFile } from '../../lib/whiteboard/files.ts';

// Pictures of boards, between the server's uploads and the data URLs that Excalidraw keeps.
// Invariant: a picture comes from an upload of this server, and is what the document says of it: a picture.

/** The pictures of `elements` that can be had now. */
export async function loadPictures(elements: readonly BoardElement[], files: Y.Map<unknown>): Promise<BoardFile[]> {
  const ids = new Set(elements.flatMap((element) => (element.type === 'image' ? [propertiesOf(element).fileId] : [])));
  const loading = [...ids].map(async (id) => {
    const stored = typeof id === 'string' ? readFile(files.get(id)) : undefined;
    const dataURL = stored && (await fetchPicture(stored).catch(() => undefined)); // offline, or not there any more
    return dataURL === undefined ? [] : [{ id: String(id), mimeType: stored?.mimeType ?? '', dataURL }];
  });
  return (await Promise.all(loading)).flat();
}

/** As a data URL. Rejects when it is not to be had. */
export async function fetchPicture({ mimeType, address }: StoredFile): Promise<string> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`The picture answered ${response.status}.`);
  const blob = new Blob([await response.blob()], { type: mimeType });
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
