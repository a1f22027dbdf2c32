// What a board is called within its document (lib/whiteboard): a part of addresses, and of the key under which it is shared.

const BOARD_NAME = /^[\w-]{1,64}$/;

export function isBoardName(value: unknown): value is string {
  return typeof value === 'string' && BOARD_NAME.test(value);
}

/** Leads to the board from the page of its document. */
export function boardAddress(name: string): string {
  return `?board=${name}`;
}
