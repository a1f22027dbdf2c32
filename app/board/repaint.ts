import { getCommonBounds } from '@excalidraw/excalidraw';
import type { AppState } from '@excalidraw/excalidraw/types';
import { type BoardElement, propertiesOf } from '../../lib/whiteboard/element.ts';
import { area, type Box, boxOfShape, dirtyBoxes, joined, look, roomAround, type Seen, within } from './dirty.ts';
import { asExcalidraw } from './excalidraw-elements.ts';
import type { Painting } from './painting.ts';
import { MANY, Sketch } from './sketch.ts';

// Excalidraw paints all that is in the window whenever one shape of it changes. Here it is made to paint only where something has changed: what it
// is given to paint is cut to those places. What a moved view still shows is copied. excalidraw-loader.mjs lets it ask `window.paintBoard`; see docs/decisions/0032.
// Invariant: what is on the canvas is what Excalidraw would have painted; a whole painting follows as soon as there is a rest.

type Paint = (painting: Painting) => void;

declare global {
  interface Window {
    /** Asked by Excalidraw, in place of painting a canvas itself. */
    paintBoard?: (paint: Paint, painting: Painting) => void;
    /** Asked by Excalidraw of each shape that it is about to paint: whether that is done. */
    sketchesShape?: (element: BoardElement, context: CanvasRenderingContext2D) => boolean;
    /** Asked by Excalidraw when it has made the lines of a shape: whether it is not to be painted. */
    onlyMakesShape?: () => boolean;
    /** Asked by Excalidraw of each shape, in place of giving it a canvas of its own, which is kept and copied. */
    paintsDirectly?: (element: BoardElement, state: AppState, context: CanvasRenderingContext2D) => boolean;
  }
}

/** Parts that are painted one by one; of more, what lies around all of them is painted. */
const MOST_PARTS = 12;
/** Of the canvas. From there on, the whole of it costs no more. */
const MOST_SHARE = 0.5;
/** Milliseconds without a painting after which the whole is painted, and the most milliseconds until then. */
const REST_MS = 400;
const LATEST_MS = 20_000;
/** Into which the whole is divided then, and milliseconds between two of them. */
const BANDS = 10;
const BAND_MS = 20;
/** Shapes of a sketch that are made at once, which takes some 10 ms, and milliseconds between two times. */
const MADE_AT_ONCE = 500;
const MADE_MS = 20;
/** Pixels of the screen by which a browser's smoothing of edges may reach out of a shape. */
const SMOOTH = 2;

/** Of a pixel: less than what is seen of a shift. */
const EXACT = 0.01;

/** Pixels of the screen, of what is painted at each painting: a canvas of its own takes longer to make, and as long to copy. */
const SMALL = 24;
const SMALL_LETTERS = 8;
const FEW_POINTS = 50;

/** What else decides how an element is painted: when any of it is another one, everything is painted. */
const LOOKS = [
  'width',
  'height',
  'theme',
  'viewBackgroundColor',
  'viewModeEnabled',
  'gridSize',
  'gridStep',
  'frameRendering',
  'frameToHighlight',
  'editingGroupId',
  'croppingElementId',
  'hoveredElementIds',
  'openDialog',
  'pendingImageElementId',
  'shouldCacheIgnoreZoom',
  'selectedElementsAreBeingDragged',
  'currentHoveredFontFamily',
  'exportScale',
] as const satisfies readonly (keyof AppState)[];

interface Painted {
  readonly painting: Painting;
  /** Of the canvas, and of the set of what is being erased, which Excalidraw changes in place. */
  readonly size: string;
  readonly seen: readonly Seen[];
  /** When the whole was painted last, and the view then. */
  wholeAt: number;
  anchor: AppState;
  /** Of a sketch (sketch.ts): how many of its shapes have been made, and when more of them are to be. Undefined when nothing of it is one. */
  sketched: { readonly made: number; readonly nextAt: number } | undefined;
  rest: ReturnType<typeof setTimeout> | undefined;
}

/** What has to be done to a canvas. */
interface Parts {
  /** Whole pixels by which all that is on it goes to the right and down first. */
  readonly shift: readonly [number, number];
  /** In whole pixels. */
  readonly boxes: readonly Box[];
}

const painted = new WeakMap<HTMLCanvasElement, Painted>();
/** What is painted now. What is being drawn has another canvas, on which Excalidraw could not paint directly. */
let current: Painting | undefined;
/** What is sketched now. */
let sketch: Sketch | undefined;
/** Shapes are made now, and not painted. */
let isMaking = false;

