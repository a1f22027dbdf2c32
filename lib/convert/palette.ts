// The colours that a text, its background or a cell of a table may have.
// Invariant: a document holds names, never CSS. What a name looks like is each theme's own matter (app/tokens.css), and what is no name has
// no colour.

export const PALETTE = ['gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink'] as const;

export type Color = (typeof PALETTE)[number];

/** The colour that a document's attribute names, whatever it holds. */
export function colorNamed(value: unknown): Color | undefined {
  return PALETTE.find((name) => name === value);
}
