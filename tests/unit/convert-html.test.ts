// @vitest-environment happy-dom

import { Editor, getSchema, type JSONContent } from '@tiptap/core';
import { prosemirrorJSONToYXmlFragment } from '@tiptap/y-tiptap';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { renderHtml, TooLong } from '../../lib/convert/html.ts';
import { MARKS } from '../../lib/convert/html-marks.ts';
import { NODES } from '../../lib/convert/html-nodes.ts';
import { contentExtensions } from '../../lib/editor/extensions.ts';

// The HTML that readers get before the editor is there, beside the editor's own.

const WORDS = {
  placeholder: '',
  task: 'Done',
  callout: {},
  toggle: {},
  math: {},
  diagram: {},
  image: { refused: '', broken: () => '' },
  embed: { show: () => '', open: '', refused: '' },
  board: { label: 'Whiteboard', empty: '', open: '' },
  contents: { label: '', empty: '' },
  mention: { untitled: '' },
};
const extensions = contentExtensions(() => WORDS as never);
const schema = getSchema(extensions);

const MOST = 1_000_000;

function fragmentOf(content: JSONContent[]): Y.XmlFragment {
  const fragment = new Y.Doc().getXmlFragment('content');
  prosemirrorJSONToYXmlFragment(schema, { type: 'doc', content }, fragment);
  return fragment;
}

/** A shared document that holds whatever it is told, whether or not an editor would write that. */
function hostile(build: (content: Y.XmlFragment) => void): string {
  const fragment = new Y.Doc().getXmlFragment('content');
  build(fragment);
  return renderHtml(fragment, MOST);
}

function element(name: string, attributes: Record<string, unknown> = {}, children: (Y.XmlElement | Y.XmlText)[] = []) {
  const made = new Y.XmlElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
  made.insert(0, children);
  return made;
}

const text = (words: string, ...marks: string[]): JSONContent => ({
  type: 'text',
  text: words,
  ...(marks.length > 0 ? { marks: marks.map((type) => ({ type })) } : {}),
});
const paragraph = (...content: JSONContent[]): JSONContent => ({ type: 'paragraph', content });
const cell = (type: string, words: string, attrs = {}): JSONContent => ({
  type,
  attrs,
  content: [words === '' ? paragraph() : paragraph(text(words))],
});

/** Of everything that is common to all documents, some. */
const EVERYTHING: JSONContent[] = [
  { type: 'heading', attrs: { level: 2 }, content: [text('Über '), text('alles', 'italic')] },
  paragraph(text('plain, '), text('bold', 'bold'), text(' and both', 'bold', 'italic'), text(' & <escaped> "text"')),
  paragraph(),
  paragraph(text('a line'), { type: 'hardBreak' }, text('and the next'), { type: 'hardBreak' }),
  paragraph(
    { type: 'text', text: 'a link', marks: [{ type: 'link', attrs: { href: 'https://example.org/?a=1&b=2' } }] },
    {
      type: 'text',
      text: ' in bold',
      marks: [{ type: 'link', attrs: { href: 'https://example.org/?a=1&b=2' } }, { type: 'bold' }],
    },
    { type: 'text', text: 'refused', marks: [{ type: 'link', attrs: { href: 'javascript:alert(1)' } }] },
  ),
  paragraph(text('struck', 'strike'), text('code', 'code'), text('under', 'underline')),
  paragraph(text('H'), text('2', 'subscript'), text('O, x'), text('2', 'bold', 'superscript')),
  { type: 'blockquote', content: [paragraph(text('quoted'))] },
  {
    type: 'bulletList',
    content: [
      {
        type: 'listItem',
        content: [
          paragraph(text('one')),
          {
            type: 'orderedList',
            attrs: { start: 3 },
            content: [{ type: 'listItem', content: [paragraph(text('deep'))] }],
          },
        ],
      },
      { type: 'listItem', content: [paragraph()] },
    ],
  },
  {
    type: 'taskList',
    content: [
      { type: 'taskItem', attrs: { checked: true }, content: [paragraph(text('done'))] },
      { type: 'taskItem', attrs: { checked: false }, content: [paragraph(text('to do'))] },
    ],
  },
  { type: 'codeBlock', attrs: { language: null }, content: [text('if (a < b) {\n  return "c";\n}')] },
  { type: 'codeBlock', attrs: { language: 'typescript' } },
  { type: 'horizontalRule' },
  {
    type: 'callout',
    attrs: { kind: 'warning' },
    content: [{ ...paragraph(text('mind')), attrs: { textAlign: 'center' } }],
  },
  {
    type: 'columns',
    content: [
      { type: 'column', content: [paragraph(text('left'))] },
      { type: 'column', content: [paragraph(text('right'))] },
    ],
  },
  {
    type: 'table',
    content: [
      {
        type: 'tableRow',
        content: [cell('tableHeader', 'Wide', { colspan: 2, colwidth: [120, 80] }), cell('tableHeader', 'Right')],
      },
      { type: 'tableRow', content: [cell('tableCell', 'a'), cell('tableCell', ''), cell('tableCell', 'c')] },
    ],
  },
];

