// A loader of the page's build (next.config.mjs) for the files of Excalidraw: a picture that leaves a board holds its fonts whole, as they lie on this
// server in small pieces. Excalidraw would cut them to the letters in the picture, with WebAssembly and functions made of text, which the page's policy
// forbids, in a worker that the build cannot find.

import { basename } from 'node:path';

const WHOLE_FONTS = `
export const Commands = { Subset: 'SUBSET' };
export const toBase64 = async (font) => {
  let bytes = '';
  for (const byte of new Uint8Array(font)) bytes += String.fromCharCode(byte);
  return 'data:font/woff2;base64,' + btoa(bytes);
};
export const subsetToBase64 = toBase64;
export const subsetToBinary = async (font) => font;
`;

/** What Excalidraw asks before it takes a worker; and a style that the page's policy takes as a property only. */
const REPLACED = [
  ['typeof Worker<"u"', 'false'],
  ['.setAttribute("style","white-space: pre;")', '.style.whiteSpace="pre"'],
];

/** @this {{ resourcePath: string }} @param {string} source @returns {string} */
export default function excalidrawLoader(source) {
  const file = basename(this.resourcePath);
  if (file === 'subset-shared.chunk.js') return WHOLE_FONTS;
  if (file === 'subset-worker.chunk.js') return 'export const WorkerUrl = undefined;\n';
  return REPLACED.reduce((text, [from = '', to = '']) => text.replace(from, to), source);
}
