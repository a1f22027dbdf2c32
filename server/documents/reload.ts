import * as Y from 'yjs';

// Whether an open document comes back whole from its own bytes, found out without opening them.
// Invariant: true only for a document that loads with the same structs, the same deletions, and nothing pending. False is no more than a doubt.

/**
 * What Yjs does with a struct when it loads depends on the structs that it names. It drops one that names garbage, takes its parent and its entry of
 * a map from what lies beside it, and deletes all entries of one key but the last. So nothing changes on the way when everything that is named is there
 * and no garbage, neighbours share parent and key, and entries are in the one order that their origins give them. Documents of honest clients are so; one
 * in which somebody forged references need not be.
 */
export function comesBack(doc: Y.Doc): boolean {
  const { clients } = doc.store;
  for (const structs of clients.values()) {
    for (const struct of structs) {
      if (struct instanceof Y.GC) continue;
      if (!(struct instanceof Y.Item) || !isAtHome(struct, clients)) return false;
    }
  }
  return true;
}

type Clients = Y.Doc['store']['clients'];

function isAtHome(item: Y.Item, clients: Clients): boolean {
  const { parent, parentSub, origin, rightOrigin } = item;
  if (!(parent instanceof Y.AbstractType)) return false;
  if (parentSub !== null) {
    // A map writes entries of one clock, to the right of all others, and deletes those; what it deleted may be joined to several.
    if (rightOrigin !== null || (item.length !== 1 && !(item.content instanceof Y.ContentDeleted))) return false;
    if (item.right !== null ? !item.deleted : parent._map.get(parentSub) !== item) return false;
  }
  if (origin === null && rightOrigin === null) return parent._item === null || holds(clients, parent._item, parent);
  return (
    (origin === null || isBeside(item, at(clients, origin, item.left))) &&
    (rightOrigin === null || isBeside(item, at(clients, rightOrigin, item.right)))
  );
}

/** Whether `type` is found again where `item` is. */
function holds(clients: Clients, item: Y.Item, type: unknown): boolean {
  return at(clients, item.id, null) === item && item.content instanceof Y.ContentType && item.content.type === type;
}

function isBeside(item: Y.Item, named: Y.Item | Y.GC | undefined): boolean {
  return named instanceof Y.Item && named.parent === item.parent && named.parentSub === item.parentSub;
}

/** The struct that holds `id`, which is `guess` nearly always. */
function at(clients: Clients, id: Y.ID, guess: Y.Item | null): Y.Item | Y.GC | undefined {
  if (guess !== null && guess.id.client === id.client) {
    const { clock } = guess.id;
    if (clock <= id.clock && id.clock < clock + guess.length) return guess;
  }
  const structs = clients.get(id.client);
  const last = structs?.at(-1);
  if (!structs || !last || id.clock >= last.id.clock + last.length) return undefined;
  return structs[Y.findIndexSS(structs, id.clock)];
}
