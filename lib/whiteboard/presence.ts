import type { Awareness } from 'y-protocols/awareness';
import { propertiesOf } from './element.ts';
import { isId, number } from './readers.ts';

// What a person does at a board, as told by presence: the pointer, the laser, the selection, and where they look.
// Invariant: what is told is bounded; of what others tell, nothing is used that was not read here.

/** Field of a presence state. One board at a time: a person looks at one. */
const FIELD = 'board';
/** UTF-16 units of all ids of a selection. The server takes 4 KiB per state; of a larger selection the first are told. */
const MAX_SELECTED = 2_000;
const MAX_NAME = 200;

export interface BoardPresence {
  /** In coordinates of the scene. Undefined while the pointer is elsewhere. */
  readonly pointer: { readonly x: number; readonly y: number; readonly tool: 'pointer' | 'laser' } | undefined;
  readonly button: 'up' | 'down';
  readonly selected: readonly string[];
  /** The part of the scene that is seen: what a follower is shown. */
  readonly view: readonly [left: number, top: number, right: number, bottom: number] | undefined;
}

/** Tells the others what is done at the board `name`; undefined when it was left. */
export function tellBoard(awareness: Awareness, name: string, presence: BoardPresence | undefined): void {
  awareness.setLocalStateField(FIELD, presence ? { name, ...toState(presence) } : null);
}

/** Who is at the board `name`, by client id, oneself included. */
export function readBoard(awareness: Awareness, name: string): Map<number, BoardPresence> {
  const found = new Map<number, BoardPresence>();
  for (const [client, state] of awareness.getStates()) {
    const presence = readPresence(state[FIELD], name);
    if (presence) found.set(client, presence);
  }
  return found;
}

function toState({ pointer, button, selected, view }: BoardPresence): object {
  const round = (value: number) => Math.round(value * 10) / 10; // a tenth of a pixel: shorter than what a browser gives
  return {
    ...(pointer && { pointer: [round(pointer.x), round(pointer.y), pointer.tool] }),
    button,
    selected: bounded(selected),
    ...(view && { view: view.map(round) }),
  };
}

function bounded(ids: readonly string[]): string[] {
  let length = 0;
  return ids.filter((id) => {
    length += id.length;
    return length <= MAX_SELECTED;
  });
}

/** Undefined when `value` tells of no board, or of another one. Never throws. */
export function readPresence(value: unknown, name: string): BoardPresence | undefined {
  if (typeof value !== 'object' || value === null || name.length > MAX_NAME) return undefined;
  const { name: told, pointer, button, selected, view } = propertiesOf(value);
  if (told !== name) return undefined;
  return {
    pointer: readPointer(pointer),
    button: button === 'down' ? 'down' : 'up',
    selected: Array.isArray(selected) ? bounded(selected.filter(isId)) : [],
    view: readView(view),
  };
}

const place = number(-1e8, 1e8); // a pointer may be far outside of what is drawn

function readPointer(value: unknown): BoardPresence['pointer'] {
  if (!Array.isArray(value)) return undefined;
  const [x, y] = [place(value[0]), place(value[1])];
  if (x === undefined || y === undefined) return undefined;
  return { x, y, tool: value[2] === 'laser' ? 'laser' : 'pointer' };
}

function readView(value: unknown): BoardPresence['view'] {
  if (!Array.isArray(value)) return undefined;
  const [left, top, right, bottom] = value.slice(0, 4).map(place);
  if (left === undefined || top === undefined || right === undefined || bottom === undefined) return undefined;
  return left < right && top < bottom ? [left, top, right, bottom] : undefined;
}