window.paintBoard = (paint, painting) => {
  const { canvas } = painting;
  const context = canvas?.getContext('2d');
  if (!canvas || !context || painting.renderConfig.isExporting) return paint(painting);
  const last = painted.get(canvas);
  clearTimeout(last?.rest);
  const size = `${canvas.width} ${canvas.height} ${painting.renderConfig.elementsPendingErasure.size}`;
  const now = performance.now();
  const isSameZoom = last?.painting.appState.zoom.value === painting.appState.zoom.value;
  const seen = look(painting.visibleElements, lookAt(painting), isSameZoom ? last?.seen : []);
  const isRecent = last !== undefined && now - last.wholeAt < LATEST_MS;
  const parts = isRecent && last.size === size ? dirtyParts(last, painting, seen) : undefined;
  const unfinished = isRecent ? last.sketched : undefined;
  const isSketch = !parts && seen.length >= MANY && (!last?.seen.length || unfinished !== undefined);
  current = painting;
  if (parts) {
    shiftAll(context, parts.shift);
    for (const box of parts.boxes) paintPart(context, box, { paint, painting, seen });
  } else if (isSketch) paintSketch(context, paint, painting);
  else paint(painting);
  current = undefined;
  const keeps = last !== undefined && (parts !== undefined || (isSketch && unfinished !== undefined));
  const made: Painted = {
    ...{ painting, size, seen },
    wholeAt: keeps ? last.wholeAt : now,
    anchor: parts && last ? last.anchor : painting.appState,
    sketched: keeps ? unfinished : isSketch ? { made: 0, nextAt: now + MADE_MS } : undefined,
    rest: undefined,
  };
  painted.set(canvas, made);
  if (made.sketched) replaceSketch(context, paint, made);
  else if (parts) paintAtRest(context, paint, made);
};

window.sketchesShape = (element, context) => context.canvas === current?.canvas && sketch?.takes(element) === true;

function paintSketch(context: CanvasRenderingContext2D, paint: Paint, painting: Painting): void {
  sketch = new Sketch(context, painting);
  paint(painting);
  sketch.flush();
  sketch = undefined;
  performance.mark('board:sketched');
}

window.onlyMakesShape = () => isMaking;

/** Makes the shapes, some at a time, and paints the whole then. What changes meanwhile is painted, and does not hold it up. */
function replaceSketch(context: CanvasRenderingContext2D, paint: Paint, made: Painted): void {
  const { painting } = made;
  const { visibleElements } = painting;
  const goOn = (): void => {
    const from = made.sketched?.made ?? 0;
    const to = from + MADE_AT_ONCE;
    if (from < visibleElements.length) {
      makeShapes(context, paint, { ...painting, visibleElements: visibleElements.slice(from, to) });
      made.sketched = { made: to, nextAt: performance.now() + MADE_MS };
      made.rest = setTimeout(goOn, MADE_MS);
      return;
    }
    current = painting;
    paint(painting);
    current = undefined;
    Object.assign(made, { sketched: undefined, wholeAt: performance.now(), anchor: painting.appState });
    performance.mark('board:painted');
  };
  made.rest = setTimeout(goOn, Math.max(0, (made.sketched?.nextAt ?? 0) - performance.now()));
}

function makeShapes(context: CanvasRenderingContext2D, paint: Paint, painting: Painting): void {
  isMaking = true;
  paintCut(context, [0, 0, 0, 0], paint, painting);
  isMaking = false;
}

/** The whole, in bands one by one: nobody waits for it. */
function paintAtRest(context: CanvasRenderingContext2D, paint: Paint, made: Painted): void {
  const { painting, seen } = made;
  const { width, height } = context.canvas;
  const band = Math.ceil(height / BANDS);
  const paintFrom = (top: number): void => {
    current = painting;
    paintPart(context, [0, top, width, Math.min(top + band, height)], { paint, painting, seen });
    current = undefined;
    if (top + band < height) made.rest = setTimeout(() => paintFrom(top + band), BAND_MS);
    else made.wholeAt = performance.now();
  };
  made.rest = setTimeout(() => paintFrom(0), REST_MS);
}

window.paintsDirectly = (element, { zoom }, context) => {
  if (context.canvas !== current?.canvas || context.globalAlpha !== 1) return false; // its parts would shine through each other
  const pixels = zoom.value * current.scale;
  const { fontSize, points, fillStyle, backgroundColor, boundElements } = propertiesOf(element);
  if (element.type === 'text') return Number(fontSize) * pixels <= SMALL_LETTERS;
  const isLabeled = element.type === 'arrow' && Array.isArray(boundElements) && boundElements.length > 0;
  return (
    PLAIN.has(element.type) &&
    !isLabeled &&
    Math.max(Math.abs(element.width), Math.abs(element.height)) * pixels <= SMALL &&
    (fillStyle === 'solid' || backgroundColor === 'transparent') &&
    (!Array.isArray(points) || points.length <= FEW_POINTS)
  );
};

const PLAIN: ReadonlySet<string> = new Set(['rectangle', 'diamond', 'ellipse', 'line', 'arrow', 'freedraw']);

function lookAt({ appState, renderConfig }: Painting) {
  const zoom = appState.zoom.value;
  return {
    imageOf: (element: BoardElement) =>
      element.type === 'image' ? renderConfig.imageCache.get(propertiesOf(element).fileId)?.image : undefined,
    boxOf: (element: BoardElement): Box =>
      'points' in element
        ? roomAround(getCommonBounds(asExcalidraw([element])), element, zoom)
        : boxOfShape(element, zoom),
  };
}

