// Is a pasted text Markdown? Invariant: ordinary text and program code are not. A wrong "yes" changes what somebody wrote; a wrong "no" leaves signs
// that they can see.

/** UTF-16 units that are looked at: the beginning says what the rest is. */
const SAMPLE = 20_000;
/** UTF-16 units of a line that are looked at: its signs are at the start, and some patterns are slow on very long lines. */
const LINE = 500;

/** Signs of Markdown by line; several kinds must come together, as each occurs elsewhere too. */
const LINE_SIGNS: Readonly<Record<string, RegExp>> = {
  heading: /^#{1,6} \S/,
  list: /^\s{0,8}[-*+] \S/,
  ordered: /^\s{0,8}\d{1,3}[.)] \S/,
  task: /^\s{0,8}[-*+] \[[ xX]\] \S/,
  quote: /^> ?\S/,
  rule: /^(?:-{3,}|\*{3,}|_{3,})$/,
  bold: /(?:^|[\s(（])(?:\*\*|__)\S(?:[^*_\n]{0,200}\S)?(?:\*\*|__)(?=$|[\s.,;:!?)，。：；！？）])/,
  link: /\[[^\]\n]{1,200}\]\((?:https?:\/\/|mailto:)[^\s)]{1,500}\)/,
  code: /(?:^|\s)`[^`\n]{1,200}`(?=$|[\s.,;:!?)])/,
};

/** What hardly ever is anything else. */
const PLAIN_SIGNS = [LINE_SIGNS.task, LINE_SIGNS.link];

/** Lines of programs, of settings and of what a terminal shows. */
const CODE_LINE =
  /[;{}]\s*$|^\s*(?:import|export|from|def|class|return|const|let|var|function|if|elif|else|for|while|fn|func|use|package|public|private|#include|#!|\/\/|\/\*|<\/?[a-z][\w-]*|@\w+|\$ )\b.*[({=:<>;'"]|^\s*#!|^\s*[\w.-]+\s*[:=]\s*\S*$|^[+-]{3} |^@@ |^\s*<\/?\w[^>]*>\s*$/;

export function looksLikeMarkdown(text: string): boolean {
  const sample = text.slice(0, SAMPLE).replace(/\r\n?/g, '\n');
  const { outside, fences } = withoutFences(sample.split('\n').map((line) => line.slice(0, LINE)));
  if (hasTable(outside)) return true;
  const lines = outside.filter((line) => line.trim() !== '');
  const code = lines.filter((line) => CODE_LINE.test(line)).length;
  if (code > lines.length / 4) return false;
  if (fences > 0 && (lines.length > 0 || /^\s*```\w+\n/.test(sample))) return true;
  const kinds = Object.entries(LINE_SIGNS).flatMap(([name, sign]) =>
    sign && lines.some((line) => sign.test(line)) ? [name] : [],
  );
  if (lines.some((line) => PLAIN_SIGNS.some((sign) => sign?.test(line)))) return true;
  if (kinds.length === 1 && kinds[0] === 'heading') return !hasComments(outside);
  if (kinds.length === 1 && ['list', 'ordered'].includes(kinds[0] ?? ''))
    return lines.length > 1 && lines.every((line) => isListLine(line));
  return kinds.length > 1 || kinds[0] === 'bold';
}

/** In most languages a line that begins with # is a comment, and what it is about follows at once. */
function hasComments(lines: readonly string[]): boolean {
  return lines.some((line, at) => line.startsWith('# ') && (lines[at + 1] ?? '').trim() !== '');
}

/** Points, or the further lines of one. */
function isListLine(line: string): boolean {
  return [LINE_SIGNS.list, LINE_SIGNS.ordered].some((sign) => sign?.test(line)) || /^\s{2,}\S/.test(line);
}

function withoutFences(lines: readonly string[]): { outside: string[]; fences: number } {
  const outside: string[] = [];
  let fences = 0;
  let open = '';
  for (const line of lines) {
    const [, sign = ''] = /^\s{0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (open === '' && sign !== '') open = sign;
    else if (open === '') outside.push(line);
    else if (sign.startsWith(open) && line.trim() === sign) {
      fences += 1;
      open = '';
    }
  }
  return { outside, fences };
}

/** A row of cells, and the line of dashes below it. */
function hasTable(lines: readonly string[]): boolean {
  return lines.some(
    (line, at) =>
      /^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*$/.test(line) && (lines[at - 1] ?? '').includes('|'),
  );
}
