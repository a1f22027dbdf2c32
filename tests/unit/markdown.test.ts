import { getSchema } from '@tiptap/core';
import { describe, expect, it } from 'vitest';
import type { NodeJson } from '../../lib/convert/document-json.ts';
import { looksLikeMarkdown } from '../../lib/convert/markdown/looks-like-markdown.ts';
import { readMarkdown } from '../../lib/convert/markdown/read-markdown.ts';
import { writesMark } from '../../lib/convert/markdown/write-inline.ts';
import { writeMarkdown, writesNode } from '../../lib/convert/markdown/write-markdown.ts';
import { contentExtensions } from '../../lib/editor/extensions.ts';
import { emptyWords } from '../support/editor.ts';
import { Random, seedOfRun } from '../support/random.ts';

const schema = getSchema(contentExtensions(emptyWords));

/** The document of a text, as the schema completes it. */
const documentOf = (markdown: string): NodeJson => {
  const node = schema.nodeFromJSON(readMarkdown(markdown));
  node.check();
  return node.toJSON() as NodeJson;
};
const again = (markdown: string) => writeMarkdown(documentOf(markdown));

const doc = (...content: NodeJson[]): NodeJson => ({ type: 'doc', content });
const p = (...content: (NodeJson | string)[]): NodeJson => ({
  type: 'paragraph',
  content: content.map((one) => (typeof one === 'string' ? t(one) : one)),
});
const t = (text: string, ...marks: string[]): NodeJson =>
  marks.length > 0 ? { type: 'text', text, marks: marks.map((type) => ({ type })) } : { type: 'text', text };

describe('the table of forms', () => {
  it.each(Object.keys(schema.nodes))(
    '[MD-1] a node named %s has a Markdown form (lib/convert/markdown/write-markdown.ts)',
    (name) => {
      expect(writesNode(name)).toBe(true);
    },
  );

  it.each(Object.keys(schema.marks))(
    '[MD-1] a mark named %s has a Markdown form (lib/convert/markdown/write-inline.ts)',
    (name) => {
      expect(writesMark(name)).toBe(true);
    },
  );

  it('[MD-2] a node that only a newer schema has still gives its words', () => {
    const unknown = { type: 'hologram', content: [p('in the air')] };
    expect(writeMarkdown(doc(unknown, { type: 'hologram', content: [t('inline')] }))).toBe('in the air\n\ninline');
    expect(writeMarkdown(doc({ type: 'constructor' }))).toBe('');
  });
});

describe('written and read again', () => {
  it.each([
    '# One\n\n## Two\n\n### Three\n\n#### Four',
    'A paragraph.\n\nAnother.',
    '**bold** *italic* ***both*** ~~gone~~ `code` <u>under</u>',
    '**bold *and italic* within**',
    '[a link](https://example.org/a) and <https://example.org/>',
    '[**bold link**](https://example.org/a%20b)',
    'one\\\ntwo',
    '- a\n- b\n  - c\n    - d\n- e',
    '1. a\n2. b\n   1. c\n3. d',
    '7. seven\n8. eight',
    '- [ ] open\n- [x] done\n  - [ ] below',
    '- a\n\n  second paragraph\n\n- b',
    '- a\n\n<!-- -->\n\n- b',
    '> quoted\n>\n> - list\n> - in it',
    '```typescript\nconst a = `x`;\n```',
    '````\n```\nfence\n```\n````',
    '---',
    '![A picture](https://example.org/a.png)',
    '| a | b |\n| --- | --- |\n| **1** | 2<br>3 |',
    '|  |  |\n| --- | --- |\n| 1 | 2 |',
    'snake_case, 2 * 3 * 4, a < b, x == y, 50 % & more',
    '\\# no heading\n\n\\- no list\n\n1\\. no list\n\n\\> no quote\n\n\\*no\\* \\_no\\_ \\`no\\` \\[no\\]\n\n\\$5 and \\$6',
    '> [!WARNING]\n>\n> Wet ink.\n>\n> - do not touch',
    '<details>\n<summary>More **here**</summary>\n\nHidden.\n\n- a\n\n</details>',
    'so $x^2 + y^2$ it is\n\n$$\n\\frac{1}{2}\n$$',
    '==marked==',
    '這是**粗體**和*斜體*。',
    '這是<strong>「重點」</strong>的。',
  ])('[MD-3] %j stays as it is', (markdown) => {
    expect(again(markdown)).toBe(markdown);
  });

  it('[MD-3] words keep every letter and mark, for any text', () => {
    const random = new Random(seedOfRun());
    const letters = [
      'a',
      'b',
      ' ',
      '*',
      '_',
      '`',
      '~~',
      '==',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '#',
      '-',
      '1.',
      '!',
      '|',
      '\\',
      '&amp;',
      '「',
      '字',
      '。',
      '$',
      '+',
      ':',
    ];
    const marks = ['bold', 'italic', 'strike', 'underline', 'subscript', 'superscript'];
    for (let round = 0; round < 2_000; round++) {
      const runs = Array.from({ length: random.between(1, 4) }, () => {
        const text = Array.from({ length: random.between(1, 6) }, () => random.pick(letters)).join('');
        return t(text, ...marks.filter(() => random.between(0, 3) === 0));
      });
      const before = schema.nodeFromJSON(doc(p(...runs)));
      // Spaces at the ends of a paragraph are no part of Markdown, and two in a row are one.
      if (/^\s|\s$|\s\s/.test(before.textContent)) continue;
      const markdown = writeMarkdown(before.toJSON());
      const after = schema.nodeFromJSON(readMarkdown(markdown));
      const what = `seed ${seedOfRun()}: ${JSON.stringify(before.toJSON())} as ${markdown}`;
      expect(after.textContent, what).toBe(before.textContent);
      expect(marksByLetter(after.toJSON()), what).toEqual(marksByLetter(before.toJSON()));
    }
  });

  it('[MD-4] a cell that spans leaves its neighbours empty, and a pipe parts no cells', () => {
    const cell = (text: string, attrs = {}): NodeJson => ({ type: 'tableCell', attrs, content: [p(text)] });
    const row = (...content: NodeJson[]): NodeJson => ({ type: 'tableRow', content });
    const table = {
      type: 'table',
      content: [row(cell('wide', { colspan: 2 }), cell('tall', { rowspan: 2 })), row(cell('a|b'), cell('c'))],
    };
    expect(writeMarkdown(doc(table))).toBe('|  |  |  |\n| --- | --- | --- |\n| wide |  | tall |\n| a\\|b | c |  |');
    const hostile = { type: 'table', content: [row(cell('x', { colspan: 1e9, rowspan: -1 }))] };
    expect(writeMarkdown(doc(hostile)).length).toBeLessThan(5_000);
  });
});

