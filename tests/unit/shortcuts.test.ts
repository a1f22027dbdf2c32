// @vitest-environment happy-dom

import { Editor } from '@tiptap/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readToggles, TOGGLES } from '../../app/editor/commands.ts';
import { pageShortcuts } from '../../app/editor/page-shortcuts.ts';
import { SHORTCUTS, type ShortcutName } from '../../app/editor/shortcuts.ts';
import { showKeys } from '../../app/ui/keys.ts';
import { contentExtensions } from '../../lib/editor/extensions.ts';
import { emptyWords } from '../support/editor.ts';

const ended: (() => void)[] = [];

afterEach(() => {
  for (const end of ended.splice(0)) end();
  vi.unstubAllGlobals();
});

function editorWith(open = vi.fn(), blockMenu = vi.fn()): Editor {
  const element = document.createElement('div');
  document.body.append(element);
  const editor = new Editor({
    element,
    injectCSS: false,
    extensions: [...contentExtensions(emptyWords), pageShortcuts({ open, blockMenu })],
    content: '<p>first</p><p>second</p>',
  });
  editor.commands.setTextSelection({ from: 1, to: 6 });
  ended.push(() => {
    editor.destroy();
    element.remove();
  });
  return editor;
}

function press(editor: Editor, keys: string): boolean {
  const parts = keys.split('-');
  const event = new KeyboardEvent('keydown', {
    key: parts.at(-1) ?? '',
    ctrlKey: parts.includes('Mod'),
    altKey: parts.includes('Alt'),
    shiftKey: parts.includes('Shift'),
  });
  return editor.view.someProp('handleKeyDown', (handle) => handle(editor.view, event)) === true;
}

describe('the table of shortcuts', () => {
  it('[KEYS-1] has each key once', () => {
    const keys = Object.values(SHORTCUTS).map((entry) => entry.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(Object.keys(TOGGLES) as (keyof typeof TOGGLES)[])(
    '[KEYS-2] %s is done by the key that its button shows',
    (name) => {
      const editor = editorWith();
      expect(press(editor, SHORTCUTS[`toolbar.${name}`].keys)).toBe(true);
      expect(readToggles(editor)[name]).toBe(true);
    },
  );

  it('[KEYS-2] the keys of blocks and of the page do what the list says', () => {
    const done = (name: ShortcutName, editor: Editor) => press(editor, SHORTCUTS[name].keys);
    const heading = editorWith();
    expect(done('insert.heading2', heading)).toBe(true);
    expect(heading.getHTML()).toContain('<h2>first</h2>');
    expect(done('insert.paragraph', heading)).toBe(true);
    expect(heading.getHTML()).toContain('<p>first</p>');
    done('block.down', heading);
    expect(heading.getText()).toBe('second\n\nfirst');
    expect(done('block.down', heading)).toBe(true); // nowhere to go, and no words selected instead
    done('block.up', heading);
    done('block.duplicate', heading);
    expect(heading.getText()).toBe('first\n\nfirst\n\nsecond');

    const [open, blockMenu] = [vi.fn(), vi.fn()];
    const page = editorWith(open, blockMenu);
    done('toolbar.link', page);
    expect(open).toHaveBeenCalledWith('link');
    done('toolbar.block', page);
    expect(blockMenu).toHaveBeenCalledOnce();
    expect(done('shortcuts.toolbar', page)).toBe(true);
  });

  it('[KEYS-3] are written as the machine writes them', () => {
    vi.stubGlobal('navigator', { userAgent: 'X11; Linux' });
    expect(showKeys('Mod-Shift-b')).toBe('Ctrl Shift B');
    expect(showKeys('Alt-Shift-ArrowUp')).toBe('Alt Shift ↑');
    expect(showKeys('Alt-F10')).toBe('Alt F10');
    vi.stubGlobal('navigator', { userAgent: 'Macintosh; Mac OS X' });
    expect(showKeys('Mod-Shift-b')).toBe('⇧⌘B');
    expect(showKeys('Mod-/')).toBe('⌘/');
  });
});
