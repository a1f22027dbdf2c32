// HTML as text, put together safely.
// Invariant: no character of what comes from a document reaches the output unescaped, and no attribute carries style or script.

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeHtml(text: string): string {
  return /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? '') : text;
}

/** Values come from code or from a document; names only from code. Undefined: the attribute is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export function startTag(name: string, attributes: Attributes = {}): string {
  let tag = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) tag += ` ${key}="${escapeHtml(String(value))}"`;
  }
  return `${tag}>`;
}