/** Each letter but spaces, which marks may lose at their ends, with its marks. */
function marksByLetter(node: NodeJson): string[] {
  if (node.text === undefined) return (node.content ?? []).flatMap(marksByLetter);
  const marks = (node.marks ?? [])
    .map(({ type }) => type)
    .sort()
    .join();
  return [...node.text].filter((letter) => letter.trim() !== '').map((letter) => `${letter} ${marks}`);
}

describe('reading', () => {
  it('[MD-5] HTML gives the tags that have a counterpart, and of the rest the words', () => {
    expect(again('a <b>bold</b> <span onclick="x()">word</span><br>next')).toBe('a **bold** word\\\nnext');
    expect(again('<div><i>x</i></div>\n\n<script>alert(1)</script>\n\n<!-- note -->')).toBe('*x*');
    expect(again('&lt;b&gt; &copy; &#x4e2d; &unknown; &#0;')).toBe('\\<b> © 中 \\&unknown; \ufffd');
  });

  it('[MD-6] an image among words parts the paragraph, and a list of points and tasks becomes two', () => {
    expect(again('before ![x](https://example.org/x.png) after')).toBe(
      'before\n\n![x](https://example.org/x.png)\n\nafter',
    );
    expect(again('- point\n- [x] task')).toBe('- point\n\n- [x] task');
    expect(again('- [ ] one\n\n- [x] two')).toBe('- [ ] one\n- [x] two'); // with room between them
    expect(again('- point\n\n- [x] task')).toBe('- point\n\n- [x] task');
  });

  it('[MD-7] a line that was broken goes on, between Chinese characters without a space', () => {
    expect(again('one\ntwo')).toBe('one two');
    expect(again('第一行\n第二行，\n第三行')).toBe('第一行第二行，第三行');
  });

  it('[MD-8] headings deeper than ours become our deepest', () => {
    expect(again('###### Six')).toBe('#### Six');
  });
});

describe('what is Markdown', () => {
  it.each([
    '# Title\n\nSome text.',
    '# Title',
    'Some text with **bold** words.',
    '- one\n- two\n- three',
    '1. one\n2. two',
    '- [ ] buy ink',
    'See [the docs](https://example.org).',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    'Run this:\n\n```sh\nnpm start\n```',
    '> quoted\n\n- and a list',
    '# 標題\n\n內文有**粗體**。',
    '## Notes\n\n- `npm ci`\n- `npm test`',
  ])('[MD-9] %j is', (text) => {
    expect(looksLikeMarkdown(text)).toBe(true);
  });

  it.each([
    '',
    'Just a sentence.',
    'Two lines\nof text - with a dash.',
    'I think 2 * 3 * 4 is 24, and snake_case_names are fine.',
    '# install\nnpm ci\nnpm run build\n# and start\nnpm start',
    '#!/bin/sh\n# a script\nset -e\necho "hi"',
    'import os\n\n# read it\ndef main():\n    return os.environ["HOME"]',
    'const a = [1, 2];\n// - not a list\nconst b = a.map((x) => x * 2);',
    'name: web\nservices:\n  - image: nginx\n    ports:\n      - 80:80',
    '--- a/file.ts\n+++ b/file.ts\n@@ -1,2 +1,2 @@\n- old\n+ new',
    '#hashtag #another',
    '/** A comment.\n * - with points\n * - in it\n */',
    'Dear Ann,\n\n- Bo',
    '5. May is a holiday.',
    '{"a": [1, 2], "b": "**"}',
    '<div>\n  <b>x</b>\n</div>',
    'Price: 5 * 2 = 10\nTotal: 10',
    '你好，這是一段普通的文字。',
  ])('[MD-10] %j is not', (text) => {
    expect(looksLikeMarkdown(text)).toBe(false);
  });

  it('[MD-10] a megabyte of anything is answered at once', () => {
    for (const part of ['**', '`', '[', '| - ', '# ', '- ', 'a: ', '(', '</a>', '\t']) {
      const started = performance.now();
      looksLikeMarkdown(part.repeat(1_000_000 / part.length));
      expect(performance.now() - started, part).toBeLessThan(1_000);
    }
  });
});
