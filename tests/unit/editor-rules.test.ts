// @vitest-environment happy-dom

import { describe, expect, it, vi } from 'vitest';
import { completeUrl, safeUrl, URL_LENGTH } from '../../lib/convert/safe-url.ts';
import { colorsOf } from '../../lib/editor/content/highlight.ts';
import { keepCaret } from '../../lib/editor/keep-caret.ts';
import {
  cleanName,
  colorOf,
  initialOf,
  isLight,
  NAME_LENGTH,
  PERSON_COLORS,
  readPerson,
} from '../../lib/person/person.ts';
import { editorOf } from '../support/editor.ts';
import { Random, seedOfRun } from '../support/random.ts';

const REFUSED = [
  'javascript:alert(1)',
  'java\tscript:alert(1)',
  ' javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://example.org/1',
  '//example.org',
  '/path',
  'example.org',
  'https://',
  '',
  `https://example.org/${'x'.repeat(URL_LENGTH)}`,
];

describe('addresses', () => {
  it.each(REFUSED)('[EDIT-20] %j becomes neither a link nor an image', (address) => {
    expect(safeUrl(address, 'link')).toBe(undefined);
    expect(safeUrl(address, 'image')).toBe(undefined);
  });

  it('[EDIT-20] what is no text is no address', () => {
    for (const value of [undefined, null, 1, {}, ['https://example.org']])
      expect(safeUrl(value, 'link')).toBe(undefined);
  });

  it('[EDIT-21] web, mail and telephone addresses become links; images come from the web, and from the uploads of the server', () => {
    for (const address of [
      'https://example.org/',
      'http://example.org/a?b#c',
      'mailto:me@example.org',
      'tel:+886212345678',
    ])
      expect(safeUrl(address, 'link')).toBe(address);
    expect(safeUrl('https://example.org/a.png', 'image')).toBe('https://example.org/a.png');
    expect(safeUrl('mailto:me@example.org', 'image')).toBe(undefined);
    const upload = `/api/uploads/${'0a'.repeat(32)}`;
    expect(safeUrl(upload, 'image')).toBe(upload);
    expect(safeUrl(upload, 'link')).toBe(undefined);
    for (const address of [
      `${upload}/../x`,
      `${upload}\n`,
      `.${upload}`,
      `/${upload}`,
      `${upload}?x`,
      upload.toUpperCase(),
    ])
      expect(safeUrl(address, 'image'), address).toBe(undefined);
  });

  it.each([
    ['example.org', 'https://example.org'],
    [' example.org/a ', 'https://example.org/a'],
    ['localhost:3000/d/x', 'https://localhost:3000/d/x'],
    ['me@example.org', 'mailto:me@example.org'],
    ['https://example.org', 'https://example.org'],
    ['tel:123', 'tel:123'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['//example.org', 'https://example.org'],
    ['', ''],
  ])('[EDIT-22] typed as %j, it means %j', (typed, meant) => {
    expect(completeUrl(typed)).toBe(meant);
  });

  it('[EDIT-23] a refused address in a document is rendered as text, without its address', () => {
    const marks = [{ type: 'link', attrs: { href: 'javascript:alert(1)', class: 'x', target: '_top' } }];
    const editor = editorOf({
      type: 'doc',
      content: [{ type: 'paragraph', content: [{ type: 'text', text: 'press', marks }] }],
    });
    expect(editor.getHTML()).toBe('<p><span>press</span></p>');
    editor.destroy();
  });

  it('[EDIT-23] how a link opens is not for the document to say', () => {
    const attrs = { href: 'https://example.org', class: 'overlay', target: '_top', rel: 'opener' };
    const text = { type: 'text', text: 'press', marks: [{ type: 'link', attrs }] };
    const editor = editorOf({ type: 'doc', content: [{ type: 'paragraph', content: [text] }] });
    expect(editor.getHTML()).toBe(
      '<p><a href="https://example.org/" target="_blank" rel="noopener noreferrer nofollow">press</a></p>',
    );
    editor.destroy();
  });

  it('[EDIT-24] a refused image is not loaded, whether it is stored or pasted', () => {
    const stored = editorOf({ type: 'doc', content: [{ type: 'image', attrs: { src: 'data:image/svg+xml,<svg/>' } }] });
    expect(stored.getHTML()).not.toContain('<img');
    stored.destroy();
    const pasted = editorOf(
      '<p>a</p><img src="file:///x.png"><img src="https://example.org/x.png" onerror="alert(1)">',
    );
    expect(pasted.getHTML().match(/<img/g)).toHaveLength(1);
    expect(pasted.getHTML()).not.toContain('onerror');
    pasted.destroy();
  });
});

describe('a task', () => {
  it('[EDIT-25] has its words once, and a box with a name', () => {
    const editor = editorOf(
      '<ul data-type="taskList"><li data-type="taskItem" data-checked="true"><p>Buy ink</p></li></ul>',
    );
    expect(editor.view.dom.textContent).toBe('Buy ink');
    const box = editor.view.dom.querySelector('input');
    expect(box?.checked).toBe(true);
    expect(box?.ariaLabel).toBe('Done');
    if (box) box.checked = false;
    box?.dispatchEvent(new Event('change'));
    expect(editor.state.doc.firstChild?.firstChild?.attrs).toEqual({ checked: false });
    editor.destroy();
  });
});

describe('code', () => {
  it('[EDIT-26] is coloured once, and only in a language that was chosen', () => {
    const first = colorsOf('typescript', 'const a = 1;');
    expect(JSON.stringify(first)).toContain('hljs-keyword');
    expect(colorsOf('typescript', 'const a = 1;')).toBe(first);
    for (const none of [null, '', 'no language']) expect(colorsOf(none, 'const a = 1;')).toEqual([]);
    expect(colorsOf('typescript', 'const a = 1;'.repeat(5_000))).toEqual([]);
  });
});

describe('people', () => {
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a: string, b: string) => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  it.each([...PERSON_COLORS])('[EDIT-27] %s reads with white on it, and shows on both papers', (color) => {
    expect(contrast(color, '#ffffff')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(color, '#18181b')).toBeGreaterThanOrEqual(3);
    expect(isLight(color)).toBe(false);
  });

  it('[EDIT-28] a person has one colour, and people have many', () => {
    expect(colorOf('ada')).toBe(colorOf('ada'));
    const seen = new Set(Array.from({ length: 100 }, (_, at) => colorOf(`person ${at}`)));
    expect(seen.size).toBe(PERSON_COLORS.length);
  });

  it('[EDIT-29] a name is one line of bounded length, without control and direction marks', () => {
    expect(cleanName('  Ada\n\tLovelace\u0000 ')).toBe('Ada Lovelace');
    expect(cleanName('\u202eecarG\u2066')).toBe('ecarG');
    expect(cleanName('👩‍💻 林小明')).toBe('👩‍💻 林小明');
    expect([...cleanName('名'.repeat(500))]).toHaveLength(NAME_LENGTH);
    expect(cleanName('\u200f \u0007')).toBe('');
    expect(initialOf('ada')).toBe('A');
    expect(initialOf('👩‍💻')).not.toBe('');
  });

  it('[EDIT-29] a stranger without id or colour still has both', () => {
    expect(readPerson({ user: { name: 'Bo' } }, 5)).toEqual({ id: 'client 5', name: 'Bo', color: colorOf('client 5') });
    expect(readPerson({ user: { name: 'Bo', id: 'x'.repeat(1_000), color: '#ABCDEF' } }, 5)?.color).toBe('#abcdef');
    expect(readPerson({ user: { name: '' } }, 5)).toBe(undefined);
    expect(readPerson({}, 5)).toBe(undefined);
  });
});

