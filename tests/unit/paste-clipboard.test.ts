// @vitest-environment happy-dom

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { NodeJson } from '../../lib/convert/document-json.ts';
import { writeMarkdown } from '../../lib/convert/markdown/write-markdown.ts';
import { cleanHtml } from '../../lib/editor/paste/clean-html.ts';
import { editorOf } from '../support/editor.ts';

// What other programs put on the clipboard, and what becomes of it. The expected document lies beside each as Markdown; `ACCEPT=1` writes it anew.

const FOLDER = 'tests/fixtures/clipboard';
const fixtures = readdirSync(FOLDER).filter((name) => name.endsWith('.html'));

function pasted(html: string): NodeJson {
  const editor = editorOf('');
  editor.view.pasteHTML(html);
  editor.state.doc.check();
  const json = editor.getJSON() as NodeJson;
  editor.destroy();
  return json;
}

it.each(fixtures)('[PASTE-1] %s keeps its structure and loses its looks', (name) => {
  const path = join(FOLDER, name.replace(/html$/, 'md'));
  const markdown = `${writeMarkdown(pasted(readFileSync(join(FOLDER, name), 'utf8')))}\n`;
  if (process.env.ACCEPT === '1' || !existsSync(path)) writeFileSync(path, markdown);
  expect(markdown).toBe(readFileSync(path, 'utf8'));
});

it.each(fixtures)('[PASTE-2] of %s nothing is left that runs, loads or styles', (name) => {
  const html = cleanHtml(readFileSync(join(FOLDER, name), 'utf8'));
  expect(html).not.toMatch(
    /\sstyle=|\son\w+=|<script|<style|<iframe|<svg|<link|<meta|javascript:|data:|file:|tracker|evil\.example/i,
  );
  expect(cleanHtml(html)).toBe(html);
});
