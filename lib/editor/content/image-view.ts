import type { Editor, NodeViewRenderer } from '@tiptap/core';
import { NodeSelection } from '@tiptap/pm/state';
import { type ImageContent, readImage, withinColumn } from './image-content.ts';

// How an image stands in the text being written: as a figure, with handles at its edges.
// Invariant: a drag of a handle writes once, when it ends; an image that cannot be shown says so in its place.

export interface ImageWords {
  /** Stands where the address is not one that may be loaded. */
  refused: string;
  /** Stands where nothing could be loaded from `host`. */
  broken: (host: string) => string;
}

export function imageView(words: () => { image: ImageWords }): NodeViewRenderer {
  return ({ node, editor, getPos }) => {
    const dom = element('figure', 'image');
    const frame = element('div', 'image-frame');
    const picture = document.createElement('img');
    const problem = element('p', 'image-problem');
    const caption = document.createElement('figcaption');
    const handles = (['left', 'right'] as const).map((side) => handle(side));
    let content = readImage(node.attrs);

    const show = () => {
      const { src, alt, width, align } = content;
      dom.dataset.align = align;
      caption.textContent = content.caption;
      caption.hidden = content.caption === '';
      frame.style.width = width === undefined ? '' : `${width}%`;
      picture.alt = alt;
      if (picture.getAttribute('src') !== (src ?? null)) {
        if (src === undefined) picture.removeAttribute('src');
        else picture.src = src;
        say(src === undefined ? words().image.refused : undefined);
      }
    };
    const say = (text: string | undefined) => {
      dom.dataset.state = text === undefined ? 'shown' : 'absent';
      problem.textContent = text === undefined ? '' : [text, content.alt].filter(Boolean).join(' ');
    };

    function handle(side: 'left' | 'right'): HTMLElement {
      const grip = element('span', 'image-handle');
      grip.dataset.side = side;
      grip.addEventListener('pointerdown', (event) => {
        const position = getPos();
        if (!editor.isEditable || event.button !== 0 || position === undefined) return;
        event.preventDefault();
        grip.setPointerCapture(event.pointerId);
        const column = dom.getBoundingClientRect().width;
        const start = { x: event.clientX, width: frame.getBoundingClientRect().width };
        const widthAt = ({ clientX }: PointerEvent) => {
          const outwards = (side === 'right' ? 1 : -1) * (clientX - start.x);
          return withinColumn((100 * (start.width + outwards * (content.align === 'center' ? 2 : 1))) / column);
        };
        const move = (event: PointerEvent) => {
          frame.style.width = `${widthAt(event)}%`;
        };
        const end = (event: PointerEvent) => {
          grip.removeEventListener('pointermove', move);
          grip.removeEventListener('pointerup', end);
          grip.removeEventListener('pointercancel', end);
          const at = getPos(); // others may have written above meanwhile
          const width = widthAt(event);
          show();
          if (event.type !== 'pointerup' || event.clientX === start.x || at === undefined) return;
          const tr = editor.state.tr.setNodeAttribute(at, 'width', width);
          editor.view.dispatch(tr.setSelection(NodeSelection.create(tr.doc, at)));
        };
        grip.addEventListener('pointermove', move);
        grip.addEventListener('pointerup', end);
        grip.addEventListener('pointercancel', end);
      });
      return grip;
    }

    picture.loading = 'lazy';
    picture.decoding = 'async';
    picture.referrerPolicy = 'no-referrer';
    picture.draggable = false; // the figure is what is dragged
    picture.addEventListener('load', () => say(undefined));
    picture.addEventListener('error', () => {
      if (content.src !== undefined) say(words().image.broken(new URL(content.src, location.href).host));
    });
    frame.append(picture, problem, ...handles);
    dom.append(frame, caption);
    show();
    if (content.src === undefined) say(words().image.refused);

    return {
      dom,
      ignoreMutation: () => true,
      stopEvent: ({ target }) => target instanceof Element && target.classList.contains('image-handle'),
      update: (next) => {
        if (next.type !== node.type) return false;
        content = readImage(next.attrs);
        show();
        return true;
      },
    };
  };
}

/** How wide the selected image is shown, in percent of the column. */
export function measuredWidth({ view, state }: Editor, { width }: ImageContent): number {
  if (width !== undefined) return width;
  const figure = view.nodeDOM(state.selection.from);
  const frame = figure instanceof HTMLElement ? figure.querySelector('.image-frame') : null;
  if (!(figure instanceof HTMLElement) || !frame || figure.offsetWidth === 0) return 100;
  return withinColumn((100 * frame.getBoundingClientRect().width) / figure.offsetWidth);
}

function element(tag: 'figure' | 'div' | 'p' | 'span', name: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
