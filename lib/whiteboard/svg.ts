import { type Attributes, escapeHtml, startTag } from '../convert/markup.ts';
import { headOf } from './arrowhead.ts';
import {
  type Box,
  boxOf,
  centerOf,
  type Drawn,
  type DrawnImage,
  type DrawnLine,
  type DrawnStroke,
  type DrawnText,
  drawn,
  turnedBox,
} from './drawn.ts';
import type { BoardElement } from './element.ts';
import { at, diamond, ellipse, ink, isLoop, line, number, rectangle } from './outline.ts';
import { textSvg } from './svg-text.ts';

// A board as an SVG, without a canvas and without Excalidraw: for whoever reads a document elsewhere. The shapes are clean, where Excalidraw's own
// pictures are drawn by a shaking hand; they stand in the same places, in the same colours and order.
// Invariant: nothing in it runs, leads anywhere or is loaded from anywhere, whoever wrote the elements: only shapes, text, and the pictures that the
// caller gives. Its length is bounded.

export interface SvgOptions {
  /** The picture with this hash, as a data URL; undefined: an empty frame stands in its place. */
  readonly picture: (fileId: string) => string | undefined;
  /** Characters of the SVG. */
  readonly most: number;
  /** The colour of the paper; undefined: none. */
  readonly paper: string | undefined;
}

export type BoardSvg =
  | { readonly state: 'drawn'; readonly svg: string }
  /** Nothing is drawn on it. */
  | { readonly state: 'empty' }
  | { readonly state: 'too-long' };

/** Points of all lines and strokes of a picture: each costs up to 25 microseconds, however little comes of it. */
const MOST_POINTS = 100_000;
/** Pixels around what is drawn, as around Excalidraw's pictures. */
const PADDING = 16;
/** A name stands above its frame. */
const FRAME = { color: '#bbb', radius: 8, name: '#999999', size: 14, above: 6 } as const;
const PAPER = '#ffffff';

/** `elements` in their order, as toScene gives them. */
export function boardSvg(elements: readonly BoardElement[], options: SvgOptions): BoardSvg {
  const shown = elements.map((element) => drawn(element)).filter((element) => element.opacity > 0);
  if (shown.length === 0) return { state: 'empty' };
  let points = 0;
  for (const element of shown) points += 'points' in element ? (element.points as unknown[]).length : 0;
  if (points > MOST_POINTS) return { state: 'too-long' };
  const sheet = new Sheet(shown, options);
  let length = 0;
  const drawings: string[] = [];
  for (const element of shown) {
    const drawing = sheet.draw(element);
    length += drawing.length;
    if (length + sheet.length > options.most) return { state: 'too-long' };
    drawings.push(drawing);
  }
  return { state: 'drawn', svg: sheet.around(drawings.join('')) };
}

class Sheet {
  readonly #options: SvgOptions;
  readonly #box: Box;
  readonly #frames = new Map<string, Drawn>();
  /** Texts on lines, which are cut out of them. */
  readonly #labels = new Map<string, DrawnText>();
  /** Patterns, masks and clips by what they are, under numbers: no id of an element becomes one of the picture. */
  readonly #definitions = new Map<string, string>();
  /** Characters of those. */
  length = 0;

  constructor(elements: readonly Drawn[], options: SvgOptions) {
    this.#options = options;
    this.#box = boundsOf(elements);
    for (const element of elements) {
      if (element.type === 'frame') this.#frames.set(element.id, element);
      const { containerId } = element as DrawnText;
      if (element.type === 'text' && containerId !== null) this.#labels.set(containerId, element as DrawnText);
    }
  }

