import { mutateElement } from '@excalidraw/excalidraw';
import type { ExcalidrawElement } from '@excalidraw/excalidraw/element/types';
import type { AppState } from '@excalidraw/excalidraw/types';
import { type Adjustment, type BoardElement, propertiesOf } from '../../lib/whiteboard/element.ts';

// Elements that others move, size, turn or draw on, changed in place as Excalidraw itself does it in a gesture. Being given all elements anew, it would
// look at each of them some ten times.
// Invariant: afterwards the element has all that the other side of the adjustment has, and everything that is seen of it is painted anew.

/** Properties of an element by the key under which they are stored. */
const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  position: ['x', 'y'],
  size: ['width', 'height'],
  angle: ['angle'],
  points: ['points', 'lastCommittedPoint', 'width', 'height'],
  pressures: ['pressures'],
};

/** Pixels around the window, of the screen: for wide strokes, and what is at the edge of a shape. */
const AROUND = 200;

/** What is outside of the window before and after is changed without painting: it is in the scene, and painted when it comes into the window. */
export function adjustElements(adjusted: readonly Adjustment[], state: AppState): void {
  let told = false;
  for (const { element, to, keys } of adjusted) {
    const isSeen: boolean = !told && (isNear(element, state) || isNear(to, state));
    const given = propertiesOf(to);
    const names = keys.flatMap((key) => PROPERTIES[key] ?? []);
    // Told of one, Excalidraw paints whatever has changed.
    mutateElement(asMutable(element), Object.fromEntries(names.map((name) => [name, given[name]])), isSeen);
    const { version, versionNonce } = to;
    Object.assign(element, { version, versionNonce });
    told ||= isSeen;
  }
}

/** Whether any of it may be seen, however it is turned: points lie on any side of the first, which is the place. */
function isNear(
  element: BoardElement,
  { scrollX, scrollY, zoom, width, height, selectedElementIds }: AppState,
): boolean {
  if (element.type === 'frame' || Object.hasOwn(selectedElementIds, element.id)) return true; // what lies in it, or what is said of it
  const reach = Math.abs(element.width) + Math.abs(element.height) + AROUND / zoom.value;
  const [left, top] = [element.x + scrollX, element.y + scrollY];
  return left > -reach && top > -reach && left < width / zoom.value + reach && top < height / zoom.value + reach;
}

/** It is Excalidraw's own. */
function asMutable(element: BoardElement): ExcalidrawElement {
  const drawn: unknown = element;
  return drawn as ExcalidrawElement;
}
