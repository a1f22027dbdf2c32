import * as Y from 'yjs';
import { openDocument, type Pages } from './compact.ts';

// What an operator is told of a document, without its content.
// Invariant: a document that cannot be opened is described as far as that goes, and why not.

export interface Inspection {
  /** Why it cannot be opened. */
  readonly problem: string | undefined;
  readonly title: string;
  readonly structs: number;
  readonly clients: readonly { readonly client: number; readonly clock: number }[];
  readonly deletedRanges: number;
  /** By the names under which an application finds them; `length` counts what is directly in each. */
  readonly types: readonly { readonly name: string; readonly kind: string; readonly length: number }[];
}

/** Types of an update that nobody has asked for by kind yet are told apart by what is in them. */
export function inspect(pages: Pages): Inspection {
  let doc: Y.Doc;
  try {
    doc = openDocument(pages);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { problem, title: '', structs: 0, clients: [], deletedRanges: 0, types: [] };
  }
  let structs = 0;
  for (const of of doc.store.clients.values()) structs += of.length;
  const clients = [...Y.decodeStateVector(Y.encodeStateVector(doc))].map(([client, clock]) => ({ client, clock }));
  let deletedRanges = 0;
  for (const ranges of Y.createDeleteSetFromStructStore(doc.store).clients.values()) deletedRanges += ranges.length;
  const types = [...doc.share].map(([name, type]) => typeOf(name, type));
  const title = doc.getMap('meta').get('title');
  const inspection = {
    problem: undefined,
    title: typeof title === 'string' ? title : '',
    structs,
    clients,
    deletedRanges,
    types,
  };
  doc.destroy();
  return inspection;
}

type SharedType = ReturnType<Y.Doc['share']['get']> & object;

function typeOf(name: string, { _map, _start, _length }: SharedType): Inspection['types'][number] {
  const entries = [..._map.values()].filter((item) => !item.deleted).length;
  const isMap = _start === null && _map.size > 0;
  return { name, kind: isMap ? 'map' : 'sequence', length: isMap ? entries : _length };
}
