import type { OrderedExcalidrawElement } from '@excalidraw/excalidraw/element/types';
import type { BoardElement } from '../../lib/whiteboard/element.ts';

/** As Excalidraw takes them. They come from the binding's table of allowed properties, each with all that its type needs, or from Excalidraw itself. */
export function asExcalidraw(elements: readonly BoardElement[]): readonly OrderedExcalidrawElement[] {
  const drawn: readonly unknown[] = elements;
  return drawn as readonly OrderedExcalidrawElement[];
}