/** Undefined: all of it. */
function dirtyParts(last: Painted, painting: Painting, seen: readonly Seen[]): Parts | undefined {
  if (!isSameLook(last.painting, painting)) return undefined;
  const boxes = dirtyBoxes(last.seen, seen);
  const shift = shiftOf(last, painting);
  if (!boxes || !shift) return undefined;
  const { scale, canvas, appState } = painting;
  const [before, after] = [last.painting.appState.selectedElementIds, appState.selectedElementIds];
  if (before === after && boxes.length === 0 && !shift.some((pixels) => pixels !== 0)) return undefined; // for a reason that is not seen here
  for (const { element, box } of before === after ? [] : seen) {
    const { link, frameId } = propertiesOf(element);
    if ((link || frameId) && before[element.id] !== after[element.id]) boxes.push(box); // a selection is painted elsewhere, but for a link's sign
  }
  const perPixel = scale * appState.zoom.value;
  const [width, height] = [canvas?.width ?? 0, canvas?.height ?? 0];
  const dirty = boxes.map(
    ([left, top, right, bottom]): Box => [
      Math.max(0, Math.floor((left + appState.scrollX) * perPixel) - SMOOTH),
      Math.max(0, Math.floor((top + appState.scrollY) * perPixel) - SMOOTH),
      Math.min(width, Math.ceil((right + appState.scrollX) * perPixel) + SMOOTH),
      Math.min(height, Math.ceil((bottom + appState.scrollY) * perPixel) + SMOOTH),
    ],
  );
  const shown = [...dirty, ...uncovered(shift, [width, height])].filter(([x, y, x2, y2]) => x < x2 && y < y2);
  const parts = joined(shown, MOST_PARTS);
  const dirtyArea = parts.reduce((sum, box) => sum + area(box), 0);
  return dirtyArea < MOST_SHARE * width * height ? { shift, boxes: parts } : undefined;
}

/** By how many pixels the view was moved, if these are whole ones, so that each shape is smoothed as before. */
function shiftOf({ painting: last, anchor }: Painted, { scale, appState, renderConfig }: Painting) {
  const perPixel = scale * appState.zoom.value;
  const moved = (key: 'scrollX' | 'scrollY') => {
    const pixels = (appState[key] - anchor[key]) * perPixel; // from where it was painted whole: what is not exact does not add up
    const exact = Math.abs(pixels - Math.round(pixels)) < EXACT;
    return exact ? Math.round(pixels) - Math.round((last.appState[key] - anchor[key]) * perPixel) : Number.NaN;
  };
  const shift = [moved('scrollX'), moved('scrollY')] as const;
  const stays = shift[0] === 0 && shift[1] === 0;
  if (shift.some(Number.isNaN) || (!stays && renderConfig.renderGrid)) return undefined;
  return shift;
}

/** What was outside of the window until the view was moved. */
function uncovered([right, down]: readonly [number, number], [width, height]: readonly [number, number]): Box[] {
  const [top, bottom] = [Math.max(0, down), Math.min(height, height + down)];
  return [
    right > 0 ? [0, top, right, bottom] : [width + right, top, width, bottom],
    down > 0 ? [0, 0, width, down] : [0, height + down, width, height],
  ];
}

function shiftAll(context: CanvasRenderingContext2D, [right, down]: readonly [number, number]): void {
  if (right === 0 && down === 0) return;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalCompositeOperation = 'copy';
  context.drawImage(context.canvas, right, down);
  context.restore();
}

function isSameLook(a: Painting, b: Painting): boolean {
  const [before, after] = [a.renderConfig, b.renderConfig];
  return (
    a.scale === b.scale &&
    a.appState.zoom.value === b.appState.zoom.value &&
    LOOKS.every((key) => a.appState[key] === b.appState[key]) &&
    Object.keys(after).every((key) => before[key] === after[key]) &&
    after.elementsPendingErasure.size === 0 &&
    after.pendingFlowchartNodes === null
  );
}

function paintPart(
  context: CanvasRenderingContext2D,
  box: Box,
  { paint, painting, seen }: { paint: Paint; painting: Painting; seen: readonly Seen[] },
): void {
  const [left, top, right, bottom] = box;
  const { scale, appState } = painting;
  const perPixel = scale * appState.zoom.value;
  const near: Box = [
    (left - SMOOTH) / perPixel - appState.scrollX,
    (top - SMOOTH) / perPixel - appState.scrollY,
    (right + SMOOTH) / perPixel - appState.scrollX,
    (bottom + SMOOTH) / perPixel - appState.scrollY,
  ];
  paintCut(context, box, paint, { ...painting, visibleElements: within(seen, near) });
}

/** Cut to the box, in pixels. */
function paintCut(
  context: CanvasRenderingContext2D,
  [left, top, right, bottom]: Box,
  paint: Paint,
  painting: Painting,
): void {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  paint(painting);
  // Once for the cut, and once for each element that Excalidraw could not paint: it leaves its state behind then. More than there are do nothing.
  for (let depth = 0; depth <= painting.visibleElements.length; depth++) context.restore();
}
