import { boardAddress } from '../../convert/board-name.ts';
import { type Boards, newBoardName } from '../content/board.ts';
import { pageAddress } from '../content/image-content.ts';
import { all } from './reshape.ts';

// Whiteboards among what is copied and pasted: the text holds their names only, so what is drawn on them goes along.
// Invariant: in the document that it comes from a board stays that board; in another one it is a board of its own, or a link to the first, never an
// empty one.

/** UTF-16 units for all boards of one copy: some 8,000 shapes. PASTED_HTML has room for that, with each quotation mark written as HTML. */
export const CARRIED = 1_000_000;

const COPY = 'data-board-copy';

/** Into what is copied. A board for which there is no more room goes as a link. */
export function packBoards(dom: ParentNode, boards: Boards | undefined): void {
  let room = CARRIED;
  for (const block of all(dom, 'div[data-board]')) {
    const name = block.getAttribute('data-board') ?? '';
    block.querySelector('a')?.setAttribute('href', boardAddress(name, pageAddress()));
    const copy = boards?.copy(name, room);
    if (copy === undefined) continue;
    room -= copy.length;
    block.setAttribute(COPY, copy);
  }
}

/** Out of what is pasted: writes new boards beside the text, which then names them. */
export function unpackBoards(body: ParentNode, boards: Boards | undefined): void {
  for (const block of all(body, 'div[data-board]')) {
    const copy = block.getAttribute(COPY);
    block.removeAttribute(COPY);
    const link = block.querySelector('a');
    const [page] = link?.getAttribute('href')?.split('?') ?? [];
    if (!boards || !link || !page || page === pageAddress()) continue;
    const name = newBoardName();
    if (copy !== null && boards.paste(name, copy)) block.setAttribute('data-board', name);
    else {
      const line = block.ownerDocument.createElement('p');
      line.append(link);
      block.replaceWith(line);
    }
  }
}
