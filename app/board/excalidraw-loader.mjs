// A loader of the page's build (next.config.mjs) for the files of Excalidraw: a picture that leaves a board holds its fonts whole, as they lie on this
// server in small pieces. Excalidraw would cut them to the letters in the picture, with WebAssembly and functions made of text, which the page's policy
// forbids, in a worker that the build cannot find. Of what is painted, repaint.ts says how much has to be. And its Chinese gets the texts that it lacks.
// Invariant: each piece of text that is replaced is there once, in the version that is installed (tests/unit/board-loader.test.ts).

import { basename } from 'node:path';
import { ZH_TW } from './excalidraw-words.mjs';

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

export const REPLACED = [
  // What Excalidraw asks before it takes a worker; and a style that the page's policy takes as a property only.
  ['typeof Worker<"u"', 'false'],
  ['.setAttribute("style","white-space: pre;")', '.style.whiteSpace="pre"'],
  // It shows nothing until its words have come: in English they have come with it.
  ['XE=e=>{let[o,t]=qT(!0)', 'XE=e=>{let[o,t]=qT(e.langCode!=="en"||bi.code!=="en")'],
  // Where the canvas of a board is painted (renderStaticScene).
  [
    'cp=(e,t)=>{if(t){x7(e);return}dp(e)}',
    'cp=(e,t)=>{if(t){x7(e);return}window.paintBoard?window.paintBoard(dp,e):dp(e)}',
  ],
  // What it does there with each shape, in order.
  [
    'o.filter(E=>!gt(E)).forEach(E=>{try{let g=',
    'o.filter(E=>!gt(E)).forEach(E=>{try{if(window.sketchesShape?.(E,p))return;let g=',
  ],
  // A canvas that is given its size is empty, and one has whole pixels only: given a part of one more, as at 125 %, it was so before each painting.
  [
    'let l=e.appState.width*e.scale,s=e.appState.height*e.scale;n.width!==l&&(n.width=l),n.height!==s&&(n.height=s),Kx({',
    'let l=Math.trunc(e.appState.width*e.scale),s=Math.trunc(e.appState.height*e.scale);n.width!==l&&(n.width=l),n.height!==s&&(n.height=s),Kx({',
  ],
  // Whether a shape is painted, and whether through a canvas of its own (renderElement).
  [
    'case"freedraw":{if(he.generateElementShape(e,null),i.isExporting){',
    'case"freedraw":{if(he.generateElementShape(e,null),window.onlyMakesShape?.())break;if(i.isExporting||window.paintsDirectly?.(e,a,o)){',
  ],
  [
    'if(he.generateElementShape(e,i),i.isExporting){',
    'if(he.generateElementShape(e,i),window.onlyMakesShape?.())break;if(i.isExporting||window.paintsDirectly?.(e,a,o)){',
  ],
  // Each shape gets a second canvas, for the gap that an arrow has at its label: only arrows need it.
  [
    'E=document.createElement("canvas"),g=E.getContext("2d");if(ee(e)&&b){let[h,x,y,w]',
    'E=ee(e)?document.createElement("canvas"):null,g=E&&E.getContext("2d");if(g&&b){let[h,x,y,w]',
  ],
];

/** @this {{ resourcePath: string }} @param {string} source @returns {string} */
export default function excalidrawLoader(source) {
  const file = basename(this.resourcePath);
  if (file === 'subset-shared.chunk.js') return WHOLE_FONTS;
  if (file === 'subset-worker.chunk.js') return 'export const WorkerUrl = undefined;\n';
  if (file.startsWith('zh-TW-')) return source + missingWords(source);
  return REPLACED.reduce((text, [from = '', to = '']) => text.replace(from, to), source);
}

/** Statements that add ours to the groups of words which the file exports, as variables of one letter; groups that it lacks are exported too. @param {string} source */
function missingWords(source) {
  const exported = /export\{([^}]+)\}/.exec(source)?.[1] ?? '';
  const names = new Map(
    exported.split(',').map((pair) => /** @type {[string, string]} */ (pair.split(' as ').reverse())),
  );
  const add = 'const addWords=(to,words)=>{for(const[key,value]of Object.entries(words)){';
  const deep = 'if(typeof value==="string")to[key]=value;else addWords(to[key]??={},value)}};';
  const groups = Object.entries(ZH_TW).map(([group, words]) => {
    const name = names.get(group);
    return name === undefined
      ? `export const ${group}=${JSON.stringify(words)};`
      : `addWords(${name},${JSON.stringify(words)});`;
  });
  return `\n${add}${deep}${groups.join('')}\n`;
}
