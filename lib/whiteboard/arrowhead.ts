import type { DrawnLine, Point } from './drawn.ts';
import { at, handles, number } from './outline.ts';

// The heads of arrows, as Excalidraw places them.

export interface Head {
  readonly path: string;
  /** Filled with the colour of the line, with that of the paper, or open. */
  readonly fill: 'line' | 'paper' | 'none';
}

/** Pixels of a head, where the line is long enough. */
const SIZES: Readonly<Record<string, number>> = {
  arrow: 25,
  diamond: 12,
  diamond_outline: 12,
  crowfoot_one: 20,
  crowfoot_many: 20,
  crowfoot_one_or_many: 20,
};
const SIZE = 15;
/** Degrees between the line and a side of its head. */
const ANGLES: Readonly<Record<string, number>> = { bar: 90, arrow: 20 };
const ANGLE = 25;

/** Undefined where the line has no end of its own to put it at. */
export function headOf(line: DrawnLine, end: 'start' | 'end', kind: string): Head | undefined {
  const tip = end === 'end' ? line.points.at(-1) : line.points[0];
  const before = end === 'end' ? line.points.at(-2) : line.points[1];
  if (!tip || !before) return undefined;
  const toward = comesFrom(line, end);
  const distance = Math.hypot(tip[0] - toward[0], tip[1] - toward[1]);
  if (distance === 0) return undefined;
  const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]);
  const size = Math.min(SIZES[kind] ?? SIZE, length * (kind.startsWith('diamond') ? 0.25 : 0.5));
  const back = (steps: number): Point => [
    tip[0] - ((tip[0] - toward[0]) / distance) * steps,
    tip[1] - ((tip[1] - toward[1]) / distance) * steps,
  ];
  const foot = back(size);
  const angle = ((ANGLES[kind] ?? ANGLE) * Math.PI) / 180;
  const [left, right] = [turned(foot, tip, -angle), turned(foot, tip, angle)];
  const fill = kind.endsWith('_outline') ? 'paper' : 'line';
  switch (kind) {
    case 'dot':
    case 'circle':
    case 'circle_outline':
      return { path: circle(tip, (size + line.strokeWidth - 2) / 2), fill };
    case 'triangle':
    case 'triangle_outline':
      return { path: `M${[tip, left, right].map(at).join('L')}Z`, fill };
    case 'diamond':
    case 'diamond_outline':
      return { path: `M${[tip, left, back(size * 2), right].map(at).join('L')}Z`, fill };
    case 'crowfoot_one':
      return { path: bar(foot, tip, angle), fill: 'none' };
    case 'crowfoot_many':
    case 'crowfoot_one_or_many': {
      const feet = [turned(tip, foot, -angle), turned(tip, foot, angle)].map((toe) => `M${at(toe)}L${at(foot)}`);
      return { path: feet.join('') + (kind === 'crowfoot_many' ? '' : bar(foot, tip, angle)), fill: 'none' };
    }
    default: // an arrow, or a bar, whose sides stand at right angles
      return { path: `M${at(left)}L${at(tip)}L${at(right)}`, fill: 'none' };
  }
}

/** A point from which the line comes to its end: on a curve, the one at three tenths. */
function comesFrom({ points, roundness, elbowed }: DrawnLine, end: 'start' | 'end'): Point {
  const last = points.length - 2;
  const [from, to] = end === 'end' ? [last, last + 1] : [1, 0];
  const [p0, p3]: [Point, Point] = [points[from] ?? [0, 0], points[to] ?? [0, 0]];
  if (!roundness || elbowed || points.length < 3) return p0;
  const [first, second] = handles(points, Math.min(from, to));
  const [p1, p2] = end === 'end' ? [first, second] : [second, first];
  const t = 0.3;
  const along = (axis: 0 | 1) =>
    (1 - t) ** 3 * p3[axis] + 3 * t * (1 - t) ** 2 * p2[axis] + 3 * t ** 2 * (1 - t) * p1[axis] + t ** 3 * p0[axis];
  return [along(0), along(1)];
}

function turned(point: Point, center: Point, angle: number): Point {
  const [dx, dy] = [point[0] - center[0], point[1] - center[1]];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [center[0] + dx * cos - dy * sin, center[1] + dx * sin + dy * cos];
}

function bar(foot: Point, tip: Point, angle: number): string {
  return `M${at(turned(foot, tip, -angle))}L${at(turned(foot, tip, angle))}`;
}

function circle([x, y]: Point, radius: number): string {
  const r = number(Math.abs(radius));
  const wide = number(Math.abs(radius) * 2);
  return `M${at([x - Math.abs(radius), y])}a${r} ${r} 0 1 0 ${wide} 0a${r} ${r} 0 1 0 -${wide} 0Z`;
}
