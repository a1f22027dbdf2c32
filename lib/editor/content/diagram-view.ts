import type { Node } from '@tiptap/pm/model';
import type { NodeView } from '@tiptap/pm/view';

// A diagram in the text: its picture, and its source, of which the style sheet shows what is needed.
// Invariant: what is drawn is shown as an image, in which nothing runs, loads or can be clicked; a source that cannot be drawn says why, and
// leaves the last picture that could.

/** UTF-16 units of a source: a few hundred lines. */
export const DIAGRAM_LENGTH = 20_000;
/** Milliseconds without a letter before it is drawn anew. */
const DRAW_AFTER_MS = 400;

export interface Diagram {
  /** Addresses of the picture, as SVG, for either theme. */
  readonly light: string;
  readonly dark: string;
  readonly width: number;
  readonly height: number;
  /** What a person would be told who cannot see it: its title, or the words in it. */
  readonly label: string;
}

export type Drawn =
  | { readonly state: 'drawn'; readonly diagram: Diagram }
  /** `message` is for the person who writes the source. */
  | { readonly state: 'refused'; readonly message: string }
  /** What draws cannot be reached, offline for one. */
  | { readonly state: 'unavailable' };

export type DrawDiagram = (source: string) => Promise<Drawn>;

export interface DiagramWords {
  /** Before what is in it, for screen readers. */
  label: string;
  tooLong: string;
  unavailable: string;
}

export interface DiagramViewOptions {
  source: HTMLElement;
  contentDOM: HTMLElement;
  text: string;
  /** Whether the view can go on with this node. */
  stays: (next: Node) => boolean;
  draw: DrawDiagram;
  words: () => { diagram: DiagramWords };
  /** Puts the caret into the source. */
  edit: () => void;
}

export function diagramView({ source, contentDOM, text, stays, draw, words, edit }: DiagramViewOptions): NodeView {
  const dom = document.createElement('div');
  const picture = document.createElement('div');
  const light = document.createElement('img');
  const dark = document.createElement('img');
  const problem = document.createElement('p');
  dom.className = 'diagram';
  dom.dataset.state = 'source';
  picture.className = 'diagram-picture';
  picture.contentEditable = 'false';
  light.className = 'diagram-light';
  dark.className = 'diagram-dark';
  problem.className = 'diagram-problem';
  problem.contentEditable = 'false';
  problem.role = 'status';
  picture.append(light, dark);
  dom.append(source, problem, picture);
  picture.addEventListener('mousedown', (event) => {
    event.preventDefault();
    edit();
  });

  let current = text;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const redraw = async () => {
    const asked = current;
    const { label, tooLong, unavailable } = words().diagram;
    const long = asked.length > DIAGRAM_LENGTH;
    const drawn = long ? ({ state: 'refused', message: tooLong } as const) : await draw(asked);
    if (asked !== current) return; // written on meanwhile: another drawing is on its way
    if (drawn.state !== 'drawn') {
      if (dom.dataset.state === 'drawn') dom.dataset.state = 'outdated';
      problem.textContent = asked.trim() === '' ? '' : drawn.state === 'refused' ? drawn.message : unavailable;
      return;
    }
    const { diagram } = drawn;
    light.src = diagram.light;
    dark.src = diagram.dark;
    for (const image of [light, dark]) {
      image.width = diagram.width;
      image.height = diagram.height;
      image.alt = `${label}: ${diagram.label}`;
    }
    dom.dataset.state = 'drawn';
    problem.textContent = '';
  };
  // Not at once: an editor makes its views twice while it opens.
  timer = setTimeout(() => void redraw());

  return {
    dom,
    contentDOM,
    ignoreMutation: (mutation) => mutation.type !== 'selection' && !contentDOM.contains(mutation.target),
    update: (next) => {
      if (!stays(next)) return false;
      if (next.textContent !== current) {
        current = next.textContent;
        clearTimeout(timer);
        timer = setTimeout(() => void redraw(), DRAW_AFTER_MS);
      }
      return true;
    },
    destroy: () => {
      clearTimeout(timer);
      current = '';
    },
  };
}
