// @vitest-environment happy-dom
import { Editor } from '@tiptap/core';
import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { renderHtml } from '../../lib/convert/html.ts';
import { readMarkdown } from '../../lib/convert/markdown/read-markdown.ts';
import { writeMarkdown } from '../../lib/convert/markdown/write-markdown.ts';
import type { Boards } from '../../lib/editor/content/board.ts';
import { withHosts } from '../../lib/editor/content/image-content.ts';
import { contentExtensions } from '../../lib/editor/extensions.ts';
import { emptyWords } from '../support/editor.ts';

// A whiteboard in a text.

const editors: Editor[] = [];
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

const visit = (url: string) => (window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(url);

/** An editor whose page says which boards were opened, and can show pictures of them. */
function open(content: unknown) {
  const opened: string[] = [];
  const shows = new Map<string, (picture: string | undefined) => void>();
  const boards: Boards = {
    open: (board) => opened.push(board),
    follow: (board, _element, show) => {
      shows.set(board, show);
      return () => shows.delete(board);
    },
  };
  const element = document.createElement('div');
  document.body.append(element);
  const editor = new Editor({
    element,
    injectCSS: false,
    extensions: contentExtensions(emptyWords, { boards }),
    content: content as never,
  });
  editors.push(editor);
  return { editor, opened, shows, button: () => editor.view.dom.querySelector<HTMLElement>('.board-block button') };
}

const board = (name: unknown) => ({ type: 'doc', content: [{ type: 'board', attrs: { name } }] });

describe('a board in a text', () => {
  it('[BOARD-154] is inserted under a name of its own, and opened', async () => {
    const { editor, opened } = open('<p></p>');
    editor.commands.insertBoard();
    editor.commands.insertBoard();
    await Promise.resolve();
    const names = (editor.getJSON().content ?? []).flatMap(({ type, attrs }) =>
      type === 'board' ? [attrs?.name] : [],
    );
    expect(names).toHaveLength(2);
    expect(new Set(names).size).toBe(2);
    expect(opened).toEqual(names);
    for (const name of names) expect(name).toMatch(/^[\w-]{12}$/);
  });

  it('[BOARD-150] opens by a click, and by Enter when it is selected', () => {
    const { editor, opened, button } = open(board('plan'));
    button()?.click();
    editor.commands.setNodeSelection(0);
    editor.view.someProp('handleKeyDown', (handle) =>
      handle(editor.view, new KeyboardEvent('keydown', { key: 'Enter' })),
    );
    expect(opened).toEqual(['plan', 'plan']);
  });

  it('[BOARD-151] shows the picture that the page has of it, until it goes', () => {
    const { editor, shows, button } = open(board('plan'));
    expect(button()?.dataset.state).toBe('empty');
    shows.get('plan')?.('blob:one');
    expect(button()?.dataset.state).toBe('drawn');
    expect(button()?.querySelector('img')?.getAttribute('src')).toBe('blob:one');
    shows.get('plan')?.(undefined);
    expect(button()?.querySelector('img')?.hasAttribute('src')).toBe(false);
    editor.commands.clearContent();
    expect([...shows.keys()]).toEqual([]);
  });

  it.each([null, '', '../x', 'a b', '<img>', 'x'.repeat(65), { toString: () => 'plan' }])(
    '[BOARD-155] a name that is none, %j, is no board: nothing is opened, linked or followed',
    (name) => {
      const { editor, shows, button } = open(board(name));
      expect(button()).toBe(null);
      expect(shows.size).toBe(0);
      expect(editor.getHTML()).not.toContain('href');
    },
  );

  it('[BOARD-153] is the same after HTML and after Markdown', () => {
    const { editor } = open(board('plan'));
    expect(editor.getHTML()).toContain('<a href="?board=plan">Whiteboard</a>');
    expect(open(editor.getHTML()).editor.getJSON().content?.[0]).toEqual({ type: 'board', attrs: { name: 'plan' } });
    const markdown = writeMarkdown(board('plan'));
    expect(markdown).toBe('[Whiteboard](?board=plan)');
    expect(readMarkdown(markdown).content).toEqual([{ type: 'board', attrs: { name: 'plan' } }]);
    expect(readMarkdown('[Whiteboard](?board=plan) and more').content?.[0]?.type).toBe('paragraph');
  });

  it('[BOARD-172] in Markdown that leaves the page it is a picture of the server, which leads to it, and is a board again', () => {
    const page = 'https://notes.example.org/d/a%20plan';
    const markdown = writeMarkdown({ type: 'doc', content: [{ type: 'board', attrs: { name: 'plan', page } }] });
    expect(markdown).toBe(
      `[![Whiteboard](https://notes.example.org/api/documents/a%20plan/boards/plan.svg)](${page}?board=plan)`,
    );
    expect(readMarkdown(markdown).content).toEqual([{ type: 'board', attrs: { name: 'plan' } }]);
    // Another picture that is a link, also one of another board, stays what it is.
    for (const [from, to] of [
      ['boards/plan', 'boards/other'],
      ['plan.svg', 'plan.png'],
      ['(https://notes.example.org/api', '(https://elsewhere.example/api'],
    ] as const)
      expect(readMarkdown(markdown.replace(from, to)).content?.[0]?.type).toBe('image');
    const foreign = { type: 'board', attrs: { name: 'plan', page: 'javascript:alert(1)//d/x' } };
    expect(writeMarkdown({ type: 'doc', content: [foreign] })).toBe('[Whiteboard](?board=plan)');
  });

  it('[BOARD-172] a document that leaves its page says where its boards are', () => {
    visit('https://notes.example.org/d/a%20plan?board=plan');
    expect(writeMarkdown(withHosts(board('plan')))).toContain('](https://notes.example.org/d/a%20plan?board=plan)');
    visit('https://notes.example.org/elsewhere');
    expect(writeMarkdown(withHosts(board('plan')))).toBe('[Whiteboard](?board=plan)');
  });

  it('[BOARD-153] is a board again after the HTML that readers get, with its picture', () => {
    const doc = new Y.Doc();
    const element = new Y.XmlElement('board');
    element.setAttribute('name', 'plan');
    doc.getXmlFragment('content').insert(0, [element]);
    const html = renderHtml(doc.getXmlFragment('content'), 1_000, () => 'data:image/svg+xml,%3Csvg%3E');
    expect(html).toBe(
      '<div class="board-block" data-board="plan"><a href="?board=plan"><img src="data:image/svg+xml,%3Csvg%3E" alt="Whiteboard"></a></div>',
    );
    expect(open(html).editor.getJSON().content).toEqual([{ type: 'board', attrs: { name: 'plan' } }]);
  });
});
