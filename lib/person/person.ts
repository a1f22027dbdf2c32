// Who a caret or an avatar belongs to, as told by presence.
// Invariant: presence comes from other people's machines; nothing in it is trusted further than `readPerson` has checked it.

export interface Person {
  /** Stable per person (here: per browser). Not proof of identity. */
  readonly id: string;
  readonly name: string;
  /** `#rrggbb`, lower case. */
  readonly color: `#${string}`;
}

/**
 * One colour each, the same everywhere: contrast at least 4.5 with white, for the name label, and at least 3 with both paper colours, for
 * the caret. That leaves a luminance of 0.13 to 0.18.
 */
export const PERSON_COLORS = [
  '#d03a35',
  '#b85614',
  '#926a0c',
  '#268245',
  '#127d72',
  '#1279a5',
  '#336bdb',
  '#7e5ccc',
  '#b33ebb',
  '#d12e75',
] as const;

/** UTF-16 units of an id. */
export const ID_LENGTH = 64;
/** Code points of a name: fits a label, and any real name. */
export const NAME_LENGTH = 40;

/** The colour of a person: from the id alone, so that it is the same in every tab, document and browser. */
export function colorOf(id: string): (typeof PERSON_COLORS)[number] {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0;
  return PERSON_COLORS[Math.abs(hash) % PERSON_COLORS.length] ?? PERSON_COLORS[0];
}

/** A name in one line: no control or direction marks, single spaces, NAME_LENGTH code points. '' when nothing is left. */
export function cleanName(name: string): string {
  // Cc are control characters, Cf includes direction overrides; joiners (200C, 200D) stay, as names and emoji need them.
  const line = name.slice(0, 8 * NAME_LENGTH).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  const marks = /(?![\u200c\u200d])\p{Cf}/gu;
  return [...line.replace(marks, '').replace(/\s+/g, ' ').trim()].slice(0, NAME_LENGTH).join('').trim();
}

/** The letter or character for an avatar. */
export function initialOf(name: string): string {
  return [...name.trim()][0]?.toLocaleUpperCase() ?? '?';
}

/** The person told by one presence state, or undefined when it tells none that can be shown. */
export function readPerson(state: unknown, clientId: number): Person | undefined {
  if (!isRecord(state) || !isRecord(state.user)) return undefined;
  const { id, name, color } = state.user;
  if (typeof name !== 'string') return undefined;
  const shown = cleanName(name);
  if (shown === '') return undefined;
  const known = typeof id === 'string' && id !== '' && id.length <= ID_LENGTH ? id : `client ${clientId}`;
  const given = typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color);
  return { id: known, name: shown, color: given ? (color.toLowerCase() as `#${string}`) : colorOf(known) };
}

/** Whether black reads better than white on `color` (WCAG relative luminance above 0.179): for colours that are not ours. */
export function isLight(color: `#${string}`): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.1834;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
