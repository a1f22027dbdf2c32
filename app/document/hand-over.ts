// The text that stands in for the editor, on its way from where the page is put together to where its HTML is made.
// As a property of a component it would be sent twice: in the HTML, and once more as data beside it, which the browser has to read before the page
// does anything. So the component gets a ticket, and takes the text for it while the HTML is made, in the same process.
// Invariant: nothing is kept for longer than that takes.

/** Milliseconds after which nobody asks any more: a page that is not made by then has been given up. */
const KEPT_MS = 10_000;

/** Next has a copy of this module for each of the two: what they share is global. */
const SHELF = Symbol.for('inkroom.hand-over');

function shelf(): Map<string, string> {
  const all = globalThis as typeof globalThis & { [SHELF]?: Map<string, string> };
  all[SHELF] ??= new Map();
  return all[SHELF];
}

/** Returns the ticket. */
export function leave(html: string): string {
  const ticket = crypto.randomUUID();
  shelf().set(ticket, html);
  setTimeout(() => shelf().delete(ticket), KEPT_MS);
  return ticket;
}

/** May be called several times: what is rendered may be rendered again. */
export function take(ticket: string): string | undefined {
  return shelf().get(ticket);
}
