import { beforeEach, describe, expect, it, vi } from 'vitest';
import { dirtyBoxes, joined, look, within } from '../../app/board/dirty.ts';
import type { Painting } from '../../app/board/painting.ts';
import type { BoardElement } from '../../lib/whiteboard/element.ts';
import { Random } from '../support/random.ts';

// How much of a board is painted anew. Excalidraw and the canvas are imitations: a shape fills its box, pixel by pixel, in its colour.

vi.mock('@excalidraw/excalidraw', () => ({
  getCommonBounds: () => [0, 0, 0, 0],
}));

type Shape = { -readonly [K in keyof BoardElement]: BoardElement[K] } & Record<string, unknown>;

const [WIDTH, HEIGHT] = [320, 203]; // which no number of bands divides
/** Added to the colour of what is only sketched. */
const SKETCHED = 1e7;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('window', globalThis);
  await import('../../app/board/repaint.ts');
});

function shape(id: string, properties: Record<string, unknown> = {}): Shape {
  const made = { id, type: 'rectangle', x: 0, y: 0, width: 10, height: 10, angle: 0, index: null, color: 1 };
  return { ...made, version: 1, versionNonce: 1, isDeleted: false, ...properties };
}

function change(element: Shape, properties: Record<string, unknown>): void {
  Object.assign(element, properties, { version: element.version + 1 });
}

/** What a canvas is to Excalidraw, as far as it matters here. */
class FakeCanvas {
  readonly width = WIDTH;
  readonly height = HEIGHT;
  pixels = new Int32Array(WIDTH * HEIGHT);
  filled = 0;
  #clips: (readonly [number, number, number, number])[] = [[0, 0, WIDTH, HEIGHT]];
  #rect: readonly [number, number, number, number] = [0, 0, 0, 0];

  globalCompositeOperation = '';
  strokeStyle = '';
  fillStyle = '';
  #outlines: (readonly [number, number, number, number])[] = [];
  #moved: readonly [number, number] = [0, 0];

  get canvas() {
    return this;
  }
  getContext() {
    return this;
  }
  /** Of itself, in place of what is there. */
  drawImage(_self: unknown, right: number, down: number): void {
    const before = this.pixels;
    this.pixels = before.map((_, at) => {
      const [x, y] = [(at % WIDTH) - right, Math.floor(at / WIDTH) - down];
      return x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT ? (before[y * WIDTH + x] ?? 0) : -1;
    });
  }
  /** A scale of 1, always. */
  setTransform(_a: number, _b: number, _c: number, _d: number, right: number, down: number): void {
    this.#moved = [right, down];
  }
  beginPath(): void {
    this.#outlines = [];
  }
  /** Outlines are as broad as what they are around: the colour tells that they are outlines. */
  stroke(): void {
    const [right, down] = this.#moved;
    for (const [x, y, width, height] of this.#outlines)
      this.fillBox(x + right, y + down, width, height, SKETCHED + Number(this.strokeStyle));
  }
  fill(): void {
    // seen through its outline here
  }
  save(): void {
    this.#clips.push(this.#clip);
  }
  restore(): void {
    if (this.#clips.length > 1) this.#clips.pop();
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.#rect = [x, y, x + width, y + height];
    this.#outlines.push([x, y, width, height]);
  }
  clip(): void {
    const [left, top, right, bottom] = this.#clip;
    const [x, y, x2, y2] = this.#rect;
    this.#clips[this.#clips.length - 1] = [
      Math.max(left, x),
      Math.max(top, y),
      Math.min(right, x2),
      Math.min(bottom, y2),
    ];
  }
  get #clip() {
    return this.#clips.at(-1) ?? [0, 0, 0, 0];
  }
  fillBox(x: number, y: number, width: number, height: number, color: number): void {
    const [left, top, right, bottom] = this.#clip;
    for (let row = Math.max(top, y); row < Math.min(bottom, y + height); row++)
      for (let column = Math.max(left, x); column < Math.min(right, x + width); column++) {
        this.pixels[row * WIDTH + column] = color;
        this.filled++;
      }
  }
}

