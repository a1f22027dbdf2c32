import type { Boards } from '../content/board.ts';
import { shapeAlignment } from './alignment.ts';
import { apple } from './apple.ts';
import { unpackBoards } from './carried-boards.ts';
import { finish } from './finish.ts';
import { googleDocs } from './google-docs.ts';
import { notion } from './notion.ts';
import type { Transform } from './pasted.ts';
import { quietHtml } from './quiet-html.ts';
import { spreadsheet } from './spreadsheet.ts';
import { boundSpans } from './tables.ts';
import { word } from './word.ts';

// What other programs put on the clipboard, as the HTML that the schema reads.
// Invariant: structure stays and presentation goes. What comes out has no style, no handler, no script, no address but allowed ones, and asked the
// network for nothing.

const TRANSFORMS: readonly Transform[] = [word, spreadsheet, googleDocs, notion, apple];

/** UTF-16 units of the head in which a program names itself. */
const HEAD = 20_000;

/** `boards` get what is drawn on those that come along. */
export function cleanHtml(source: string, boards?: Boards): string {
  const quiet = quietHtml(source);
  const { body } = new DOMParser().parseFromString(quiet.html, 'text/html');
  boundSpans(body);
  // Our own: the schema's parse rules are its cleaning, and the slice's depth is in an attribute.
  if (body.querySelector('[data-pm-slice]')) {
    unpackBoards(body, boards);
    return body.innerHTML;
  }
  shapeAlignment(body); // before elements come to stand for others
  const pasted = { body, source, css: quiet.css };
  const head = source.slice(0, HEAD);
  for (const { applies, transform } of TRANSFORMS) if (applies(head)) transform(pasted);
  finish(body);
  return body.innerHTML.trim();
}
