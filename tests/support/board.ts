import { expect, type Locator } from '@playwright/test';
import { boardElements, toScene } from '../../lib/whiteboard/board.ts';
import type { Person } from './browser.ts';
import type { Product } from './product.ts';

// People at a whiteboard.
// Invariant: they draw with mouse and keys, as people do; what they see is read out of the editor that draws it.

type Point = readonly [x: number, y: number];

/** A shape as it is shown: what a person would tell of it. */
export interface Shape {
  id: string;
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  strokeColor: string;
  backgroundColor: string;
  text?: string;
  points?: number[][];
}

/** The tools by the keys that choose them. */
const TOOLS = { select: 'v', rectangle: 'r', ellipse: 'o', arrow: 'a', stroke: 'p', text: 't', laser: 'k' } as const;

/** Makes a document that is a board, through the API. Resolves with its name. */
export async function createBoard(product: Product, title = ''): Promise<string> {
  const response = await fetch(`${product.url}/api/documents`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ title, kind: 'board' }),
  });
  if (response.status !== 201) throw new Error(`Creating a board answered ${response.status}.`);
  return ((await response.json()) as { name: string }).name;
}

/** A person at a board, which is what has the focus. */
export class Drawer {
  readonly person: Person;

  constructor(person: Person) {
    this.person = person;
  }

  get page() {
    return this.person.page;
  }

  get board(): Locator {
    return this.page.getByTestId('board');
  }

  /** The pointer of somebody else. */
  cursorOf(other: Person): Locator {
    return this.board.locator(`[data-testid="cursor"][data-name="${other.name}"]`);
  }

