import type * as Y from 'yjs';
import { toScene } from './board.ts';
import { type BoardElement, propertiesOf } from './element.ts';
import type { BoardFile } from './files.ts';
import { isOrderKey, keyBetween } from './order-key.ts';
import { fileId, isId } from './readers.ts';
import { decode, encode, type Stored } from './stored.ts';
import { isPictureType } from './stored-file.ts';

// A board as a file that Excalidraw reads, and such a file as elements for a board.
// Invariant: what comes out of a file has passed the same table as what others write, and takes no id and no place of what is there.

/** Elements of one file. */
const MAX_ELEMENTS = 20_000;

/** The content of an `.excalidraw` file. `files`: the pictures of the board, as far as they are at hand. */
export function exportScene(elements: Y.Map<unknown>, files: readonly BoardFile[]): object {
  return {
    type: 'excalidraw',
    version: 2,
    source: 'inkroom',
    elements: toScene(elements),
    appState: {},
    files: Object.fromEntries(files.map((file) => [file.id, { ...file, created: 0 }])),
  };
}

export interface ImportedScene {
  readonly elements: BoardElement[];
  readonly files: BoardFile[];
  /** Elements that were left out, because they may not be shown. */
  readonly refused: number;
}

/**
 * The elements of a parsed `.excalidraw` file, to be put on top of `present`. An element whose id is taken, and what speaks of it, gets
 * the id that `newId` makes. Undefined when the file is none.
 */
export function importScene(
  file: unknown,
  { present, newId }: { present: readonly BoardElement[]; newId: () => string },
): ImportedScene | undefined {
  if (typeof file !== 'object' || file === null) return undefined;
  const { type, elements, files } = propertiesOf(file);
  if (type !== 'excalidraw' || !Array.isArray(elements) || elements.length > MAX_ELEMENTS) return undefined;

  const wanted = new Map<string, Stored>();
  let deleted = 0;
  for (const raw of elements.map((element: unknown) => propertiesOf(Object(element)))) {
    if (raw.isDeleted === true) deleted += 1;
    const stored = raw.isDeleted === true ? undefined : encode(raw);
    if (stored && isId(raw.id) && !wanted.has(raw.id)) wanted.set(raw.id, stored);
  }
  const taken = new Set(present.flatMap((element) => [element.id, ...groupsOf(propertiesOf(element))]));
  const ids = new Map<string, string>();
  for (const [id, stored] of wanted)
    for (const used of [id, ...groupsOf(stored)]) if (taken.has(used) && !ids.has(used)) ids.set(used, newId());
  let last = topOf(present);
  const made = [...wanted].map(([id, stored]) => {
    last = keyBetween(last, undefined);
    return renamed(decode(id, { ...stored, index: last }, { version: 1, versionNonce: 0 }), ids);
  });
  return { elements: made, files: readFiles(files), refused: elements.length - deleted - made.length };
}

function groupsOf({ groupIds }: Readonly<Record<string, unknown>>): string[] {
  return Array.isArray(groupIds) ? groupIds : [];
}

function topOf(present: readonly BoardElement[]): string | undefined {
  const keys = present.map(({ index }) => index).filter(isOrderKey);
  return keys.reduce<string | undefined>((top, key) => (top === undefined || key > top ? key : top), undefined);
}

/** Ids of elements and groups, wherever one stands in the element. */
function renamed(element: BoardElement, ids: ReadonlyMap<string, string>): BoardElement {
  const rename = (id: unknown) => ids.get(String(id)) ?? id;
  const made: Record<string, unknown> = { ...element, id: rename(element.id) };
  for (const key of ['frameId', 'containerId']) if (made[key]) made[key] = rename(made[key]);
  for (const key of ['startBinding', 'endBinding']) {
    const binding = made[key];
    if (binding) made[key] = { ...binding, elementId: rename(propertiesOf(binding).elementId) };
  }
  made.groupIds = groupsOf(made).map(rename);
  const bound = made.boundElements as object[]; // decode always makes them
  made.boundElements = bound.map((item) => ({ ...item, id: rename(propertiesOf(item).id) }));
  return made as unknown as BoardElement; // the same properties with other ids
}

function readFiles(files: unknown): BoardFile[] {
  return Object.entries(propertiesOf(Object(files))).flatMap(([id, file]) => {
    const { mimeType, dataURL } = propertiesOf(Object(file));
    if (!fileId(id) || !isPictureType(mimeType) || typeof dataURL !== 'string') return [];
    return dataURL.startsWith(`data:${mimeType};base64,`) ? [{ id, mimeType, dataURL }] : [];
  });
}