let madeShapes = 0;

/** As Excalidraw paints: the ground, then each shape. */
function paint({ canvas, visibleElements, appState: { scrollX, scrollY } }: Painting): void {
  const drawn = canvas as unknown as FakeCanvas;
  drawn.fillBox(0, 0, WIDTH, HEIGHT, 0);
  for (const element of visibleElements as readonly Shape[]) {
    if (window.sketchesShape?.(element, drawn as unknown as CanvasRenderingContext2D)) continue;
    madeShapes++;
    if (window.onlyMakesShape?.()) continue;
    const { x, y, width, height, color, broken } = element;
    if (broken)
      drawn.save(); // and throws, which Excalidraw catches
    else drawn.fillBox(Math.round(x + scrollX), Math.round(y + scrollY), width, height, Number(color));
  }
}

const config = {
  isExporting: false,
  imageCache: new Map<unknown, { image: unknown }>(),
  elementsPendingErasure: new Set<string>(),
  pendingFlowchartNodes: null,
};

function painting(canvas: FakeCanvas, visibleElements: readonly BoardElement[], state: object = {}): Painting {
  const appState = { scrollX: 0, scrollY: 0, zoom: { value: 1 }, selectedElementIds: NOTHING, ...state };
  return { canvas, scale: 1, visibleElements, appState, renderConfig: config } as unknown as Painting;
}

const NOTHING = {};

function show(canvas: FakeCanvas, elements: readonly BoardElement[], state?: object): void {
  canvas.filled = 0;
  window.paintBoard?.(paint, painting(canvas, elements, state));
}

/** Whether the canvas is as if all had been painted on an empty one. */
function isWhole({ pixels }: FakeCanvas, elements: readonly BoardElement[], state?: object): boolean {
  const whole = new FakeCanvas();
  paint(painting(whole, elements, state));
  return pixels.every((pixel, at) => pixel === whole.pixels[at]);
}

/** A thousand small shapes, row by row, without a shake in their lines. */
function crowd(): Shape[] {
  return Array.from({ length: 1_000 }, (_, at) => plain(`e${at}`, { x: (at % 40) * 8, y: Math.floor(at / 40) * 8 }));
}

function plain(id: string, properties: Record<string, unknown> = {}): Shape {
  const look = { opacity: 100, roughness: 0, strokeStyle: 'solid', fillStyle: 'solid', backgroundColor: 'transparent' };
  const color = 1 + (Math.floor(Number(id.slice(1)) / 100) % 5);
  return shape(id, { ...look, width: 6, height: 6, color, strokeColor: String(color), ...properties });
}

/** Of each pixel that is not empty. */
function sketchedShare({ pixels }: FakeCanvas): number {
  const drawn = pixels.filter((pixel) => pixel !== 0);
  return drawn.filter((pixel) => pixel > SKETCHED).length / drawn.length;
}

