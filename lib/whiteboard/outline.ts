import { getStroke } from 'perfect-freehand';
import type { Drawn, DrawnLine, DrawnStroke, Point } from './drawn.ts';

// The outlines of shapes as SVG path data, from the element's own corner. Where Excalidraw draws them, but with a steady hand: its hand costs ten times
// the letters, and a picture in an export is to be read.

/** To a hundredth of a pixel. */
export function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function at([x, y]: Point): string {
  return `${number(x)} ${number(y)}`;
}

/** Excalidraw's kinds of roundness: a share of the side, or so many pixels, which are its usual ones unless it says others. */
const ADAPTIVE = 3;
const ADAPTIVE_RADIUS = 32;
const SHARE = 0.25;
/** Pixels by which the bends of an arrow with right angles are rounded. */
const BEND = 16;

export function radiusOf(side: number, { roundness }: Drawn): number {
  if (!roundness) return 0;
  const share = side * SHARE;
  return roundness.type === ADAPTIVE ? Math.min(share, roundness.value ?? ADAPTIVE_RADIUS) : share;
}

export function rectangle(element: Drawn): string {
  const { width: w, height: h } = element;
  const r = radiusOf(Math.min(Math.abs(w), Math.abs(h)), element);
  if (r === 0) return `M0 0H${number(w)}V${number(h)}H0Z`;
  const corner = (to: Point, end: Point) => `Q${at(to)} ${at(end)}`;
  return [
    `M${at([r, 0])}H${number(w - r)}${corner([w, 0], [w, r])}`,
    `V${number(h - r)}${corner([w, h], [w - r, h])}`,
    `H${number(r)}${corner([0, h], [0, h - r])}`,
    `V${number(r)}${corner([0, 0], [r, 0])}Z`,
  ].join('');
}

export function diamond(element: Drawn): string {
  const { width, height } = element;
  const [x, y] = [width / 2, height / 2];
  const corners: readonly Point[] = [
    [x, 0],
    [width, y],
    [x, height],
    [0, y],
  ];
  const across = radiusOf(Math.abs(x), element);
  const down = radiusOf(Math.abs(y), element);
  if (across === 0 && down === 0) return `M${corners.map(at).join('L')}Z`;
  // Each corner is a curve between the two points on its sides that are nearest to it.
  const sides = corners.map((corner, index): [Point, Point] => {
    const toward = (other: Point): Point => [
      corner[0] + Math.sign(other[0] - corner[0]) * across,
      corner[1] + Math.sign(other[1] - corner[1]) * down,
    ];
    return [toward(corners[(index + 3) % 4] as Point), toward(corners[(index + 1) % 4] as Point)];
  });
  const curves = sides.map(([from, to], index) => {
    const corner = at(corners[index] as Point);
    return `${at(from)}C${corner} ${corner} ${at(to)}`;
  });
  return `M${curves.join('L')}Z`;
}

export function ellipse({ width, height }: Drawn): string {
  const radii = `${number(Math.abs(width / 2))} ${number(Math.abs(height / 2))}`;
  return `M0 ${number(height / 2)}a${radii} 0 1 0 ${number(width)} 0a${radii} 0 1 0 ${number(-width)} 0Z`;
}

export function line(element: DrawnLine): string {
  const { points, roundness, elbowed } = element;
  if (elbowed) return bent(points);
  if (!roundness || points.length < 3) return `M${points.map(at).join('L')}`;
  const curves = points.slice(1).map((to, index) => {
    const [first, second] = handles(points, index);
    return `C${at(first)} ${at(second)} ${at(to)}`;
  });
  return `M${at(points[0] ?? [0, 0])}${curves.join('')}`;
}

/** The two handles of the curve from the point at `index` to the next one. */
export function handles(points: readonly Point[], index: number): [Point, Point] {
  const point = (at: number) => points[Math.min(points.length - 1, Math.max(0, at))] ?? [0, 0];
  const [before, from, to, after] = [point(index - 1), point(index), point(index + 1), point(index + 2)];
  return [
    [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6],
    [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6],
  ];
}

/** With rounded bends. */
function bent(points: readonly Point[]): string {
  let path = `M${at(points[0] ?? [0, 0])}`;
  for (let index = 1; index + 1 < points.length; index++) {
    const [before, bend, after] = points.slice(index - 1, index + 2) as [Point, Point, Point];
    path += `L${at(nearTo(bend, before))}Q${at(bend)} ${at(nearTo(bend, after))}`;
  }
  return `${path}L${at(points.at(-1) ?? [0, 0])}`;
}

function nearTo(bend: Point, other: Point): Point {
  const distance = Math.hypot(other[0] - bend[0], other[1] - bend[1]);
  if (distance === 0) return bend;
  const share = Math.min(BEND, distance / 2) / distance;
  return [bend[0] + (other[0] - bend[0]) * share, bend[1] + (other[1] - bend[1]) * share];
}

/** What a pen leaves: the outline of the ink, with the numbers of Excalidraw. */
export function ink({ points, pressures, simulatePressure, strokeWidth, lastCommittedPoint }: Inked): string {
  const given = points.map(([x, y], index): number[] => (simulatePressure ? [x, y] : [x, y, pressures[index] ?? 0.5]));
  const outline = getStroke(given, {
    simulatePressure,
    size: strokeWidth * 4.25,
    thinning: 0.6,
    smoothing: 0.5,
    streamline: 0.5,
    easing: (share) => Math.sin((share * Math.PI) / 2),
    last: lastCommittedPoint !== null,
  }) as unknown as Point[]; // pairs, by its documentation
  const [first] = outline;
  if (!first) return '';
  const curves = outline.map((point, index) => {
    const next = outline[(index + 1) % outline.length] ?? first;
    return `${near(point)} ${near([(point[0] + next[0]) / 2, (point[1] + next[1]) / 2])}`;
  });
  return `M${at(first)}Q${curves.join(' ')}Z`;
}

/** To a tenth of a pixel: ink has many points. */
function near([x, y]: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}

type Inked = DrawnStroke & { readonly lastCommittedPoint?: Point | null };

/** Pixels between the two ends of a line that is closed. */
const CLOSED = 8;

export function isLoop(points: readonly Point[]): boolean {
  const [first, last] = [points[0], points.at(-1)];
  return points.length >= 3 && !!first && !!last && Math.hypot(first[0] - last[0], first[1] - last[1]) <= CLOSED;
}
