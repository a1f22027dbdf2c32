import { type BoardElement, propertiesOf } from '../../lib/whiteboard/element.ts';
import type { Painting } from './painting.ts';

// The first picture of a large board: shapes of a few pixels as plain outlines, many in one stroke. Making Excalidraw's shaky lines, and painting them one
// by one, takes the most of what a board's first picture takes, and nobody sees that they shake. repaint.ts has them made right after that, and the whole painted.
// Invariant: all that is on the board is in the picture, in its place, its colours and its order; and no line is further than a pixel from where it will be.

/** Shapes from which on a board is sketched first: a tenth of a second. */
export const MANY = 1_000;
/** Pixels of the screen: of the shapes, and by which a line may be another one. */
const SMALL = 24;
const WOBBLE = 1;
/** Pixels of the board by which lines of roughness 1 shake (`maxRandomnessOffset` of roughjs). */
const ROUGH = 2;
/** Excalidraw's corners, of the smaller side. */
const CORNER = 0.25;
/** Outlines of one stroke. */
const AT_ONCE = 250;

export class Sketch {
  readonly #context: CanvasRenderingContext2D;
  readonly #painting: Painting;
  readonly #perPixel: number;
  /** What the outlines that wait are stroked with. */
  #pen = '';
  #waiting = 0;

  constructor(context: CanvasRenderingContext2D, painting: Painting) {
    this.#context = context;
    this.#painting = painting;
    this.#perPixel = painting.scale * painting.appState.zoom.value;
  }

  /** To be asked of each element in order, before it is painted. False: it has to be painted. */
  takes(element: BoardElement): boolean {
    if (!this.#isPlain(element)) {
      this.flush();
      return false;
    }
    const { strokeColor, strokeWidth, backgroundColor } = propertiesOf(element);
    const isFilled = backgroundColor !== 'transparent';
    const pen = `${strokeWidth} ${strokeColor}`;
    if (isFilled || pen !== this.#pen || this.#waiting === AT_ONCE) this.flush();
    if (this.#waiting === 0) this.#begin(pen, element);
    this.#outline(element);
    this.#waiting += 1;
    if (isFilled) {
      this.#context.fillStyle = String(backgroundColor);
      this.#context.fill();
      this.flush();
    }
    return true;
  }

  /** Strokes what waits. */
  flush(): void {
    if (this.#waiting === 0) return;
    this.#context.stroke();
    this.#context.stroke(); // as Excalidraw does, by which thin lines are darker
    this.#context.restore();
    this.#waiting = 0;
    this.#pen = '';
  }

  #begin(pen: string, element: BoardElement): void {
    const { strokeColor, strokeWidth } = propertiesOf(element);
    const context = this.#context;
    const { scrollX, scrollY } = this.#painting.appState;
    const scale = this.#perPixel;
    context.save();
    context.setTransform(scale, 0, 0, scale, scrollX * scale, scrollY * scale);
    context.globalAlpha = 1;
    context.lineJoin = 'round';
    context.lineCap = 'round';
    context.lineWidth = Number(strokeWidth);
    context.strokeStyle = String(strokeColor);
    context.beginPath();
    this.#pen = pen;
  }

  #outline(element: BoardElement): void {
    const context = this.#context;
    const { x, y, width, height } = element;
    const [across, down] = [width / 2, height / 2];
    switch (element.type) {
      case 'ellipse':
        context.moveTo(x + width, y + down);
        context.ellipse(x + across, y + down, Math.abs(across), Math.abs(down), 0, 0, 2 * Math.PI);
        break;
      case 'diamond':
        context.moveTo(x + across, y);
        context.lineTo(x + width, y + down);
        context.lineTo(x + across, y + height);
        context.lineTo(x, y + down);
        context.closePath();
        break;
      default: {
        const corner = propertiesOf(element).roundness ? CORNER * Math.min(Math.abs(width), Math.abs(height)) : 0;
        if (corner > 0) context.roundRect(x, y, width, height, corner);
        else context.rect(x, y, width, height);
      }
    }
  }

  /** Whether a plain outline looks as what Excalidraw paints. */
  #isPlain(element: BoardElement): boolean {
    const { type, width, height } = element;
    if (type !== 'rectangle' && type !== 'ellipse' && type !== 'diamond') return false;
    const { angle, opacity, roughness, strokeStyle, fillStyle, backgroundColor } = propertiesOf(element);
    const { frameId, link, boundElements, roundness } = propertiesOf(element);
    const scale = this.#perPixel;
    return (
      Math.max(Math.abs(width), Math.abs(height)) * scale <= SMALL &&
      width !== 0 &&
      height !== 0 &&
      ROUGH * Number(roughness) * scale <= WOBBLE &&
      angle === 0 &&
      opacity === 100 &&
      strokeStyle === 'solid' &&
      (fillStyle === 'solid' || backgroundColor === 'transparent') &&
      (type !== 'diamond' || !roundness) &&
      !frameId &&
      !link &&
      !(Array.isArray(boundElements) && boundElements.some(({ type }) => type === 'text'))
    );
  }
}