describe('the first picture of a large board', () => {
  it('[BOARD-189] is a sketch in which each shape has its place, its colour and its order', () => {
    const canvas = new FakeCanvas();
    const elements = crowd();
    elements.splice(500, 0, plain('e1', { x: 100, y: 96, width: 20, height: 20 })); // over others, and below others
    show(canvas, elements);
    expect(sketchedShare(canvas)).toBe(1);
    elements.splice(700, 0, plain('e2', { x: 90, y: 80, width: 50, height: 90 })); // which is painted as it stays
    show(canvas, []);
    show(canvas, elements);
    expect(sketchedShare(canvas)).toBeGreaterThan(0.5);
    const whole = new FakeCanvas();
    paint(painting(whole, elements));
    expect(canvas.pixels.map((pixel) => pixel % SKETCHED)).toEqual(whole.pixels);
  });

  it('[BOARD-189] is painted as it stays right after that, when its shapes have been made, some at a time', () => {
    const canvas = new FakeCanvas();
    const elements = crowd();
    show(canvas, elements);
    const sketched = canvas.pixels.slice();
    madeShapes = 0;
    while (madeShapes < elements.length) {
      const before = madeShapes;
      vi.advanceTimersByTime(20);
      expect(madeShapes - before).toBeLessThanOrEqual(500);
      expect(canvas.pixels).toEqual(sketched);
    }
    vi.advanceTimersByTime(20);
    expect(isWhole(canvas, elements)).toBe(true);
    canvas.pixels.fill(99);
    vi.advanceTimersByTime(10_000);
    expect(canvas.pixels[0]).toBe(99); // once
  });

  it('[BOARD-189] is painted as it stays while others move shapes, and the view is moved, without a rest', () => {
    const canvas = new FakeCanvas();
    const elements = crowd();
    show(canvas, elements);
    for (let step = 1; step <= 10; step++) {
      vi.advanceTimersByTime(16);
      change(elements[step * 7] as Shape, { x: step });
      show(canvas, elements, { scrollX: step });
    }
    expect(isWhole(canvas, elements, { scrollX: 10 })).toBe(true);
  });

  it('[BOARD-189] is a sketch again where all has to be painted before it is painted as it stays', () => {
    const canvas = new FakeCanvas();
    const elements = crowd();
    show(canvas, elements);
    vi.advanceTimersByTime(30);
    show(canvas, elements, { theme: 'dark' });
    expect(sketchedShare(canvas)).toBe(1);
    vi.advanceTimersByTime(100);
    expect(isWhole(canvas, elements, { theme: 'dark' })).toBe(true);
    show(canvas, elements, { theme: 'light' });
    expect(isWhole(canvas, elements, { theme: 'light' })).toBe(true);
  });

  it.each([
    ['is larger than some pixels', { width: 30 }],
    ['shakes by more than a pixel', { roughness: 1 }],
    ['is turned', { angle: 0.5 }],
    ['is seen through', { opacity: 50 }],
    ['has dashes', { strokeStyle: 'dashed' }],
    ['is filled with lines', { fillStyle: 'hachure', backgroundColor: '#ff0000' }],
    ['is cut by a frame', { frameId: 'f' }],
    ['has a link, which has a sign', { link: 'https://example.org' }],
    ['has a label, which is painted with it', { boundElements: [{ id: 't', type: 'text' }] }],
    ['is of another kind', { type: 'text' }],
  ])('[BOARD-189] has as it stays what %s', (_, properties) => {
    const canvas = new FakeCanvas();
    const elements = crowd();
    elements.splice(500, 0, plain('e3', { x: 100, y: 100, ...properties }));
    show(canvas, elements);
    expect(canvas.pixels.filter((pixel) => pixel === 1).length).toBeGreaterThan(0);
    expect(sketchedShare(canvas)).toBeLessThan(1);
  });

  it('[BOARD-189] is painted as it stays at once where the board is small', () => {
    const canvas = new FakeCanvas();
    const elements = crowd().slice(1);
    show(canvas, elements);
    expect(isWhole(canvas, elements)).toBe(true);
  });
});