  around(drawings: string): string {
    const [left, top, right, bottom] = this.#box;
    const [width, height] = [number(right - left), number(bottom - top)];
    const tag = startTag('svg', {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `${at([left, top])} ${width} ${height}`,
      width,
      height,
    });
    const { paper } = this.#options;
    const ground = paper === undefined ? '' : this.#cover(paper);
    const defined = [...this.#definitions].map(([definition, id]) => definition.replace('ID', id)).join('');
    return `${tag}${defined === '' ? '' : `<defs>${defined}</defs>`}${ground}${drawings}</svg>`;
  }

  draw(element: Drawn): string {
    const shape = this.#shape(element);
    if (shape === '') return '';
    const [cx, cy] = centerOf(boxOf(element));
    const degrees = (element.angle * 180) / Math.PI;
    const turn = degrees === 0 ? '' : ` rotate(${number(degrees)} ${at([cx - element.x, cy - element.y])})`;
    const frame = element.frameId === null ? undefined : this.#frames.get(element.frameId);
    const opacity = (element.opacity * (frame?.opacity ?? 100)) / 10_000;
    const drawing = `${startTag('g', {
      transform: `translate(${at([element.x, element.y])})${turn}`,
      opacity: opacity < 1 ? number(opacity) : undefined,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    })}${shape}</g>`;
    return this.#within(frame, this.#besideLabel(element, drawing));
  }

  #shape(element: Drawn): string {
    switch (element.type) {
      case 'rectangle':
        return this.#outline(element, rectangle(element), true);
      case 'diamond':
        return this.#outline(element, diamond(element), true);
      case 'ellipse':
        return this.#outline(element, ellipse(element), true);
      case 'line':
      case 'arrow':
        return this.#line(drawn<DrawnLine>(element));
      case 'freedraw':
        return this.#stroke(drawn<DrawnStroke>(element));
      case 'text':
        return textSvg(drawn<DrawnText>(element));
      case 'image':
        return this.#image(drawn<DrawnImage>(element));
      case 'frame':
        return frameSvg(element);
      default:
        return ''; // a type that a later table lets through
    }
  }

  #outline(element: Drawn, path: string, filled: boolean): string {
    const { strokeColor, strokeWidth, strokeStyle } = element;
    return closed('path', {
      d: path,
      fill: filled ? this.#fill(element) : 'none',
      'fill-rule': element.type === 'line' ? 'evenodd' : undefined,
      stroke: colorOf(strokeColor),
      'stroke-width': number(strokeWidth),
      'stroke-dasharray': DASHES[strokeStyle](strokeWidth),
    });
  }

  #line(element: DrawnLine): string {
    const heads = (['start', 'end'] as const).map((end) => {
      const kind = element[`${end}Arrowhead`];
      const head = kind === null || element.type === 'line' ? undefined : headOf(element, end, kind);
      if (!head) return '';
      const color = colorOf(element.strokeColor);
      return closed('path', {
        d: head.path,
        fill: head.fill === 'line' ? color : head.fill === 'paper' ? (this.#options.paper ?? PAPER) : 'none',
        stroke: color,
        'stroke-width': number(element.strokeWidth),
      });
    });
    return this.#outline(element, line(element), element.type === 'line' && isLoop(element.points)) + heads.join('');
  }

  #stroke(element: DrawnStroke): string {
    const fill = isLoop(element.points) ? this.#fill(element) : 'none';
    const area = fill === 'none' ? '' : `<path d="M${element.points.map(at).join('L')}Z" fill="${fill}"/>`;
    const color = escapeHtml(colorOf(element.strokeColor));
    return `${area}<path d="${ink(element)}" fill="${color}"/>`;
  }

  #image({ fileId, width, height, scale, crop }: DrawnImage): string {
    const href = fileId === null ? undefined : this.#options.picture(fileId);
    const size = { width: number(Math.abs(width)), height: number(Math.abs(height)) };
    if (href === undefined) {
      return closed('rect', { ...size, fill: '#e9ecef', stroke: '#ced4da' });
    }
    const inner = closed('image', {
      width: crop ? number(crop.naturalWidth) : size.width,
      height: crop ? number(crop.naturalHeight) : size.height,
      preserveAspectRatio: 'none',
      href,
    });
    const part = crop && [at([crop.x, crop.y]), number(crop.width), number(crop.height)].join(' ');
    const cut = part
      ? `${startTag('svg', { ...size, viewBox: part, preserveAspectRatio: 'none' })}${inner}</svg>`
      : inner;
    const [flipX, flipY] = scale;
    if (flipX >= 0 && flipY >= 0) return cut;
    const flip = `translate(${at([flipX < 0 ? width : 0, flipY < 0 ? height : 0])}) scale(${flipX < 0 ? -1 : 1} ${flipY < 0 ? -1 : 1})`;
    return `<g transform="${flip}">${cut}</g>`;
  }

  /** What lies in a frame ends at its edges. */
  #within(frame: Drawn | undefined, drawing: string): string {
    if (!frame) return drawing;
    const { x, y, width, height } = frame;
    const edge = closed('rect', {
      x: number(x),
      y: number(y),
      width: number(width),
      height: number(height),
      rx: FRAME.radius,
    });
    const id = this.#define(`<clipPath id="ID">${edge}</clipPath>`);
    return `<g clip-path="url(#${id})">${drawing}</g>`;
  }

  /** A line ends where the text on it begins. */
  #besideLabel(element: Drawn, drawing: string): string {
    const label = element.type === 'arrow' || element.type === 'line' ? this.#labels.get(element.id) : undefined;
    if (!label) return drawing;
    const { x, y, width, height } = label;
    const hole = closed('rect', { x: number(x), y: number(y), width: number(width), height: number(height) });
    const mask = `${this.#cover('#fff')}${hole}`;
    const tag = startTag('mask', { id: 'ID', maskUnits: 'userSpaceOnUse', ...this.#area() });
    const id = this.#define(`${tag}${mask}</mask>`);
    return `<g mask="url(#${id})">${drawing}</g>`;
  }

  #area(): Attributes {
    const [left, top, right, bottom] = this.#box;
    return { x: number(left), y: number(top), width: number(right - left), height: number(bottom - top) };
  }

  #cover(color: string): string {
    return closed('rect', { ...this.#area(), fill: color });
  }

  #fill({ backgroundColor, fillStyle, strokeWidth }: Drawn): string {
    const color = colorOf(backgroundColor);
    if (color === 'none' || fillStyle === 'solid') return color;
    const gap = number(Math.max(1, strokeWidth * 4));
    const lines = fillStyle === 'cross-hatch' ? `M0 0H${gap}M0 0V${gap}` : `M0 0H${gap}`;
    const drawing = closed('path', { d: lines, stroke: color, 'stroke-width': number(Math.max(0.5, strokeWidth)) });
    const tag = `<pattern id="ID" width="${gap}" height="${gap}" patternUnits="userSpaceOnUse" patternTransform="rotate(-41)">`;
    return `url(#${this.#define(`${tag}${drawing}</pattern>`)})`;
  }

  #define(definition: string): string {
    const known = this.#definitions.get(definition);
    if (known !== undefined) return known;
    const id = `d${this.#definitions.size}`;
    this.#definitions.set(definition, id);
    this.length += definition.length;
    return id;
  }
}

