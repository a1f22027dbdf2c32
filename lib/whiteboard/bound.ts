import type * as Y from 'yjs';
import type { BoardScene, Gesture } from './element.ts';
import { holds, type Known } from './known.ts';

// What the two directions of a binding share: the scene, the shared elements, and what is known of each.
// Invariant: one Known per element that was ever shared, whoever wrote it.

export interface Bound {
  readonly scene: BoardScene;
  readonly elements: Y.Map<unknown>;
  readonly known: Map<string, Known>;
  /** Elements that others have changed while they were in hand here: they are shown when they no longer are. */
  readonly late: Set<string>;
  /** As it was at the last writing. */
  gesture: Gesture;
}

/** Whether the element is drawn, typed or moved. A gesture that began or ended since the last writing counts, too. */
export function isHeld({ gesture, scene }: Bound, id: string): boolean {
  return holds(gesture, id) || holds(scene.gesture(), id);
}

/** Whether the element is drawn or typed: Excalidraw holds on to the very object. */
export function isInHand({ gesture, scene }: Bound, id: string): boolean {
  return [gesture, scene.gesture()].some((one) => (one.kind === 'drawing' || one.kind === 'typing') && one.id === id);
}