describe('a board of which something changes', () => {
  it('[BOARD-17] is painted where that is, and nowhere else', () => {
    const canvas = new FakeCanvas();
    const elements = Array.from({ length: 12 }, (_, at) => shape(`e${at}`, { x: at * 25, color: at + 1 }));
    show(canvas, elements);
    const all = canvas.filled;

    change(elements[3] as Shape, { y: 60 });
    show(canvas, elements);

    expect(isWhole(canvas, elements)).toBe(true);
    expect(canvas.filled).toBeLessThan(all / 2);
  });

  it('[BOARD-17] is the same picture as if the whole had been painted, whatever was changed, added, removed, reordered and scrolled', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const canvas = new FakeCanvas();
      let made = 0;
      const add = () =>
        shape(`e${made++}`, {
          x: random.between(-20, 320),
          y: random.between(-20, 200),
          color: random.between(1, 1e6),
        });
      let elements = Array.from({ length: 25 }, add);
      const view = { scrollX: 0, scrollY: 0 };
      const inView = () =>
        elements.filter(({ x, y }) => {
          const [left, top] = [x + view.scrollX, y + view.scrollY];
          return left > -40 && top > -40 && left < WIDTH && top < HEIGHT;
        });
      show(canvas, inView());
      for (let step = 0; step < 30; step++) {
        for (let left = random.between(1, 3); left > 0; left--) {
          const at = random.between(0, elements.length - 1);
          const found = elements[at] as Shape;
          const what = random.next();
          if (what < 0.5) change(found, { x: found.x + random.between(-30, 30), y: found.y + random.between(-30, 30) });
          else if (what < 0.65) change(found, { width: random.between(1, 40), color: random.between(1, 1e6) });
          else if (what < 0.75)
            elements = elements.toSpliced(at, 1, { ...found, version: found.version + 1, color: 7 });
          else if (what < 0.85) elements = [...elements, add()];
          else if (what < 0.95) elements = elements.toSpliced(at, 1);
          else elements = [...elements.toSpliced(at, 1), found];
        }
        if (random.next() < 0.3) view.scrollX += random.between(-40, 40);
        if (random.next() < 0.3) view.scrollY += random.between(-30, 30);
        show(canvas, inView(), { ...view });
        expect(isWhole(canvas, elements, view), `seed ${seed}, step ${step}`).toBe(true);
      }
    }
  });

  it('[BOARD-17] is painted whole when the view is another one, and when it is not seen why it is painted', () => {
    const canvas = new FakeCanvas();
    const elements = [shape('a', { x: 5 }), shape('b', { x: 200 })];
    show(canvas, elements);
    const all = canvas.filled;
    show(canvas, elements);
    expect(canvas.filled).toBe(all);
    for (const state of [{ scrollX: 0.5 }, { scrollX: 0.5, theme: 'dark' }, { scrollX: 0.5, zoom: { value: 0.5 } }]) {
      change(elements[0] as Shape, { x: 6 });
      show(canvas, elements, state);
      expect(canvas.filled).toBe(all);
    }
  });

  it('[BOARD-17] is painted where a moved view shows what it did not show, and goes along elsewhere', () => {
    const canvas = new FakeCanvas();
    const elements = Array.from({ length: 40 }, (_, at) => shape(`e${at}`, { x: at * 20, y: 50, color: at + 1 }));
    show(canvas, elements);
    const all = canvas.filled;
    for (let step = 1; step <= 10; step++) {
      const view = { scrollX: -step * 7.0001, scrollY: step };
      show(canvas, elements, view);
      expect(canvas.filled).toBeLessThan(all / 4);
    }
    const whole = { scrollX: -70, scrollY: 10 };
    expect(isWhole(canvas, elements, whole)).toBe(true);
    show(canvas, elements, { scrollX: -70.2, scrollY: 10 });
    expect(canvas.filled).toBeGreaterThan(all / 2);
  });

  it('[BOARD-17] is not painted anew because others come into the window or leave it', () => {
    const canvas = new FakeCanvas();
    const elements = Array.from({ length: 60 }, (_, at) => shape(`e${at}`, { x: at * 20, y: 50, color: at + 1 }));
    const shown = (step: number) => elements.filter(({ x }) => x >= step * 7 - 12 && x < step * 7 + WIDTH);
    show(canvas, shown(0));
    const all = canvas.filled;
    for (let step = 1; step <= 40; step++) {
      const view = { scrollX: -step * 7, scrollY: 0 };
      show(canvas, shown(step), view);
      expect(canvas.filled, `step ${step}`).toBeLessThan(all / 4);
      expect(isWhole(canvas, elements, view)).toBe(true);
    }
  });

  it('[BOARD-17] is painted whole as soon as there is a rest, in bands that nobody feels', () => {
    const canvas = new FakeCanvas();
    const elements = [shape('a', { x: 5 }), shape('b', { x: 200, y: 195 })];
    show(canvas, elements);
    const all = canvas.filled;
    change(elements[0] as Shape, { x: 6 });
    show(canvas, elements);
    canvas.pixels.fill(99);
    canvas.filled = 0;
    vi.advanceTimersByTime(399);
    expect(canvas.filled).toBe(0);
    let most = 0;
    for (let ms = 0; ms < 600; ms++) {
      const before = canvas.filled;
      vi.advanceTimersByTime(1);
      most = Math.max(most, canvas.filled - before);
    }
    expect(most).toBeLessThan(all / 8);
    expect(isWhole(canvas, elements)).toBe(true);
    canvas.pixels.fill(99);
    vi.advanceTimersByTime(10_000);
    expect(canvas.pixels[0]).toBe(99); // once
  });

  it('[BOARD-17] that is changed again during the rest is not painted as it was before', () => {
    const canvas = new FakeCanvas();
    const [first, last] = [shape('a', { x: 5, y: 5 }), shape('b', { x: 200, y: 180 })];
    show(canvas, [first, last]);
    change(first, { x: 6 });
    show(canvas, [first, last]);
    vi.advanceTimersByTime(400 + 2 * 20);
    change(first, { x: 40 });
    show(canvas, [first]); // and the other one is gone
    expect(isWhole(canvas, [first])).toBe(true);
    vi.advanceTimersByTime(300);
    expect(isWhole(canvas, [first])).toBe(true);
    canvas.pixels.fill(99);
    vi.advanceTimersByTime(1_000);
    expect(isWhole(canvas, [first])).toBe(true);
  });

  it('[BOARD-17] is painted whole every 20 seconds without a rest', () => {
    const canvas = new FakeCanvas();
    const elements = [shape('a', { x: 5 }), shape('b', { x: 200 })];
    show(canvas, elements);
    const all = canvas.filled;
    const wholeIn = (milliseconds: number) => {
      let whole = 0;
      for (let ms = 0; ms < milliseconds; ms += 100) {
        vi.advanceTimersByTime(100);
        change(elements[0] as Shape, { x: 6 + (ms % 300) });
        show(canvas, elements);
        if (canvas.filled === all) whole++;
      }
      return whole;
    };
    expect(wholeIn(41_000)).toBe(2);
    expect(wholeIn(15_000)).toBe(0);
    vi.advanceTimersByTime(1_000); // a rest
    expect(wholeIn(15_000)).toBe(0);
  });

  it('[BOARD-17] goes on when Excalidraw cannot paint one of its shapes', () => {
    const canvas = new FakeCanvas();
    const elements = [shape('a', { x: 5 }), shape('b', { x: 20, broken: true }), shape('c', { x: 200 })];
    show(canvas, elements);
    change(elements[0] as Shape, { x: 6 });
    show(canvas, elements);
    change(elements[2] as Shape, { x: 220 });
    show(canvas, elements);
    expect(isWhole(canvas, elements)).toBe(true);
  });

  it('[BOARD-17] is painted where the sign of a link was, which has one size at each zoom', () => {
    const canvas = new FakeCanvas();
    const linked = shape('a', { x: 100, y: 100, link: 'https://example.org' });
    const state = { zoom: { value: 0.25 } };
    const withSign = ({ visibleElements: [element] }: Painting) => {
      canvas.fillBox(0, 0, WIDTH, HEIGHT, 0);
      if (element) canvas.fillBox(element.x / 4 + 30, element.y / 4, 4, 4, 1);
    };
    show(canvas, [linked]);
    for (let times = 0; times < 2; times++) {
      window.paintBoard?.(withSign, painting(canvas, [linked], state));
      change(linked, { x: 500 });
    }
    expect(canvas.pixels[25 * WIDTH + 56]).toBe(0);
    expect(canvas.pixels[25 * WIDTH + 156]).toBe(1);
  });

  it('[BOARD-17] is painted where a picture has been loaded', () => {
    const canvas = new FakeCanvas();
    const elements = [shape('a', { type: 'image', fileId: 'f' }), shape('b', { x: 200 })];
    show(canvas, elements);
    const all = canvas.filled;
    config.imageCache.set('f', { image: {} });
    show(canvas, elements);
    expect(canvas.filled).toBeGreaterThan(0);
    expect(canvas.filled).toBeLessThan(all);
  });
});

