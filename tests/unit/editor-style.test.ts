// @vitest-environment happy-dom

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import { CONTENT } from '../../lib/convert/new-document.ts';
import { PALETTE } from '../../lib/convert/palette.ts';
import { alignmentAt } from '../../lib/editor/content/alignment.ts';
import { editorOf } from '../support/editor.ts';
import { closeWriters, exchange, two } from '../support/writers.ts';

afterEach(closeWriters);

const HOSTILE = [undefined, null, 7, {}, 'constructor', 'red; background: url(https://evil.example)', 'RED', ['red']];

describe('colours', () => {
  it('[STYLE-1] are stored and shown as names', () => {
    const [ada, bo] = two('<p>some words</p>');
    ada.editor.commands.setTextSelection({ from: 1, to: 5 });
    ada.editor.commands.setTextColor('red');
    ada.editor.commands.setHighlight({ color: 'green' });
    exchange(ada, bo);
    expect(bo.editor.getHTML()).toContain(
      '<span data-text-color="red"><mark data-color="green">some</mark></span> words',
    );
    const paragraph = bo.doc.getXmlFragment(CONTENT).get(0) as Y.XmlElement;
    expect((paragraph.get(0) as Y.XmlText).toDelta()[0]).toEqual({
      insert: 'some',
      attributes: { textColor: { color: 'red' }, highlight: { color: 'green' } },
    });
    bo.editor.commands.selectAll();
    bo.editor.chain().unsetTextColor().unsetHighlight().run();
    expect(bo.editor.getHTML()).not.toContain('data-');
  });

  it.each(HOSTILE)('[STYLE-1] called %j are none', (color) => {
    const [ada, bo] = two('<p>some words</p>');
    const paragraph = bo.doc.getXmlFragment(CONTENT).get(0) as Y.XmlElement;
    (paragraph.get(0) as Y.XmlText).format(0, 4, { textColor: { color }, highlight: { color } });
    exchange(ada, bo);
    const shown = ada.editor.view.dom.innerHTML;
    expect(shown).toContain('some');
    expect(shown).not.toMatch(/data-text-color|evil|style/);
    expect(shown).toContain('<mark data-color="yellow">'); // a marker without a colour
    expect(ada.unsent).toBe(0);
  });

  it('[STYLE-1] come in from our own pages, and marks from others', () => {
    const editor = editorOf(
      '<p><span data-text-color="blue">a</span><mark>b</mark><mark data-color="url(x)">c</mark><span style="color:red">d</span></p>',
    );
    expect(editor.getHTML()).toBe('<p><span data-text-color="blue">a</span><mark data-color="yellow">bc</mark>d</p>');
    editor.destroy();
  });

  it('[STYLE-3] of letters and paper, by two people at once, are both there', () => {
    const [ada, bo] = two('<p>some words</p>');
    ada.editor.commands.selectAll();
    ada.editor.commands.setTextColor('purple');
    bo.editor.commands.selectAll();
    bo.editor.commands.setHighlight({ color: 'pink' });
    exchange(ada, bo);
    for (const { editor } of [ada, bo]) {
      expect(editor.getHTML()).toContain('data-text-color="purple"');
      expect(editor.getHTML()).toContain('data-color="pink"');
    }
  });

  const tokens = readFileSync('app/tokens.css', 'utf8');
  const themes = {
    light: tokens.slice(0, tokens.indexOf('[data-theme="dark"]')),
    dark: tokens.slice(tokens.indexOf('[data-theme="dark"]')),
  };

  it.each(['light', 'dark'] as const)('[STYLE-2] read on each paper in the %s theme', (theme) => {
    const value = (name: string) => {
      const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(themes[theme])?.[1];
      if (found === undefined) throw new Error(`no --${name}`);
      return found;
    };
    const letters = [...PALETTE.map((name) => `color-${name}`), 'ink', 'ink-soft', 'accent'];
    const papers = [...PALETTE.map((name) => `paper-${name}`), 'paper', 'code'];
    const poor = letters.flatMap((letter) =>
      papers.filter((paper) => contrast(value(letter), value(paper)) < 4.5).map((paper) => `${letter} on ${paper}`),
    );
    expect(poor).toEqual([]);
  });

  it('[STYLE-2] each have their look', () => {
    const css = readFileSync('app/editor/text/color.css', 'utf8');
    for (const name of PALETTE) {
      for (const rule of [`[data-text-color="${name}"]`, `mark[data-color="${name}"]`, `[data-background="${name}"]`]) {
        expect(css).toContain(rule);
      }
    }
  });
});

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('alignment', () => {
  it('[STYLE-4] is of each selected paragraph and heading, by menu and by key', () => {
    const [ada, bo] = two('<h2>head</h2><p>one</p><ul><li><p>item</p></li></ul>');
    ada.editor.commands.selectAll();
    ada.editor.commands.setAlignment('center');
    expect(alignmentAt(ada.editor.state)).toBe('center');
    exchange(ada, bo);
    expect(bo.editor.getHTML().match(/data-align="center"/g)).toHaveLength(3);
    bo.after('one');
    expect(alignmentAt(bo.editor.state)).toBe('center');
    bo.press('l', { mod: true, shift: true });
    expect(alignmentAt(bo.editor.state)).toBe('left');
    exchange(ada, bo);
    expect(ada.editor.getHTML()).toContain('<p>one</p>');
    bo.editor.commands.undo();
    expect(alignmentAt(bo.editor.state)).toBe('center');
  });

  it('[STYLE-4] stays when a line is split', () => {
    const [ada] = two('<p data-align="right">one</p>');
    ada.after('one');
    ada.press('Enter');
    expect(alignmentAt(ada.editor.state)).toBe('right');
  });

  it('[STYLE-4] comes in from other pages', () => {
    const editor = editorOf(
      '<p style="text-align: center">a</p><h1 align="right">b</h1><p style="text-align: start">c</p>',
    );
    expect(editor.getHTML()).toBe('<p data-align="center">a</p><h1 data-align="right">b</h1><p>c</p>');
    editor.destroy();
  });

  it.each(HOSTILE)('[STYLE-5] called %j is none', (textAlign) => {
    const [ada, bo] = two('<p>one</p>');
    (bo.doc.getXmlFragment(CONTENT).get(0) as Y.XmlElement).setAttribute('textAlign', textAlign as never);
    exchange(ada, bo);
    expect(ada.editor.view.dom.querySelector('p')?.attributes).toHaveLength(0);
    expect(alignmentAt(ada.editor.state)).toBe('left');
  });
});
