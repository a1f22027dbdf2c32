import type * as Y from 'yjs';
import { boardElements, boardFiles } from './board.ts';
import { propertiesOf } from './element.ts';
import { fileId, isId } from './readers.ts';
import { clean, isStandard, readStored } from './stored.ts';
import { readFile, type StoredFile } from './stored-file.ts';
import { createElement } from './write.ts';

// A board as a text that a clipboard carries into another document. Pictures are named by their uploads, which may be read from anywhere.
// Invariant: what comes out of such a text has passed the same table as what others write, whoever wrote the text.

/** What is drawn on the board; undefined when that takes more than `most` UTF-16 units. */
export function copyBoard(doc: Y.Doc, name: string, most: number): string | undefined {
  const elements: string[] = [];
  const files: [id: string, file: StoredFile][] = [];
  let length = 0;
  for (const [id, map] of boardElements(doc, name)) {
    const stored = readStored(map);
    if (!stored) continue;
    const properties = Object.entries(stored).filter(([key, value]) => !isStandard(stored, key, value));
    const element = JSON.stringify([id, Object.fromEntries(properties)]);
    elements.push(element);
    length += element.length;
    if (length > most) return undefined; // before all of a board is written that has a hundred times as much
  }
  for (const [id, value] of boardFiles(doc, name)) {
    const file = readFile(value);
    if (file) files.push([id, file]);
  }
  const text = `{"elements":[${elements.join()}],"files":${JSON.stringify(files)}}`;
  return text.length > most ? undefined : text;
}

/** Draws on the board `name`, which is empty, what was copied; false when `text` is no such copy. */
export function pasteBoard(doc: Y.Doc, name: string, text: string): boolean {
  const { elements, files } = propertiesOf(parsed(text));
  if (!Array.isArray(elements) || !Array.isArray(files)) return false;
  const [shared, sharedFiles] = [boardElements(doc, name), boardFiles(doc, name)];
  doc.transact(() => {
    for (const [id, properties] of elements.filter(Array.isArray)) {
      const stored = isId(id) ? clean(propertiesOf(Object(properties))) : undefined;
      if (stored) shared.set(id, createElement(stored));
    }
    for (const [id, value] of files.filter(Array.isArray)) {
      const file = fileId(id) ? readFile(value) : undefined;
      if (file) sharedFiles.set(id, { ...file });
    }
  });
  return true;
}

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
