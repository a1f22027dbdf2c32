// Keys as they are written on this machine. For what is shown after the page has loaded.

/** A shortcut in ProseMirror's names, such as `Mod-Shift-b`: `⇧⌘B` on a Mac, `Ctrl Shift B` elsewhere. */
export function showKeys(keys: string): string {
  const parts = keys.split('-');
  const last = parts.at(-1) ?? '';
  const key = ARROWS[last] ?? (last.length === 1 ? last.toUpperCase() : last);
  const held = parts.slice(0, -1);
  if (isMac())
    return [...['Alt', 'Shift', 'Mod'].filter((one) => held.includes(one)).map((one) => MAC[one] ?? ''), key].join('');
  return [
    ...['Mod', 'Alt', 'Shift'].filter((one) => held.includes(one)).map((one) => (one === 'Mod' ? 'Ctrl' : one)),
    key,
  ].join(' ');
}

const MAC: Readonly<Record<string, string>> = { Alt: '⌥', Shift: '⇧', Mod: '⌘' };
const ARROWS: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓' };

function isMac(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
}
