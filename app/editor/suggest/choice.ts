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

/** Undefined for a key that is the text's own. */
export function stepOf(
  { key, ctrlKey, metaKey, altKey, shiftKey }: Key,
  active: number,
  count: number,
): Step | undefined {
  if (key === 'Escape') return { do: 'close' };
  if (count === 0 || metaKey || altKey || shiftKey) return undefined;
  // As in a terminal, and on every Mac.
  if (ctrlKey)
    return key === 'n' ? move(around(active + 1, count)) : key === 'p' ? move(around(active - 1, count)) : undefined;
  switch (key) {
    case 'ArrowDown':
      return move(around(active + 1, count));
    case 'ArrowUp':
      return move(around(active - 1, count));
    case 'PageDown':
      return move(Math.min(active + PAGE, count - 1));
    case 'PageUp':
      return move(Math.max(active - PAGE, 0));
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