  async open(document: string): Promise<void> {
    await this.page.goto(`/d/${document}`);
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.board.locator('canvas.interactive')).toBeVisible();
    await expect(this.page.getByTestId('skeleton')).toHaveCount(0);
  }

  /** A PNG, from the upper left corner of the board. */
  async dropPicture(picture: Uint8Array, [x, y]: Point): Promise<void> {
    const dataTransfer = await this.page.evaluateHandle(
      (bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'fair.png', { type: 'image/png' }));
        return data;
      },
      [...picture],
    );
    const { x: left = 0, y: top = 0 } = (await this.board.boundingBox()) ?? {};
    const at = { clientX: left + x, clientY: top + y };
    await this.board.locator('.excalidraw-container').dispatchEvent('drop', { dataTransfer, ...at });
  }

  async choose(tool: keyof typeof TOOLS): Promise<void> {
    await this.page.keyboard.press(TOOLS[tool]);
  }

  /** From the upper left corner of the canvas; between two points there are `steps` moves. */
  async drag(points: readonly Point[], steps = 4): Promise<void> {
    const [first = [0, 0] as const, ...others] = await Promise.all(points.map((point) => this.#onPage(point)));
    await this.page.mouse.move(...first);
    await this.page.mouse.down();
    for (const point of others) await this.page.mouse.move(...point, { steps });
    await this.page.mouse.up();
  }

  async click(point: Point): Promise<void> {
    await this.page.mouse.click(...(await this.#onPage(point)));
  }

  async pointAt(point: Point): Promise<void> {
    await this.page.mouse.move(...(await this.#onPage(point)));
  }

  async draw(tool: 'rectangle' | 'ellipse' | 'arrow', from: Point, to: Point): Promise<void> {
    await this.choose(tool);
    await this.drag([from, to]);
  }

  /** Puts a text on the board, and stays in it. */
  async write(text: string, at: Point): Promise<void> {
    await this.choose('text');
    await this.click(at);
    await expect(this.board.locator('.excalidraw-wysiwyg')).toBeFocused();
    await this.person.type(text);
    // Fonts of other scripts come with their first letter (BOARD-157).
    await this.page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      await document.fonts.ready;
    });
  }

  /** The shapes that this person sees, in their order. */
  shapes(): Promise<Shape[]> {
    return this.board.locator('.excalidraw-container').evaluate((container) => {
      interface Fiber {
        readonly return: Fiber | null;
        readonly stateNode: { readonly scene?: { getNonDeletedElements(): readonly Shape[] } } | null;
      }
      // React keeps its own side of an element at the element: from there it is a few steps to Excalidraw's.
      const key = Object.keys(container).find((name) => name.startsWith('__reactFiber$')) ?? '';
      let fiber = (container as unknown as Record<string, Fiber | null>)[key] ?? null;
      while (fiber && !fiber.stateNode?.scene) fiber = fiber.return;
      const shapes = fiber?.stateNode?.scene?.getNonDeletedElements() ?? [];
      return shapes.map(({ id, type, x, y, width, height, strokeColor, backgroundColor, text, points }) => ({
        ...{ id, type, x, y, width, height, strokeColor, backgroundColor },
        ...(text === undefined ? {} : { text }),
        ...(points === undefined ? {} : { points: points.map(([x = 0, y = 0]) => [x, y]) }),
      }));
    });
  }

  /** Waits until as many shapes are seen. */
  async expectShapes(count: number): Promise<Shape[]> {
    await expect.poll(async () => (await this.shapes()).length).toBe(count);
    return this.shapes();
  }

  /** Waits until this person sees the shapes as `other` does: of one that has just been drawn, the first part comes first. Resolves with them. */
  async expectToSeeAs(other: Drawer): Promise<Shape[]> {
    let seen: Shape[] = [];
    await expect(async () => {
      seen = await this.shapes();
      expect(seen).toEqual(await other.shapes());
    }).toPass({ timeout: 30_000 });
    return seen;
  }

  /** What is drawn, dot by dot. */
  pixels(): Promise<string> {
    return this.board.locator('canvas.static').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  }

  /** Counts from now on how often the canvas is painted in part (app/board/repaint.ts): never, in a page whose Excalidraw does not ask for it. */
  async countParts(): Promise<() => Promise<number>> {
    type Paint = (painting: object) => void;
    type Asked = { parts: number; paintBoard: (paint: Paint, painting: object) => void };
    await this.page.evaluate(() => {
      const page = window as unknown as Asked;
      const ask = page.paintBoard;
      page.parts = 0;
      page.paintBoard = (paint, painting) =>
        ask((part) => {
          if (part !== painting) page.parts++;
          paint(part);
        }, painting);
    });
    return () => this.page.evaluate(() => (window as unknown as Asked).parts);
  }

  /**
   * Watches from now on, and waits for the first picture of the screen in which something else is drawn. Resolves, each time that it is asked, with
   * how far a dot of that picture is from what is drawn then: 0 to 255.
   */
  async watchPixels(): Promise<() => Promise<number>> {
    const watching = await this.board.locator('canvas.static').evaluateHandle((element) => {
      const canvas = element as HTMLCanvasElement;
      const pixels = () => canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => {
        let most = 0;
        for (let at = 0; at < a.length; at++) most = Math.max(most, Math.abs((a[at] ?? 0) - (b[at] ?? 0)));
        return most;
      };
      const before = pixels();
      const changed = new Promise<ArrayLike<number>>((resolve) => {
        const look = () => (apart(pixels(), before) === 0 ? requestAnimationFrame(look) : resolve(pixels()));
        requestAnimationFrame(look);
      });
      return { apart: async () => apart(await changed, pixels()) };
    });
    return () => watching.evaluate(({ apart }) => apart());
  }

  async #onPage([x, y]: Point): Promise<[number, number]> {
    const box = await this.board.boundingBox();
    return [(box?.x ?? 0) + x, (box?.y ?? 0) + y];
  }
}

/** The shapes of a board as they lie on the server's disk. */
export async function storedShapes(product: Product, document: string, board = 'main') {
  return toScene(boardElements(await product.stored(document), board));
}

/** Waits until everybody is told "saved" and sees the same shapes and, in one browser, the same dots; resolves with the shapes. */
export async function expectSameBoard(
  product: Product,
  document: string,
  drawers: readonly Drawer[],
): Promise<Shape[]> {
  const browsers = new Set(drawers.map(({ person }) => person.browser));
  for (const { person } of drawers) await person.expectState('saved');
  let seen: Shape[] = [];
  await expect(async () => {
    const stored = (await storedShapes(product, document)).map(({ id }) => id);
    const all = await Promise.all(drawers.map((drawer) => drawer.shapes()));
    seen = all[0] ?? [];
    for (const shapes of all) expect(shapes).toEqual(seen);
    expect(seen.map(({ id }) => id)).toEqual(stored);
    const pixels = await Promise.all(drawers.map((drawer) => drawer.pixels()));
    expect(new Set(pixels).size, 'pictures').toBeLessThanOrEqual(browsers.size); // each smooths edges in its own way
  }).toPass({ timeout: 30_000 });
  return seen;
}
