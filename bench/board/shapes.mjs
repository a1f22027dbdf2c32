// The shapes of the browser's bench, as our document stores them and as Excalidraw takes them.
// Invariant: the two are the same drawing.

export const ELEMENTS = 5_000;
/** Who move some of them. */
export const OTHERS = 10;

const TYPES = ['rectangle', 'ellipse', 'diamond'];

/** A hundred in a row. @param {number} at */
export function storedElement(at) {
  const position = [(at % 100) * 60, Math.floor(at / 100) * 60];
  const letters = [3, 2, 1, 0].map((power) => 97 + (Math.floor(at / 20 ** power) % 20));
  const index = `b${String.fromCharCode(...letters)}V`;
  return { type: TYPES[at % 3], position, size: [40, 40], seed: at + 1, index };
}

/** @param {number} at */
export function excalidrawElement(at) {
  const { type, position, size, seed, index } = storedElement(at);
  const [[x, y], [width, height]] = [position, size];
  return {
    id: `e${at}`,
    ...{ type, x, y, width, height, seed, index },
    ...{ angle: 0, strokeColor: '#1e1e1e', backgroundColor: 'transparent', fillStyle: 'solid', strokeWidth: 2 },
    ...{ strokeStyle: 'solid', roughness: 1, opacity: 100, groupIds: [], frameId: null, roundness: null },
    ...{ boundElements: [], link: null, locked: false, version: 1, versionNonce: at + 1, updated: 1, isDeleted: false },
  };
}