describe('the caret of a field whose text was replaced', () => {
  it.each([
    ['hello|', 'hello world', 'hello| world'],
    ['|hello', 'oh hello', '|oh hello'],
    ['hel|lo', 'oh hello', 'oh hel|lo'],
    ['hel|lo', 'help', 'hel|p'],
    ['a|b', '', '|'],
    ['|', 'new', '|new'],
    ['aa|a', 'aaaa', 'aa|aa'],
  ])('[EDIT-30] %s, now %j: %s', (shown, after, expected) => {
    const at = keepCaret(shown.replace('|', ''), after, shown.indexOf('|'));
    expect(`${after.slice(0, at)}|${after.slice(at)}`).toBe(expected);
  });

  it('[EDIT-30] keeps the words on both sides of an insertion elsewhere, for any text', () => {
    const random = new Random(seedOfRun());
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: random.between(0, 12) }, () => random.pick(['a', 'b', ' '])).join('');
      const caret = random.between(0, text.length);
      const place = random.between(0, text.length);
      const after = `${text.slice(0, place)}→${text.slice(place)}`;
      const now = keepCaret(text, after, caret);
      const without = after.slice(0, now).replace('→', '') + after.slice(now).replace('→', '');
      expect(without, `seed ${seedOfRun()}, ${JSON.stringify({ text, caret, place })}`).toBe(text);
      expect([caret, caret + 1]).toContain(now);
    }
  });
});

it('[EDIT-31] an editor says nothing to the console about its list of extensions', () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  editorOf('').destroy();
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
