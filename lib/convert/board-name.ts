// What a board is called within its document (lib/whiteboard): a part of addresses, and of the key under which it is shared.

const BOARD_NAME = /^[\w-]{1,64}$/;

export function isBoardName(value: unknown): value is string {
  return typeof value === 'string' && BOARD_NAME.test(value);
}

/** Leads to the board from the page of its document; from elsewhere with `page`, the address of that page. */
export function boardAddress(name: string, page = ''): string {
  return `${page}?board=${name}`;
}

/** Of a page `https://host/d/<document>`, or undefined: where the server gives the picture of one of its boards. */
export function pictureAddress(name: string, page: string): string | undefined {
  const [, host, document] = PAGE.exec(page) ?? [];
  return host === undefined ? undefined : `${host}/api/documents/${document}/boards/${name}.svg`;
}

const PAGE = /^(https?:\/\/[^/\s?#]+)\/d\/([^/\s?#]+)$/;
