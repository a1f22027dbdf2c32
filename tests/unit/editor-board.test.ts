// @vitest-environment happy-dom
import { Editor } from '@tiptap/core';
import { afterEach, describe, expect, it } from 'vitest';
import { readMarkdown } from '../../lib/convert/markdown/read-markdown.ts';
import { writeMarkdown } from '../../lib/convert/markdown/write-markdown.ts';
import type { Boards } from '../../lib/editor/content/board.ts';
import { contentExtensions } from '../../lib/editor/extensions.ts';
import { emptyWords } from '../support/editor.ts';

// A whiteboard in a text.

const editors: Editor[] = [];
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

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
});
