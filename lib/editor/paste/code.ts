import { styleOf } from './pasted-style.ts';
import { STYLE } from './quiet-html.ts';
import { all, isBlock } from './reshape.ts';

// Programs: `pre` of web pages, and what editors such as VS Code put on the clipboard, a `div` in a typewriter's font with a `div` per line.

const MONOSPACE = /monospace|consolas|courier|menlo|monaco|cascadia|source code|jetbrains|fira code/;

export function shapeCode(body: HTMLElement): void {
  for (const block of all(body, `div[${STYLE}*="white-space"]`)) {
    if (/^pre/.test(styleOf(block, 'white-space')) && MONOSPACE.test(styleOf(block, 'font-family'))) toPre(block);
  }
  for (const code of all(body, 'code')) if (isBlockOfCode(code)) toPre(code);
  for (const block of all(body, 'pre')) if (!block.parentElement?.closest('pre')) toPre(block);
}

/** Lexical has `code` without `pre`: it holds lines, and stands beside blocks and not beside words. */
function isBlockOfCode(code: Element): boolean {
  if (!code.querySelector('br') || code.closest('pre') || code.parentElement?.closest('p, h1, h2, h3, h4, h5, h6'))
    return false;
  return [...(code.parentNode?.childNodes ?? [])].every(
    (beside) => beside === code || (beside instanceof Element ? isBlock(beside) : beside.nodeValue?.trim() === ''),
  );
}

function toPre(block: Element): void {
  const language = languageOf(block);
  const pre = block.ownerDocument.createElement('pre');
  const code = block.ownerDocument.createElement('code');
  if (language !== '') code.className = `language-${language}`;
  code.textContent = linesOf(block).replace(/\n$/, '');
  pre.append(code);
  block.replaceWith(pre);
}

/** As `language-ts`, `lang-ts` or `highlight-source-ts`, at the block, in it, or around it. */
function languageOf(block: Element): string {
  for (const element of [block.querySelector('code'), block, block.parentElement]) {
    const named = /(?:^|\s)(?:language|lang|highlight-source|highlight-text)-([\w#+-]{1,30})/.exec(
      element?.getAttribute('class') ?? '',
    )?.[1];
    const said =
      named ??
      ['data-language', 'data-lang', 'data-highlight-language']
        .map((name) => element?.getAttribute(name))
        .find(Boolean);
    if (said && /^[\w#+-]{1,30}$/.test(said)) return said.toLowerCase();
  }
  return '';
}

/** Its text; a `div` is a line, and `br` ends one. */
function linesOf(node: Node): string {
  let text = '';
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) text += child.nodeValue ?? '';
    if (!(child instanceof Element)) continue;
    if (child.localName === 'br') text += '\n';
    else if (['div', 'p', 'li', 'tr'].includes(child.localName)) {
      if (text !== '' && !text.endsWith('\n')) text += '\n';
      const line = linesOf(child);
      text += line.endsWith('\n') ? line : `${line}\n`;
    } else text += linesOf(child);
  }
  return text.replaceAll('\u00a0', ' ');
}
