import type * as Y from 'yjs';
import { boardElements, boardFiles, toScene } from './board.ts';
import { readFile } from './stored-file.ts';
import { type BoardSvg, boardSvg, type SvgOptions } from './svg.ts';

// The picture of a board, out of the document in which it lies.
// Invariant: it is whole in itself: pictures on the board are within it, or a frame stands for them.

export interface PictureOptions extends Pick<SvgOptions, 'most' | 'paper'> {
  /** An upload as a data URL; undefined when it is not to be had, or too large. */
  readonly upload: (address: string) => string | undefined;
}

export function boardPicture(doc: Y.Doc, board: string, { upload, ...bounds }: PictureOptions): BoardSvg {
  const elements = toScene(boardElements(doc, board));
  const files = boardFiles(doc, board);
  let photographs = 0;
  const picture = (fileId: string) => {
    const stored = readFile(files.get(fileId));
    const url = stored && upload(stored.address);
    if (url !== undefined) photographs += 1;
    return url;
  };
  const whole = boardSvg(elements, { ...bounds, picture });
  if (whole.state !== 'too-long' || photographs === 0) return whole;
  // Better without its photographs than not at all.
  return boardSvg(elements, { ...bounds, picture: () => undefined });
}

/** For the attribute of an image. Base64 would be a third longer, and would not be compressed on its way. */
export function svgDataUrl(svg: string): string {
  return `data:image/svg+xml,${svg.replace(/[%#<>"\t\n\u{80}-\u{10ffff}]/gu, encodeURIComponent)}`;
}
