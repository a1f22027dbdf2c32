import type { Drawn } from '../../lib/editor/content/diagram-view.ts';

// Diagrams are drawn in a frame that can reach nothing (app/diagram), and come back as pictures.
// Invariant: what comes from the frame is used as text and numbers only. A frame that does not answer is given up, and the next question
// gets a new one.

/** Milliseconds for a drawing: loading Mermaid over a slow line included. */
const DRAW_MS = 20_000;
/** Drawings kept: those of a long document, so that none flickers when others edit around it. */
const REMEMBERED = 100;

/** In answers of the frame. */
interface Picture {
  svg: string;
  width: number;
  height: number;
  label: string;
}

const drawings = new Map<string, Promise<Drawn>>();
let frame: Promise<HTMLIFrameElement> | undefined;
let questions = 0;

export function drawDiagram(source: string): Promise<Drawn> {
  const known = drawings.get(source);
  if (known) return known;
  const drawing = ask(source);
  drawings.set(source, drawing);
  if (drawings.size > REMEMBERED) drawings.delete(drawings.keys().next().value ?? '');
  return drawing;
}

async function ask(source: string): Promise<Drawn> {
  questions += 1;
  const id = questions;
  frame ??= openFrame();
  try {
    const element = await frame;
    const answer = heard(element, (data) => isRecord(data) && data.id === id);
    element.contentWindow?.postMessage({ id, source }, '*'); // its origin has no name
    return read(await answer);
  } catch {
    // Not there, or busy for too long: its work is stopped, and asking again may help.
    drawings.delete(source);
    await closeFrame();
    return { state: 'unavailable' };
  }
}

function openFrame(): Promise<HTMLIFrameElement> {
  const element = document.createElement('iframe');
  element.setAttribute('sandbox', 'allow-scripts');
  element.src = '/diagram';
  element.title = 'Mermaid';
  element.ariaHidden = 'true';
  element.tabIndex = -1;
  // Out of sight, but laid out: text is measured in it.
  Object.assign(element.style, { position: 'fixed', left: '-9999px', width: '1200px', height: '800px', border: '0' });
  const ready = heard(element, (data) => data === 'ready');
  document.body.append(element);
  return ready.then(
    () => element,
    (error) => {
      element.remove();
      throw error;
    },
  );
}

async function closeFrame(): Promise<void> {
  const closing = frame;
  frame = undefined;
  // A frame that never opened has removed itself.
  (await closing?.catch(() => undefined))?.remove();
}

/** Resolves with the first message of the frame that `is` the one waited for. */
function heard(element: HTMLIFrameElement, is: (data: unknown) => boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      removeEventListener('message', listen);
    };
    const listen = ({ source, data }: MessageEvent) => {
      if (source === null || source !== element.contentWindow || !is(data)) return;
      stop();
      resolve(data);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('The frame does not answer.'));
    }, DRAW_MS);
    addEventListener('message', listen);
  });
}

function read(answer: unknown): Drawn {
  if (isRecord(answer) && isPicture(answer.light) && isPicture(answer.dark)) {
    const { width, height, label } = answer.light;
    return {
      state: 'drawn',
      diagram: { light: addressOf(answer.light), dark: addressOf(answer.dark), width, height, label },
    };
  }
  return { state: 'refused', message: isRecord(answer) ? String(answer.problem) : '' };
}

function addressOf({ svg }: Picture): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

function isPicture(value: unknown): value is Picture {
  if (!isRecord(value)) return false;
  const { svg, width, height, label } = value;
  return typeof svg === 'string' && Number.isFinite(width) && Number.isFinite(height) && typeof label === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
