import { type Bound, isInHand } from './bound.ts';
import type { BoardElement } from './element.ts';
import { isSeen, markSeen, nextVersion } from './known.ts';
import { compareOrder, type Placed, risingKeys } from './order.ts';
import { isOrderKey } from './order-key.ts';

// The elements of a scene in the shared order. Deleted ones are left out once that is written; those that are still needed come last.
// Invariant: the order comes from the shared keys; those that are equal or missing are mended in what is shown, and known as mended.

/** `misplaced`: something that is in hand should have another key, and is left as it is. */
export function arrange(
  elements: readonly BoardElement[],
  bound: Bound,
): { arranged: BoardElement[]; misplaced: boolean } {
  const needed = elements.filter((element) => !element.isDeleted || isNeeded(element, bound));
  const placed = needed.map((element) => ({ element, ...placeOf(element, bound) }));
  placed.sort((a, b) => Number(a.element.isDeleted) - Number(b.element.isDeleted) || compareOrder(a, b));
  const keys = risingKeys(placed);
  let misplaced = false;
  const arranged = placed.map(({ element }, at) => {
    const index = keys[at] ?? null;
    if (element.index === index) return element;
    if (isInHand(bound, element.id)) {
      misplaced = true;
      return element;
    }
    const moved = { ...element, ...nextVersion(element), index };
    const known = bound.known.get(element.id);
    if (known) {
      if (isSeen(element, known)) markSeen(moved, known);
      known.shown = { ...known.shown, index };
    }
    return moved;
  });
  return { arranged, misplaced };
}

/** Whether a deleted element is not known as deleted yet, or something that goes on may come back to it. */
function isNeeded({ id }: BoardElement, { known, gesture, scene }: Bound): boolean {
  const found = known.get(id);
  return (found && !found.gone) || gesture.kind !== 'none' || scene.gesture().kind !== 'none';
}

/** The shared key, unless the element was placed anew here, or is not shared. */
function placeOf({ id, index }: BoardElement, { known }: Bound): Placed {
  const found = known.get(id);
  if (found && !found.gone && index === (found.shown.index ?? null)) return { id, index: found.order };
  return { id, index: isOrderKey(index) ? index : undefined };
}
