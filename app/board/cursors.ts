import type { ExcalidrawImperativeAPI } from '@excalidraw/excalidraw/types';
import type { Awareness } from 'y-protocols/awareness';
import { isLight, type Person, readPerson } from '../../lib/person/person.ts';
import { type BoardPresence, readBoard } from '../../lib/whiteboard/presence.ts';
import styles from './cursors.module.css';

// The pointers of the others, with their names, over a board. Not drawn by Excalidraw: there each move would draw the whole board's interface
// anew, and a person would have another colour than everywhere else.
// Invariant: one cursor for each client that points at something here, where it points, whatever is scrolled.

export interface CursorsOptions {
  /** Covers the canvas. */
  readonly layer: HTMLElement;
  readonly api: ExcalidrawImperativeAPI;
  readonly awareness: Awareness;
  readonly board: string;
}

/** Returns what ends it. */
export function showCursors({ layer, api, awareness, board }: CursorsOptions): () => void {
  const cursors = new Map<number, HTMLElement>();
  let frame = 0;
  const draw = () => {
    frame = 0;
    const here = readBoard(awareness, board);
    for (const [client, element] of cursors) {
      if (here.get(client)?.pointer) continue;
      element.remove();
      cursors.delete(client);
    }
    const { scrollX, scrollY, zoom } = api.getAppState();
    for (const [client, { pointer }] of here) {
      const person = readPerson(awareness.getStates().get(client), client);
      if (client === awareness.clientID || !pointer || !person) continue;
      const cursor = cursors.get(client) ?? makeCursor();
      cursors.set(client, cursor);
      if (!cursor.isConnected) layer.append(cursor);
      nameCursor(cursor, person, pointer);
      const [x, y] = [(pointer.x + scrollX) * zoom.value, (pointer.y + scrollY) * zoom.value];
      cursor.style.transform = `translate(${x}px, ${y}px)`;
    }
  };
  const later = () => {
    frame ||= requestAnimationFrame(draw);
  };
  later();
  awareness.on('change', later);
  const stopScroll = api.onScrollChange(later);
  return () => {
    awareness.off('change', later);
    stopScroll();
    cancelAnimationFrame(frame);
    layer.replaceChildren();
  };
}

function makeCursor(): HTMLElement {
  const cursor = document.createElement('div');
  cursor.className = styles.cursor ?? '';
  cursor.dataset.testid = 'cursor';
  const name = document.createElement('span');
  name.className = styles.name ?? '';
  cursor.append(name);
  return cursor;
}

function nameCursor(cursor: HTMLElement, person: Person, { tool }: NonNullable<BoardPresence['pointer']>): void {
  const name = cursor.firstElementChild;
  if (name && name.textContent !== person.name) name.textContent = person.name;
  cursor.dataset.name = person.name;
  cursor.dataset.tool = tool;
  cursor.toggleAttribute('data-light', isLight(person.color));
  cursor.style.setProperty('--person', person.color);
}
