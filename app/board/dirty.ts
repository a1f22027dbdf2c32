import { type BoardElement, propertiesOf } from '../../lib/whiteboard/element.ts';

// Which parts of a painted board are another picture now, and what has to be painted there.
// Invariant: outside of these parts each pixel is what painting the whole board would give; whatever cannot be told makes the whole board dirty.

/** Left, top, right, bottom; in coordinates of the board. */
export type Box = readonly [number, number, number, number];

/** How it can be seen that an element was changed in place. */
export interface Seen {
  readonly element: BoardElement;
  readonly version: number;
  readonly versionNonce: number;
  /** What its picture was made of, of an image. */
  readonly image: unknown;
  /** Where it is painted. */
  readonly box: Box;
}

export interface Look {
  boxOf(element: BoardElement): Box;
  imageOf(element: BoardElement): unknown;
}

/** Beside the stroke: Excalidraw cuts what reaches further than this from an element (`getCanvasPadding`). Pixels of the board. */
const AROUND = 22;

/** Of the area of two boxes, what one around both may have. */
const LITTLE_MORE = 1.3;

/** `visible`: what is painted, in its order. Of what looks as before, it is what it was: in `before` others may have lain between. */
export function look(visible: readonly BoardElement[], { boxOf, imageOf }: Look, before: readonly Seen[] = []): Seen[] {
  let at = 0;
  let places: Map<string, number> | undefined;
  return visible.map((element) => {
    if (at < before.length && before[at]?.element.id !== element.id) {
      places ??= new Map(before.map((one, place) => [one.element.id, place]));
      at = places.get(element.id) ?? at;
    }
    const seen = before[at];
    if (seen?.element.id === element.id) at++;
    const image = imageOf(element);
    if (seen && isSame(seen, element, image)) return seen;
    const { version, versionNonce } = element;
    return { element, version, versionNonce, image, box: boxOf(element) };
  });
}

/** Where something is another picture than before; undefined when that cannot be told. */
export function dirtyBoxes(before: readonly Seen[], after: readonly Seen[]): Box[] | undefined {
  const boxes: Box[] = [];
  const changed: Seen[] = [];
  let [from, to] = [0, 0];
  let ids: { before: Set<string>; after: Set<string> } | undefined;
  while (from < before.length || to < after.length) {
    const [old, now] = [before[from], after[to]];
    if (old && now && old.element.id === now.element.id) {
      if (old !== now) changed.push(old, now);
      from++;
      to++;
      continue;
    }
    ids ??= { before: idsOf(before), after: idsOf(after) };
    if (old && !ids.after.has(old.element.id)) {
      changed.push(old);
      from++;
    } else if (now && !ids.before.has(now.element.id)) {
      changed.push(now);
      to++;
    } else return undefined; // they lie in another order
  }
  const containers = new Set<unknown>();
  for (const { element, box } of changed) {
    if (element.type === 'frame' || element.type === 'magicframe') return undefined; // it cuts what lies in it
    boxes.push(box);
    const { containerId } = propertiesOf(element);
    if (typeof containerId === 'string') containers.add(containerId);
  }
  // A text in a shape, or at an arrow, is painted with that.
  if (containers.size > 0)
    for (const { element, box } of [...before, ...after]) if (containers.has(element.id)) boxes.push(box);
  return boxes;
}

/** What is painted within `box`, in order. */
export function within(seen: readonly Seen[], box: Box): BoardElement[] {
  const found = seen.filter((one) => touches(one.box, box));
  const containers = new Set(found.map(({ element }) => propertiesOf(element).containerId));
  containers.delete(undefined);
  containers.delete(null);
  const there =
    containers.size === 0 ? found : seen.filter((one) => touches(one.box, box) || containers.has(one.element.id));
  return there.map(({ element }) => element);
}

/** Fewer boxes for the same places: those that overlap become one where that is little more to paint; all of them when there are more than `most`. */
export function joined(boxes: readonly Box[], most: number): Box[] {
  const apart: Box[] = [];
  for (const box of boxes) {
    let whole = box;
    for (let at = 0; at < apart.length; ) {
      const other = apart[at] ?? whole;
      const both = around(other, whole);
      if (touches(other, whole) && area(both) <= LITTLE_MORE * (area(other) + area(whole))) {
        apart.splice(at, 1);
        whole = both;
        at = 0; // it may reach others now
      } else at++;
    }
    apart.push(whole);
    if (apart.length > most) apart.splice(0, apart.length, apart.reduce(around));
  }
  return apart;
}

export function area([left, top, right, bottom]: Box): number {
  return (right - left) * (bottom - top);
}

/** The box of an element that has no points. `zoom`: of a link's sign, which has the same size at each zoom. */
export function boxOfShape(element: BoardElement, zoom: number): Box {
  const { x, y, width, height } = element;
  const { angle } = propertiesOf(element);
  const [middle, center] = [x + width / 2, y + height / 2];
  const half = angle === 0 ? undefined : Math.hypot(width, height) / 2;
  const [across, down] = [half ?? Math.abs(width) / 2, half ?? Math.abs(height) / 2];
  return roomAround([middle - across, center - down, middle + across, center + down], element, zoom);
}

export function roomAround([left, top, right, bottom]: Box, element: BoardElement, zoom: number): Box {
  const { strokeWidth, roughness, fontSize, link } = propertiesOf(element);
  const stroke = typeof strokeWidth === 'number' ? strokeWidth * (element.type === 'freedraw' ? 12 : 1) : 0;
  const shaky = typeof roughness === 'number' ? 4 * roughness : 0;
  // Letters of another font than it was measured in may reach further.
  const letters = typeof fontSize === 'number' ? fontSize / 2 + (right - left) / 4 : 0;
  const sign = link ? 40 / zoom : 0;
  const room = Math.max(AROUND, stroke, letters) + shaky + sign;
  return [left - room, top - room, right + room, bottom + room];
}

function isSame(seen: Seen, element: BoardElement, image: unknown): boolean {
  const { version, versionNonce } = element;
  return (
    seen.element === element && seen.version === version && seen.versionNonce === versionNonce && seen.image === image
  );
}

function idsOf(seen: readonly Seen[]): Set<string> {
  return new Set(seen.map(({ element }) => element.id));
}

function touches(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

function around(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
