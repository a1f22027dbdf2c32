import { type BoardElement, type Gesture, propertiesOf } from './element.ts';
import type { Stored } from './stored.ts';
import type { TextAlignment } from './text-alignment.ts';

// What a board knows of an element that was ever shared: how it differs from the scene now is what the person here has done since.

export interface Known {
  readonly id: string;
  /** The element's version as it was written or shown last; NaN when it must be looked at again. */
  version: number;
  versionNonce: number;
  /** What the scene had then. */
  shown: Stored;
  /** The shared key of its place. The one that is shown may differ: equal keys are mended there. */
  order: string | undefined;
  /** Who deleted it: what others have deleted is never written again. */
  gone: 'here' | 'elsewhere' | undefined;
  /** Keys that the gesture which goes on here has written: they keep the values of here until it ends. Undefined: none, as of most elements ever. */
  touched: Set<string> | undefined;
  /** Where letters of others stand that are not shown here; undefined when there are none. */
  text: TextAlignment | undefined;
}

export function know(element: BoardElement, shown: Stored): Known {
  const { id, version, versionNonce } = element;
  const order = orderOf(shown);
  return { id, version, versionNonce, shown, order, gone: undefined, touched: undefined, text: undefined };
}

export function orderOf({ index }: Stored): string | undefined {
  return typeof index === 'string' ? index : undefined;
}

/** The element is as `known` says. */
export function isSeen({ version, versionNonce }: BoardElement, known: Known): boolean {
  return known.version === version && known.versionNonce === versionNonce;
}

export function markSeen({ version, versionNonce }: BoardElement, known: Known): void {
  known.version = version;
  known.versionNonce = versionNonce;
}

export function holds(gesture: Gesture, id: string): boolean {
  switch (gesture.kind) {
    case 'none':
      return false;
    case 'moving':
      return gesture.ids.includes(id);
    case 'drawing':
    case 'typing':
      return gesture.id === id;
    default:
      return gesture satisfies never;
  }
}

export function isSameGesture(a: Gesture, b: Gesture): boolean {
  if (a.kind === 'moving' && b.kind === 'moving') return a.ids.join(' ') === b.ids.join(' ');
  return a.kind === b.kind && (!('id' in a) || !('id' in b) || a.id === b.id);
}

/** Too small to be seen: something that was only begun. It is not shared before it is more. */
export function isNothing(element: BoardElement): boolean {
  const { points, originalText } = propertiesOf(element);
  if (element.type === 'text') return originalText === '';
  return Array.isArray(points) ? points.length < 2 : element.width === 0 && element.height === 0;
}

/** Excalidraw draws an element again when these are others. */
export function nextVersion(element: BoardElement | undefined): { version: number; versionNonce: number } {
  return { version: (element?.version ?? 0) + 1, versionNonce: Math.floor(Math.random() * 2 ** 31) };
}
