import { COLUMNS } from './emoji-grid.ts';

// Emoji that were chosen last on this device, the last one first. Invariant: each stands there once, and what is kept is never trusted to be well formed.

const KEY = 'inkroom.emoji';
/** Two rows. */
const KEPT = 2 * COLUMNS;
/** UTF-16 units: no emoji has more, families with skin tones included. */
const LENGTH = 40;

/** Where storage is forbidden, they are remembered as long as the page. */
let kept: readonly string[] = [];

export function recentEmoji(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(stored)) return kept;
    return stored.filter((one): one is string => typeof one === 'string' && one.length <= LENGTH).slice(0, KEPT);
  } catch {
    return kept; // storage is forbidden, or holds something else
  }
}

export function rememberEmoji(character: string): void {
  kept = [character, ...recentEmoji().filter((one) => one !== character)].slice(0, KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // forbidden or full: `kept` has it
  }
}
