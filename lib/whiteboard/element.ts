// What the binding needs to know of an Excalidraw element and of the editor that shows it. Structural: an `ExcalidrawElement` fits.
// Invariant: nothing here imports Excalidraw, which cannot be loaded without a DOM.

/** An element of the scene. Excalidraw changes it in place; that it did shows in `version` and `versionNonce`. */
export interface BoardElement {
  readonly id: string;
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The element's place among the others: a key of order-key.ts. */
  readonly index: string | null;
  readonly version: number;
  readonly versionNonce: number;
  readonly isDeleted: boolean;
}

/** What the person at this board has in hand. */
export type Gesture =
  | { readonly kind: 'none' }
  /** A stroke, a line or a shape that is being drawn. */
  | { readonly kind: 'drawing'; readonly id: string }
  /** A text that is being typed. */
  | { readonly kind: 'typing'; readonly id: string }
  /** Elements that are dragged, resized or turned. */
  | { readonly kind: 'moving'; readonly ids: readonly string[] };

/** One element of the scene that others have moved, sized, turned or drawn on. */
export interface Adjustment {
  /** As it is in the scene, which it stays. */
  readonly element: BoardElement;
  /** What it is to be, version and nonce included. */
  readonly to: BoardElement;
  /** Where the two differ, as it is stored: `position`, `size`, `angle`, `points`, `pressures`. */
  readonly keys: readonly string[];
}

/** The editor of one board: in the page Excalidraw behind a thin adapter, in tests an imitation. */
export interface BoardScene {
  /** All elements in their order, deleted ones included. */
  elements(): readonly BoardElement[];
  /**
   * Shows these elements in place of all others; the selection and the view stay, and the editor's own history does not grow. Elements that
   * did not change are the same objects as before, and one that is drawn or typed always is.
   */
  apply(elements: readonly BoardElement[]): void;
  /**
   * The same, if it can, where nothing but place, size, angle or points of elements has changed: they stay the objects that they are. Far cheaper
   * among thousands.
   */
  adjust?(adjusted: readonly Adjustment[]): void;
  gesture(): Gesture;
  /** The element with its text wrapped and measured anew, where that can be done. What comes of it is shown and not written. */
  measure?(element: BoardElement): BoardElement;
}

/** The properties of an element by name: which ones there are depends on its type. */
export function propertiesOf(element: object): Readonly<Record<string, unknown>> {
  return element as Readonly<Record<string, unknown>>; // any object is one: the values stay unknown
}
