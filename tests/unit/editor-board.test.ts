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
import { CARRIED, packBoards } from '../../lib/editor/paste/carried-boards.ts';
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
  const pasted = new Map<string, string>();
  const boards: Boards = {
    open: (board) => opened.push(board),
    follow: (board, _element, show) => {
      shows.set(board, show);
      return () => shows.delete(board);
    },
    copy: (board, most) => (`drawn on ${board}`.length > most || board === 'huge' ? undefined : `drawn on ${board}`),
    paste: (board, copy) => copy.startsWith('drawn on ') && pasted.set(board, copy) !== undefined,
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
  return {
    editor,
    opened,
    shows,
    pasted,
    button: () => editor.view.dom.querySelector<HTMLElement>('.board-block button'),
  };
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

  describe('on the clipboard', () => {
    const ours = 'https://notes.example.org/d/ours';
    const clip = (name: string, page: string) => {
      visit(page);
      const { editor } = open(board(name));
      editor.commands.selectAll();
      return editor.view.serializeForClipboard(editor.state.selection.content()).dom.innerHTML;
    };
    const paste = (html: string) => {
      const there = open('<p></p>');
      there.editor.view.pasteHTML(html);
      return { ...there, content: there.editor.getJSON().content };
    };

    it('[BOARD-183] leads to its document, and in another one is a board of its own, with what is drawn on it', () => {
      const html = clip('plan', ours);
      expect(html).toContain(`href="${ours}?board=plan"`);
      visit('https://notes.example.org/d/theirs');
      const [first, second] = [paste(html), paste(html)];
      const names = [first, second].flatMap(({ pasted }) => [...pasted.keys()]);
      expect(names).toHaveLength(2);
      expect(new Set([...names, 'plan']).size).toBe(3);
      expect(first.content?.[0]).toEqual({ type: 'board', attrs: { name: names[0] } });
      expect([...first.pasted.values()]).toEqual(['drawn on plan']);
    });

    it('[BOARD-184] in its own document it stays the board that it is', () => {
      const html = clip('plan', ours);
      const { content, pasted } = paste(html);
      expect(content?.[0]).toEqual({ type: 'board', attrs: { name: 'plan' } });
      expect(pasted.size).toBe(0);
    });

    it('[BOARD-186] is a link to it where it is too much to go along, or no copy', () => {
      const html = clip('huge', ours);
      expect(html).not.toContain('data-board-copy');
      visit('https://notes.example.org/d/theirs');
      const link = { type: 'link', attrs: expect.objectContaining({ href: `${ours}?board=huge` }) };
      const line = { type: 'paragraph', content: [{ type: 'text', text: 'Whiteboard', marks: [link] }] };
      expect(paste(html).content?.[0]).toMatchObject(line);
      const forged = html.replace('data-board=', 'data-board-copy="of a stranger" data-board=');
      expect(paste(forged).content?.[0]).toMatchObject(line);
    });

    it('[BOARD-186] of many boards, those go along for which there is room', () => {
      const drawn = 'drawn on one'.length;
      const dom = document.createElement('div');
      dom.innerHTML = '<div data-board="one"></div>'.repeat(3);
      const given: number[] = [];
      const copy = (_: string, most: number) => {
        given.push(most);
        return 'x'.repeat(drawn);
      };
      packBoards(dom, { copy } as unknown as Boards);
      expect(given).toEqual([CARRIED, CARRIED - drawn, CARRIED - 2 * drawn]);
    });
  });
});
