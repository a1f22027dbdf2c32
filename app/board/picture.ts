import type * as Y from 'yjs';
import { boardElements, boardFiles, toScene } from '../../lib/whiteboard/board.ts';
import { exportScene } from '../../lib/whiteboard/scene-file.ts';
import { asExcalidraw } from './excalidraw-elements.ts';
import { asFilesById, loadPictures } from './uploaded.ts';

// A board as a picture or a file, made from its shared data: it need not be open for that.
// Invariant: nothing that the picture shows has to be loaded from anywhere: fonts and pictures are within it. Of a board on which nothing is drawn
// there is none.

/** Pixels around what is drawn. */
const PADDING = 16;
/** Pixels of a PNG for each of the board: sharp on a good screen. */
const SCALE = 2;
const PAPER = '#ffffff';

export interface SharedBoard {
  readonly doc: Y.Doc;
  readonly board: string;
}

const load = () => import('./export.ts');

/** `paper`: on white; else on nothing, for a page that has a colour of its own. */
export async function boardSvg(shared: SharedBoard, { paper }: { paper: boolean }): Promise<string | undefined> {
  const drawn = await drawing(shared);
  if (!drawn) return undefined;
  const { exportToSvg } = await load();
  const appState = { exportBackground: paper, viewBackgroundColor: PAPER };
  const svg = await exportToSvg({ ...drawn, appState, exportPadding: PADDING });
  return new XMLSerializer().serializeToString(svg);
}

export async function boardPng(shared: SharedBoard): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const drawn = await drawing(shared);
  if (!drawn) return undefined;
  const { exportToBlob } = await load();
  const blob = await exportToBlob({
    ...drawn,
    appState: { exportBackground: true, viewBackgroundColor: PAPER },
    exportPadding: PADDING,
    getDimensions: (width: number, height: number) => ({ width: width * SCALE, height: height * SCALE, scale: SCALE }),
    mimeType: 'image/png',
  });
  return new Uint8Array(await blob.arrayBuffer());
}

/** As Excalidraw saves it, to be opened there or here. */
export async function boardFile({ doc, board }: SharedBoard): Promise<string | undefined> {
  const shared = boardElements(doc, board);
  const elements = toScene(shared);
  if (elements.length === 0) return undefined;
  return JSON.stringify(exportScene(shared, await loadPictures(elements, boardFiles(doc, board))), undefined, 2);
}

async function drawing({ doc, board }: SharedBoard) {
  const elements = toScene(boardElements(doc, board));
  if (elements.length === 0) return undefined;
  const files = asFilesById(await loadPictures(elements, boardFiles(doc, board)));
  return { elements: asExcalidraw(elements), files };
}
