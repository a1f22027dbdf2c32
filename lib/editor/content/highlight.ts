import { common, createLowlight } from 'lowlight';

// Colours for code blocks.
// Invariant: a block is coloured again only when its text or language changed. Guessing a language tries every grammar: so nothing is guessed;
// and answers are remembered.

/** UTF-16 units beyond which a block stays plain: highlighting must fit between two keystrokes. */
const HIGHLIGHT_LENGTH = 20_000;
/** Answers kept: the code blocks of a long document and their last few states. */
const REMEMBERED = 200;

const grammars = createLowlight(common);

type Tree = ReturnType<typeof grammars.highlight>;

const remembered = new Map<string, Tree>();

export type Colors = Tree['children'];

/** The text in parts; none where there is nothing to colour. */
export function colorsOf(language: unknown, text: string): Colors {
  if (typeof language !== 'string' || !grammars.registered(language) || text.length > HIGHLIGHT_LENGTH) return [];
  const key = `${language}\n${text}`;
  const known = remembered.get(key);
  const tree = known ?? grammars.highlight(language, text);
  // Deleting and setting moves the answer to the young end; the oldest is forgotten.
  remembered.delete(key);
  remembered.set(key, tree);
  if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
  return tree.children;
}

/** How people call a language after three backticks, where that is not its grammar's name. */
const ALIASES: Readonly<Record<string, string>> = {
  cs: 'csharp',
  golang: 'go',
  html: 'xml',
  js: 'javascript',
  jsx: 'javascript',
  kt: 'kotlin',
  md: 'markdown',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  ts: 'typescript',
  tsx: 'typescript',
  yml: 'yaml',
};

/** The grammar for what stands at a code block; '' for a block of plain text. */
export function grammarOf(language: unknown): string {
  if (typeof language !== 'string') return '';
  const name = language.toLowerCase();
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? '') : name;
}

/** Languages offered in the menu: grammar name, and the name people write. Names of languages are not translated. */
export const CODE_LANGUAGES: ReadonlyArray<readonly [grammar: string, name: string]> = [
  ['bash', 'Bash'],
  ['c', 'C'],
  ['cpp', 'C++'],
  ['csharp', 'C#'],
  ['css', 'CSS'],
  ['diff', 'Diff'],
  ['go', 'Go'],
  ['graphql', 'GraphQL'],
  ['xml', 'HTML, XML'],
  ['java', 'Java'],
  ['javascript', 'JavaScript'],
  ['json', 'JSON'],
  ['kotlin', 'Kotlin'],
  ['lua', 'Lua'],
  ['makefile', 'Makefile'],
  ['markdown', 'Markdown'],
  ['mermaid', 'Mermaid'], // no grammar: it is drawn (code-block.ts)
  ['php', 'PHP'],
  ['python', 'Python'],
  ['r', 'R'],
  ['ruby', 'Ruby'],
  ['rust', 'Rust'],
  ['sql', 'SQL'],
  ['swift', 'Swift'],
  ['typescript', 'TypeScript'],
  ['yaml', 'YAML'],
];
