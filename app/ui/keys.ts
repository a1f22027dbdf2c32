/** A shortcut as this machine writes it: `⌘B` on a Mac, `Ctrl B` elsewhere. For what is shown after the page has loaded. */
export function modKeys(keys: string): string {
  if (isMac()) return `⌘${keys}`;
  return `Ctrl ${keys.startsWith('⇧') ? `Shift ${keys.slice(1)}` : keys}`;
}

function isMac(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
}
