// The colours that a text, its background or a cell of a table may have.
// Invariant: a document holds names, never CSS. What a name looks like is each theme's own matter (app/tokens.css), and what is no name has
// no colour.

export const PALETTE = ['gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink'] as const;

export type Color = (typeof PALETTE)[number];

/** The colour that a document's attribute names, whatever it holds. */
export function colorNamed(value: unknown): Color | undefined {
  return PALETTE.find((name) => name === value);
}

/**
 * What the names look like in the light theme: for other programs, which know no names. The same values as in app/tokens.css, which a test
 * compares: they read on white paper.
 */
export const PALETTE_CSS: Readonly<Record<Color, { readonly text: string; readonly paper: string }>> = {
  gray: { text: '#5f5b54', paper: '#e9e7e2' },
  red: { text: '#b3261e', paper: '#fbdcd8' },
  orange: { text: '#964600', paper: '#fde2c8' },
  yellow: { text: '#735600', paper: '#fbeeb0' },
  green: { text: '#1b6b3a', paper: '#d5f0da' },
  teal: { text: '#0b6560', paper: '#cdeeea' },
  blue: { text: '#1d56b8', paper: '#d9e6fd' },
  purple: { text: '#6b3fb5', paper: '#e8defb' },
  pink: { text: '#a3246b', paper: '#fbdcec' },
};
