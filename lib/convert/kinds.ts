// What a document can be shown as, and how long its title may be. Without Yjs, which the server's main thread loads only when it must.

/** What a document is shown as. Each may hold texts and boards; without a word it is a text. */
export const KINDS = ['text', 'board'] as const;
export type DocumentKind = (typeof KINDS)[number];

/** UTF-16 units of a title. A long headline fits one line of a list. */
export const TITLE_LENGTH = 200;
