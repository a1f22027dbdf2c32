// The fonts of texts on boards.

/** Excalidraw's fonts by number, and what is like them where they are not. */
const FONTS: Readonly<Record<number, string>> = {
  1: 'Virgil, Segoe Print, Bradley Hand, Chalkboard, sans-serif',
  2: 'Helvetica, Arial, sans-serif',
  3: 'Cascadia, ui-monospace, Consolas, monospace',
  5: 'Excalifont, Xiaolai, Segoe Print, Bradley Hand, Chalkboard, sans-serif',
  6: 'Nunito, system-ui, sans-serif',
  7: 'Lilita One, Impact, sans-serif',
  8: 'Comic Shanns, ui-monospace, monospace',
  9: 'Liberation Sans, Arial, sans-serif',
};
const HAND = 5;

/** As CSS names them, best first. An unknown number is the hand that most boards are written in. */
export function fontsOf(fontFamily: number): string {
  return FONTS[fontFamily] ?? (FONTS[HAND] as string);
}