/** What decides how the text looks, line by line: elements, their classes and data, and words. Not what only an editor needs. */
function skeleton(root: Element): string {
  const lines: string[] = [];
  const walk = (node: Node, depth: number): void => {
    if (node.nodeType === 3) {
      lines.push(`${' '.repeat(depth)}${JSON.stringify(node.textContent)}`);
      return;
    }
    const of = node as Element;
    const kept = [
      'data-type',
      'data-checked',
      'data-callout',
      'data-align',
      'href',
      'src',
      'alt',
      'start',
      'colspan',
      'target',
      'rel',
      'type',
    ]
      .filter((name) => of.hasAttribute(name))
      .map((name) => `${name}=${of.getAttribute(name)}`);
    const classes = [...of.classList].filter((name) => !/^ProseMirror|^is-|^language-/.test(name));
    lines.push([`${' '.repeat(depth)}${of.tagName.toLowerCase()}`, ...classes, ...kept].join(' '));
    for (const child of node.childNodes) walk(child, depth + 1);
  };
  for (const child of root.childNodes) walk(child, 0);
  return lines.join('\n').replaceAll('colspan=1', '').replace(/ +$/gm, '');
}

describe('the HTML of a document', () => {
  it('[HTML-1] every node and every mark of the editor has one', () => {
    const nodes = Object.keys(schema.nodes).filter((name) => !['doc', 'text'].includes(name));
    expect(Object.keys(NODES)).toEqual(expect.arrayContaining(nodes));
    // In the schema's order: the outermost first.
    expect(Object.keys(MARKS).filter((name) => name in schema.marks)).toEqual(Object.keys(schema.marks));
  });

  it('[HTML-2] it has the elements, classes and words that the editor shows', () => {
    const editor = new Editor({ injectCSS: false, extensions, content: { type: 'doc', content: EVERYTHING } });
    const page = document.createElement('div');
    page.innerHTML = renderHtml(fragmentOf(EVERYTHING), MOST);
    expect(skeleton(page)).toBe(skeleton(editor.view.dom));
    editor.destroy();
  });

  it('[HTML-3] columns of a table have their widths without a style', () => {
    const html = renderHtml(fragmentOf(EVERYTHING), MOST);
    expect(html).toContain('<colgroup><col width="120"><col width="80"><col></colgroup>');
    expect(html).not.toContain('style');
  });

  it('[HTML-4] nothing that a document says becomes code', () => {
    const evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>';
    const html = hostile((content) => {
      const words = new Y.XmlText();
      content.insert(0, [
        element('paragraph', { class: evil, onclick: 'alert(1)', style: 'x' }, [words]),
        element('heading', { level: evil }),
        element('orderedList', { start: evil, type: evil }),
        element('codeBlock', { language: evil }),
        element('image', { src: `https://example.org/${evil}`, alt: evil }),
        element('image', { src: { toString: 'x' } as never, alt: 3 }),
        element('tableRow', {}, [element('tableCell', { colspan: evil, rowspan: -1, align: evil, colwidth: evil })]),
        element('table', {}, [
          element('tableRow', {}, [element('tableCell', { colspan: 1e9, colwidth: [evil, 1e12] })]),
        ]),
        element('mention', { kind: 'document', id: evil, label: evil }),
        element('mention', { kind: 'person', id: evil, label: evil }),
        element('embed', { url: evil }),
        element('embed', { url: `https://example.org/${evil}` }),
        element('script', {}, [new Y.XmlText('alert(1)')]),
        element('__proto__', {}, [new Y.XmlText('proto')]),
        element('constructor'),
      ]);
      words.insert(0, evil, {
        link: { href: `https://example.org/${evil}`, onclick: evil },
        bold: evil,
        script: true,
        constructor: {} as never,
      });
    });
    const page = document.createElement('div');
    page.innerHTML = html;
    expect(page.querySelectorAll('script, [onerror], [onclick], [style]')).toHaveLength(0);
    expect(page.querySelector('p')?.textContent).toBe(evil);
    expect(html).toContain('alert(1)proto'); // of nodes that nobody knows, the text
    for (const at of page.querySelectorAll('[href], [src]')) {
      expect(at.getAttribute('href') ?? at.getAttribute('src')).toMatch(/^(?:https:\/\/example\.org|\/d)\//);
    }
  });

  it('[HTML-5] depth and length are bounded', () => {
    const deep = hostile((content) => {
      let at: Y.XmlFragment = content;
      for (let level = 0; level < 500; level++) {
        const next = element('blockquote');
        at.insert(0, [next]);
        at = next;
      }
    });
    expect(deep.match(/<blockquote>/g)?.length).toBe(50);
    const long = fragmentOf([paragraph(text('x'.repeat(2_000)))]);
    expect(() => renderHtml(long, 1_000)).toThrow(TooLong);
    expect(renderHtml(long, 3_000)).toHaveLength(2_007);
  });

  it('[HTML-6] a mark that may stand twice at one place is known under its hashed name', () => {
    const html = hostile((content) => {
      const words = new Y.XmlText();
      content.insert(0, [element('paragraph', {}, [words])]);
      words.insert(0, 'here', { 'link--AbCdEf12': { href: 'https://example.org/' } });
    });
    expect(html).toContain('href="https://example.org/"');
  });
});
