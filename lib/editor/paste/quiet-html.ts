// Pasted HTML made quiet before a parser sees it.
// Invariant: no style and no handler is an attribute of that name any more. A page's policy refuses both, loudly, even in a document that is parsed
// apart; and the browser then hides what the style said, which is how Word, Google Docs and others say "bold".

/** Where the value of `style` is found after this. */
export const STYLE = 'data-pasted-style';

export interface QuietHtml {
  html: string;
  /** What stood in style elements: Word says there how its lists are numbered. */
  css: string;
}

/** Elements whose contents are no markup, and not for reading. */
const RAW = new Set(['script', 'style', 'xml', 'noscript', 'template', 'textarea', 'title', 'iframe']);

/** What a document's head says about other files. */
const DROPPED = new Set(['link', 'meta', 'base']);

/** One pass from left to right: each character is looked at a bounded number of times. */
export function quietHtml(html: string): QuietHtml {
  let out = '';
  let css = '';
  let at = 0;
  const lower = html.toLowerCase();
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open === -1) break;
    out += html.slice(at, open);
    if (html.startsWith('<!--', open)) {
      at = after(html, '-->', open + 4);
      out += html.slice(open, at);
      continue;
    }
    if (!/[a-z/!?]/i.test(html.charAt(open + 1))) {
      out += '&lt;';
      at = open + 1;
      continue;
    }
    const end = endOfTag(html, open + 1);
    const tag = html.slice(open, end);
    at = end;
    const name = /^<([a-z][a-z0-9:]*)/i.exec(tag)?.[1]?.toLowerCase() ?? '';
    if (DROPPED.has(name)) continue;
    if (RAW.has(name)) {
      const close = lower.indexOf(`</${name}`, end);
      const stop = close === -1 ? html.length : close;
      if (name === 'style') css += html.slice(end, stop);
      at = close === -1 ? html.length : endOfTag(html, close + 1);
    } else out += quietTag(tag);
  }
  return { html: out + html.slice(at), css };
}

function after(html: string, what: string, from: number): number {
  const found = html.indexOf(what, from);
  return found === -1 ? html.length : found + what.length;
}

/** Behind the `>` that ends a tag; one within quotes does not. */
function endOfTag(html: string, from: number): number {
  let quote = '';
  for (let at = from; at < html.length; at++) {
    const character = html.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '>') return at + 1;
    else if ((character === '"' || character === "'") && /[=\s]/.test(html.charAt(at - 1))) quote = character;
  }
  return html.length;
}

const ATTRIBUTE = /([^\s"'<>/=]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?/g;

function quietTag(tag: string): string {
  if (!/[\s/"']/.test(tag)) return tag;
  const [start = ''] = /^<\/?[^\s/>]*/.exec(tag) ?? [];
  return (
    start +
    tag.slice(start.length).replace(ATTRIBUTE, (_whole, name: string, value: string | undefined) => {
      const lower = name.toLowerCase();
      if (lower.startsWith('on')) return '';
      return `${lower === 'style' ? STYLE : name}${value ?? ''}`;
    })
  );
}
