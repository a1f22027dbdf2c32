// What a key does to a list from which one is chosen while the caret stays in the text.

export type Step = { readonly do: 'move'; readonly to: number } | { readonly do: 'choose' } | { readonly do: 'close' };

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Entries that Page Up and Page Down pass over: what one sees of the list. */
const PAGE = 6;

/** Undefined for a key that is the text's own. `columns` is how many entries stand side by side. */
export function stepOf(
  { key, ctrlKey, metaKey, altKey, shiftKey }: Key,
  active: number,
  count: number,
  columns = 1,
): Step | undefined {
  if (key === 'Escape') return { do: 'close' };
  if (count === 0 || metaKey || altKey || shiftKey) return undefined;
  // As in a terminal, and on every Mac.
  if (ctrlKey)
    return key === 'n' ? move(around(active + 1, count)) : key === 'p' ? move(around(active - 1, count)) : undefined;
  switch (key) {
    case 'ArrowDown':
      return move(columns === 1 ? around(active + 1, count) : Math.min(active + columns, count - 1));
    case 'ArrowUp':
      return move(columns === 1 ? around(active - 1, count) : Math.max(active - columns, 0));
    case 'ArrowRight':
      return columns === 1 ? undefined : move(around(active + 1, count));
    case 'ArrowLeft':
      return columns === 1 ? undefined : move(around(active - 1, count));
    case 'PageDown':
      return move(Math.min(active + PAGE * columns, count - 1));
    case 'PageUp':
      return move(Math.max(active - PAGE * columns, 0));
    case 'Enter':
    case 'Tab':
      return { do: 'choose' };
    default:
      return undefined;
  }
}

function move(to: number): Step {
  return { do: 'move', to };
}

function around(at: number, count: number): number {
  return (at + count) % count;
}