describe('a shape that is painted', () => {
  const small = { width: 20, height: 20, fillStyle: 'solid', backgroundColor: '#ffec99' };
  const points = Array.from({ length: 60 }, (_, at) => [at / 5, 0]);

  /** Whether it is painted without a canvas of its own. */
  function isDirect(properties: Record<string, unknown>, { opaque = true, own = true } = {}): boolean | undefined {
    let direct: boolean | undefined;
    const canvas = new FakeCanvas();
    const asked = painting(canvas, [shape('a', properties)]);
    const context = { canvas: own ? canvas : new FakeCanvas(), globalAlpha: opaque ? 1 : 0.4 } as never;
    window.paintBoard?.(({ appState, visibleElements: [element] }) => {
      direct = element && window.paintsDirectly?.(element, appState, context);
    }, asked);
    expect(window.paintsDirectly?.(asked.visibleElements[0] as Shape, asked.appState, context)).toBe(false); // at no other time
    return direct;
  }

  it.each([
    ['small and plain', small, true],
    ['a small text', { type: 'text', fontSize: 8 }, true],
    ['a text', { type: 'text', fontSize: 20 }, false],
    ['large', { ...small, width: 25 }, false],
    ['hatched', { ...small, fillStyle: 'hachure' }, false],
    ['a picture', { ...small, type: 'image' }, false],
    ['an arrow', { ...small, type: 'arrow', boundElements: [] }, true],
    ['an arrow with a text', { ...small, type: 'arrow', boundElements: [{ id: 'b', type: 'text' }] }, false],
    ['a stroke of many points', { ...small, type: 'freedraw', points }, false],
  ])('[BOARD-17] has no canvas of its own, or has one, when it is %s', (_what, properties, direct) => {
    expect(isDirect(properties)).toBe(direct);
  });

  it('[BOARD-17] has a canvas of its own when something shines through it, and when another canvas is painted', () => {
    expect(isDirect(small, { opaque: false })).toBe(false);
    expect(isDirect(small, { own: false })).toBe(false);
  });
});

