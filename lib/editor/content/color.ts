import { Mark } from '@tiptap/core';
import Highlight from '@tiptap/extension-highlight';
import { type Color, colorNamed } from '../../convert/palette.ts';

// Colour of letters, and of the paper behind them: two marks, so that two people may set one each at the same time.
// Invariant: only a name of the palette reaches the page.

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    textColor: {
      setTextColor: (color: Color) => ReturnType;
      unsetTextColor: () => ReturnType;
    };
  }
}

/** What `==marked==` and a pasted `<mark>` look like. */
const MARKER: Color = 'yellow';

/** The attribute `name` of a node or mark, on the page `attribute`; `fallback` is shown where it holds no name of the palette. */
export function colorAttribute(name: string, attribute: string, fallback?: Color) {
  return {
    default: null,
    parseHTML: (element: HTMLElement) => colorNamed(element.getAttribute(attribute)) ?? null,
    renderHTML: (attributes: Record<string, unknown>) => {
      const color = colorNamed(attributes[name]) ?? fallback;
      return color === undefined ? {} : { [attribute]: color };
    },
  };
}

export const TextColor = Mark.create({
  name: 'textColor',

  addAttributes: () => ({ color: colorAttribute('color', 'data-text-color') }),

  parseHTML: () => [{ tag: 'span[data-text-color]' }],

  renderHTML: ({ HTMLAttributes }) => ['span', HTMLAttributes, 0],

  addCommands() {
    return {
      setTextColor:
        (color) =>
        ({ commands }) =>
          commands.setMark(this.name, { color }),
      unsetTextColor:
        () =>
        ({ commands }) =>
          commands.unsetMark(this.name),
    };
  },
});

export const PaperColor = Highlight.extend({
  addAttributes: () => ({ color: colorAttribute('color', 'data-color', MARKER) }),
});
