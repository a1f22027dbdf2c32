import type { BoardElement } from './element.ts';

// What a picture needs to know of the elements of a board. Structural: what properties.ts lets through fits, each type with its own properties.

export type Point = readonly [x: number, y: number];

export interface Drawn extends BoardElement {
  readonly angle: number;
  readonly strokeColor: string;
  readonly backgroundColor: string;
  readonly fillStyle: 'hachure' | 'cross-hatch' | 'solid' | 'zigzag';
  readonly strokeWidth: number;
  readonly strokeStyle: 'solid' | 'dashed' | 'dotted';
  readonly opacity: number;
  readonly roundness: { readonly type: number; readonly value?: number } | null;
  readonly frameId: string | null;
}

export interface DrawnLine extends Drawn {
  readonly points: readonly Point[];
  readonly startArrowhead: string | null;
  readonly endArrowhead: string | null;
  readonly elbowed?: boolean;
}

export interface DrawnStroke extends Drawn {
  readonly points: readonly Point[];
  readonly pressures: readonly number[];
  readonly simulatePressure: boolean;
}

export interface DrawnText extends Drawn {
  readonly text: string;
  readonly fontSize: number;
  readonly fontFamily: number;
  readonly textAlign: 'left' | 'center' | 'right';
  readonly containerId: string | null;
  readonly autoResize: boolean;
  readonly lineHeight: number;
}

export interface DrawnImage extends Drawn {
  readonly fileId: string | null;
  readonly scale: readonly [number, number];
  readonly crop: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly naturalWidth: number;
    readonly naturalHeight: number;
  } | null;
}

/** `element` has come through the table of its type, which says what it has. */
export function drawn<T extends Drawn = Drawn>(element: BoardElement): T {
  return element as T;
}

/** Left, top, right and bottom, where each is on the board before it is turned. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Of lines and strokes where their points are; an element's own x and y are those of its first. */
export function boxOf(element: BoardElement): Box {
  const { x, y, width, height } = element;
  const points = 'points' in element ? (element.points as readonly Point[]) : undefined;
  if (!points)
    return [Math.min(x, x + width), Math.min(y, y + height), Math.max(x, x + width), Math.max(y, y + height)];
  let [left, top, right, bottom] = [x, y, x, y];
  for (const [dx, dy] of points) {
    left = Math.min(left, x + dx);
    top = Math.min(top, y + dy);
    right = Math.max(right, x + dx);
    bottom = Math.max(bottom, y + dy);
  }
  return [left, top, right, bottom];
}

export function centerOf([left, top, right, bottom]: Box): Point {
  return [(left + right) / 2, (top + bottom) / 2];
}

/** Where the element is once it is turned. */
export function turnedBox(element: Drawn): Box {
  const box = boxOf(element);
  if (element.angle === 0) return box;
  const [cx, cy] = centerOf(box);
  const [cos, sin] = [Math.abs(Math.cos(element.angle)), Math.abs(Math.sin(element.angle))];
  const [halfWidth, halfHeight] = [box[2] - cx, box[3] - cy];
  const [reachX, reachY] = [halfWidth * cos + halfHeight * sin, halfWidth * sin + halfHeight * cos];
  return [cx - reachX, cy - reachY, cx + reachX, cy + reachY];
}