describe('what lies in a part', () => {
  const looks = {
    boxOf: ({ x, y, width, height }: BoardElement) => [x, y, x + width, y + height] as const,
    imageOf: () => 0,
  };

  it('[BOARD-17] is a shape whose text reaches into it, too: Excalidraw paints the two at once', () => {
    const label = shape('label', { type: 'text', containerId: 'arrow', x: 50 });
    const seen = look([shape('arrow', { type: 'arrow', width: 5 }), label], looks);
    expect(within(seen, [55, 0, 60, 10]).map(({ id }) => id)).toEqual(['arrow', 'label']);
    change(label, { x: 70 });
    expect(dirtyBoxes(seen, look([seen[0]?.element ?? label, label], looks, seen))).toContainEqual([0, 0, 5, 10]);
  });

  it('[BOARD-17] cannot be told when a frame has changed, which cuts what lies in it', () => {
    const frame = shape('frame', { type: 'frame' });
    const seen = look([frame], looks);
    change(frame, { x: 1 });
    expect(dirtyBoxes(seen, look([frame], looks, seen))).toBe(undefined);
  });

  it('[BOARD-17] is painted once where parts overlap, and all together when there are many', () => {
    const box = (at: number) => [at, 0, at + 10, 10] as const;
    expect(joined([box(0), box(5), box(30), box(12)], 9)).toEqual([
      [30, 0, 40, 10],
      [0, 0, 22, 10],
    ]);
    const [along, down] = [[0, 0, 100, 5] as const, [95, 0, 100, 100] as const];
    expect(joined([along, down], 9)).toEqual([along, down]); // around both is much more than both
    expect(joined([0, 20, 40, 60].map(box), 3)).toEqual([[0, 0, 70, 10]]);
  });
});