const DASHES: Readonly<Record<Drawn['strokeStyle'], (width: number) => string | undefined>> = {
  solid: () => undefined,
  dashed: (width) => `8 ${number(8 + width)}`,
  dotted: (width) => `1.5 ${number(6 + width)}`,
};

function frameSvg(element: Drawn): string {
  const { width, height } = element;
  const name = 'name' in element && typeof element.name === 'string' ? element.name : 'Frame';
  const edge = closed('rect', {
    width: number(width),
    height: number(height),
    rx: FRAME.radius,
    fill: 'none',
    stroke: FRAME.color,
    'stroke-width': 2,
  });
  const title = { text: name, width: 0, fontSize: FRAME.size, fontFamily: 2, lineHeight: 1, autoResize: false };
  const words = textSvg({ ...element, ...title, textAlign: 'left', strokeColor: FRAME.name } as DrawnText);
  return `${edge}<g transform="translate(0 ${-FRAME.size - FRAME.above})">${words}</g>`;
}

/** An element without children. */
function closed(name: string, attributes: Attributes): string {
  return startTag(name, attributes).replace(/>$/, '/>');
}

function colorOf(color: string): string {
  return color === 'transparent' ? 'none' : color;
}

function boundsOf(elements: readonly Drawn[]): Box {
  let [left, top, right, bottom] = turnedBox(elements[0] as Drawn);
  for (const element of elements) {
    const box = turnedBox(element);
    const above = element.type === 'frame' ? FRAME.size + FRAME.above : 0;
    left = Math.min(left, box[0]);
    top = Math.min(top, box[1] - above);
    right = Math.max(right, box[2]);
    bottom = Math.max(bottom, box[3]);
  }
  return [left - PADDING, top - PADDING, right + PADDING, bottom + PADDING];
}
