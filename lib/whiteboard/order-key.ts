// The keys that order elements, in the format of the package fractional-indexing, which Excalidraw uses: a whole number whose first letter
// tells its length, and a fraction in base 62. They compare as strings.
// Invariant: a key that is made here is a valid one, above `low` and below `high`.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FIRST = 'a0';
const SMALLEST = `A${'0'.repeat(26)}`;
/** Characters: a fraction grows by one with some six keys that are squeezed into the same place. */
const MAX_LENGTH = 1_000;

export function isOrderKey(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !/^[A-Za-z][0-9A-Za-z]+$/.test(value)) return false;
  const whole = wholeOf(value);
  return (
    whole.length === wholeLength(value) && value !== SMALLEST && !(value.length > whole.length && value.endsWith('0'))
  );
}

/** Without `high`: above `low`; without both: the first key of all. */
export function keyBetween(low: string | undefined, high: string | undefined): string {
  if (low === undefined) return FIRST;
  const whole = wholeOf(low);
  const fraction = low.slice(whole.length);
  if (high !== undefined && wholeOf(high) === whole) return whole + fractionBetween(fraction, high.slice(whole.length));
  const next = increment(whole);
  return next !== undefined && (high === undefined || next < high)
    ? next
    : whole + fractionBetween(fraction, undefined);
}

/** `low` is below `high`; no `high` means one. */
function fractionBetween(low: string, high: string | undefined): string {
  let made = '';
  let bound = high;
  for (let at = 0; ; at++) {
    const from = digit(low, at);
    const to = bound === undefined ? DIGITS.length : digit(bound, at);
    if (to - from > 1) return made + DIGITS[(from + to) >> 1];
    made += DIGITS[from];
    if (from !== to) bound = undefined; // what begins with a smaller digit is below, whatever follows
  }
}

function digit(digits: string, at: number): number {
  return at < digits.length ? DIGITS.indexOf(digits[at] ?? '0') : 0;
}

function wholeLength(key: string): number {
  const head = key.charCodeAt(0);
  return head >= 0x61 ? head - 0x61 + 2 : 0x5a - head + 2; // 'a' has one digit and 'z' 26, 'Z' one and 'A' 26
}

function wholeOf(key: string): string {
  return key.slice(0, wholeLength(key));
}

/** The next whole number; undefined after the largest. */
function increment(whole: string): string | undefined {
  const digits = [...whole.slice(1)];
  for (let at = digits.length - 1; at >= 0; at--) {
    const next = digit(digits[at] ?? '0', 0) + 1;
    digits[at] = DIGITS[next] ?? '0';
    if (next < DIGITS.length) return whole[0] + digits.join('');
  }
  if (whole[0] === 'z') return undefined;
  if (whole[0] === 'Z') return FIRST;
  const head = String.fromCharCode(whole.charCodeAt(0) + 1);
  return head + '0'.repeat(wholeLength(head) - 1);
}
