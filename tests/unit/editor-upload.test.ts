// @vitest-environment happy-dom

import type { Editor } from '@tiptap/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readImage, withHosts } from '../../lib/editor/content/image-content.ts';
import { pendingUploads, type UploadSurroundings, uploadFiles, uploads } from '../../lib/editor/uploads.ts';
import { paste } from '../support/typed.ts';
import { closeWriters, exchange, two, type Writer } from '../support/writers.ts';

// Pictures on their way to the server, which here answers when it is told to.

interface Sending {
  readonly file: File;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
  resolve(value: { address: string }): void;
  reject(error: unknown): void;
}

let sent: Sending[];
let retries: (() => void)[];
let why: string | undefined;

beforeEach(() => {
  sent = [];
  retries = [];
  why = 'No connection.';
});
afterEach(closeWriters);

const surroundings: UploadSurroundings = {
  send: (file, options) =>
    new Promise((resolve, reject) => {
      sent.push({ file, ...options, resolve, reject });
    }),
  failed: (_file, _error, retry) => {
    retries.push(retry);
    return why;
  },
  words: () => ({ uploading: (name) => `Uploading ${name}`, cancel: 'Cancel', retry: 'Again', remove: 'Remove' }),
};

function withUploads(editor: Editor): void {
  const { addProseMirrorPlugins } = uploads(surroundings).config;
  for (const plugin of addProseMirrorPlugins?.call({} as never) ?? [])
    editor.registerPlugin(plugin, (added, others) => [added, ...others]);
}

/** Two people with `text`, of whom the first can upload. */
function pair(text: string): [Writer, Writer] {
  const [ada, bo] = two(text);
  withUploads(ada.editor);
  return [ada, bo];
}

const file = (name: string) => new File(['x'], name, { type: 'image/png' });
const address = (digit: string) => `/api/uploads/${digit.repeat(64)}`;
const settle = () => new Promise((resolve) => setImmediate(resolve));
const placeholders = ({ editor }: Writer) => [...editor.view.dom.querySelectorAll<HTMLElement>('.upload')];
const buttons = (placeholder: HTMLElement | undefined) =>
  [...(placeholder?.querySelectorAll('button') ?? [])].filter(({ hidden }) => !hidden);
/** Blocks by their words, images by the digit of their address. */
const shape = ({ editor }: Writer) =>
  editor.state.doc.content.content.map((node) =>
    node.type.name === 'image' ? `[${String(node.attrs.src).at(-1)}]` : node.textContent,
  );

async function arrive(index: number, digit: string): Promise<void> {
  sent[index]?.resolve({ address: address(digit) });
  await settle();
}

describe('a picture that is pasted', () => {
  it('[IMAGE-7] is sent, and comes into the document when the server has it; until then nobody else sees anything of it', async () => {
    const [ada, bo] = pair('<p>above</p><p>below</p>');
    ada.editor.commands.setTextSelection(6);
    const before = ada.unsent;
    paste(ada.editor, { files: [file('A cat.png')] });
    expect(placeholders(ada).map((one) => one.textContent)).toEqual([expect.stringContaining('Uploading A cat.png')]);
    sent[0]?.onProgress(0.5);
    expect(placeholders(ada)[0]?.querySelector('progress')?.value).toBe(0.5);
    expect(ada.unsent).toBe(before);
    await arrive(0, '1');
    expect(placeholders(ada)).toEqual([]);
    exchange(ada, bo);
    for (const writer of [ada, bo]) expect(shape(writer)).toEqual(['above', '[1]', 'below']);
    expect(readImage(bo.editor.state.doc.child(1).attrs)).toMatchObject({ src: address('1'), alt: 'A cat' });
  });

  it('[IMAGE-7] takes the place of an empty paragraph, and leaves one to write on', async () => {
    const [ada] = pair('<p></p>');
    paste(ada.editor, { files: [file('IMG_2034.png')] });
    await arrive(0, '1');
    expect(shape(ada)).toEqual(['[1]', '']);
    expect(ada.editor.state.selection.$from.parent.type.name).toBe('paragraph');
    expect(ada.editor.state.doc.child(0).attrs.alt).toBe(''); // what a camera calls it says nothing
  });

  it('[IMAGE-7] several keep their order, whichever is there first', async () => {
    const [ada] = pair('<p>above</p><p></p>');
    ada.editor.commands.setTextSelection(8);
    paste(ada.editor, { files: [file('a.png'), file('b.png'), file('c.png')] });
    await arrive(1, '2');
    await arrive(2, '3');
    await arrive(0, '1');
    expect(shape(ada)).toEqual(['above', '[1]', '[2]', '[3]', '']);
  });

  it('[IMAGE-7] text beside it is pasted as text; an image that is somewhere on the web is uploaded all the same', async () => {
    const [ada] = pair('<p></p>');
    paste(ada.editor, { files: [file('a.png')], html: '<table><tr><td>1</td></tr></table>' });
    expect(sent).toHaveLength(0);
    paste(ada.editor, { files: [file('a.png')], html: '<img src="https://example.org/a.png">' });
    expect(sent).toHaveLength(1);
    paste(ada.editor, { files: [file('a.png')], html: `<img src="${address('9')}">` });
    expect(sent).toHaveLength(1); // it is there already
    expect(shape(ada)).toContain('[9]');
  });
});

describe('while it is on its way', () => {
  it('[IMAGE-8] its place moves with what is written, and stays when what was around it is deleted', async () => {
    const [ada, bo] = pair('<p>one</p><p>two</p><p>three</p>');
    uploadFiles(ada.editor.view, [file('a.png')], 8);
    uploadFiles(ada.editor.view, [file('b.png')], 8);
    bo.write(1, 'Zero and ');
    exchange(ada, bo);
    await arrive(0, '1');
    expect(shape(ada)).toEqual(['Zero and one', 'two', '[1]', 'three']);
    exchange(ada, bo);
    bo.editor.commands.setContent('<p>all new</p>');
    exchange(ada, bo);
    await arrive(1, '2');
    exchange(ada, bo);
    for (const writer of [ada, bo])
      expect(shape(writer).toSorted()).toEqual(
        ['[2]', 'all new', ...shape(writer).filter((words) => words === '')].toSorted(),
      );
  });

  it('[IMAGE-8] undo takes the picture back and nothing else, and the placeholder is no step of its own', async () => {
    const [ada] = pair('<p>above</p>');
    ada.write(6, '!');
    uploadFiles(ada.editor.view, [file('a.png')]);
    await arrive(0, '1');
    expect(shape(ada)).toEqual(['above!', '[1]', '']);
    ada.editor.commands.undo();
    expect(shape(ada)).toEqual(['above!']);
  });

  it('[IMAGE-8] it can be cancelled, and ends with the editor', async () => {
    const [ada] = pair('<p>above</p>');
    uploadFiles(ada.editor.view, [file('a.png'), file('b.png')]);
    const [cancel] = buttons(placeholders(ada)[0]);
    cancel?.focus();
    cancel?.click();
    expect(document.activeElement).toBe(ada.editor.view.dom); // one writes on
    expect(sent.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(placeholders(ada)).toHaveLength(1);
    ada.editor.destroy();
    expect(sent.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    await arrive(1, '2');
  });

  it('[IMAGE-8] nothing is put into a document that may no longer be changed', async () => {
    const [ada] = pair('<p>above</p>');
    uploadFiles(ada.editor.view, [file('a.png')]);
    ada.editor.setEditable(false);
    await arrive(0, '1');
    expect(shape(ada)).toEqual(['above']);
    expect(pendingUploads(ada.editor.view)).toBe(0);
    expect(uploadFiles(ada.editor.view, [file('b.png')])).toBe(false);
  });
});

describe('a tab that is closed', () => {
  it('[IMAGE-12] is asked about as long as a picture is on its way, or waits to be tried again', async () => {
    const isAsked = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    const [ada] = pair('<p>above</p>');
    expect(isAsked()).toBe(false);
    uploadFiles(ada.editor.view, [file('a.png'), file('b.png')]);
    expect(isAsked()).toBe(true);
    await arrive(0, '1');
    sent[1]?.reject(new Error('gone'));
    await settle();
    expect(isAsked()).toBe(true);
    buttons(placeholders(ada)[0])[1]?.click();
    expect(isAsked()).toBe(false);
    uploadFiles(ada.editor.view, [file('c.png')]);
    ada.editor.destroy();
    expect(isAsked()).toBe(false);
  });
});

describe('a picture that was not sent', () => {
  it('[IMAGE-9] stays as a placeholder that says why, and is tried again there, or from the notice', async () => {
    const [ada] = pair('<p>above</p><p>below</p>');
    uploadFiles(ada.editor.view, [file('a.png')], 1);
    sent[0]?.reject(new Error('gone'));
    await settle();
    expect(placeholders(ada)[0]?.dataset.state).toBe('failed');
    expect(placeholders(ada)[0]?.textContent).toContain('No connection.');
    expect(buttons(placeholders(ada)[0]).map(({ textContent }) => textContent)).toEqual(['Again', 'Remove']);
    const [again] = buttons(placeholders(ada)[0]);
    again?.focus();
    again?.click();
    expect(document.activeElement?.textContent).toBe('Cancel');
    expect(placeholders(ada)[0]?.dataset.state).toBe('sending');
    sent[1]?.reject(new Error('gone'));
    await settle();
    retries[1]?.();
    await arrive(2, '1');
    expect(document.activeElement).toBe(ada.editor.view.dom);
    expect(shape(ada)).toEqual(['above', '[1]', 'below']);
    retries[1]?.(); // of a notice that is still there
    expect(sent).toHaveLength(3);
  });

  it('[IMAGE-9] goes when there is no use in trying again', async () => {
    const [ada] = pair('<p>above</p>');
    why = undefined;
    uploadFiles(ada.editor.view, [file('a.pdf')]);
    sent[0]?.reject(new Error('no picture'));
    await settle();
    expect(placeholders(ada)).toEqual([]);
    expect(shape(ada)).toEqual(['above']);
  });
});

describe('its address', () => {
  it('[IMAGE-10] is relative in the document, whatever page it is pasted from, and names the host in what leaves the page', () => {
    vi.stubGlobal('location', new URL('https://docs.example.org/d/plans'));
    try {
      const [ada] = pair('<p></p>');
      paste(ada.editor, { html: `<img src="https://docs.example.org${address('1')}">` });
      expect(shape(ada)).toContain('[1]');
      expect(ada.editor.state.doc.child(0).attrs.src).toBe(address('1'));
      expect(ada.editor.getHTML()).toContain(`src="https://docs.example.org${address('1')}"`);
      expect(JSON.stringify(withHosts(ada.editor.getJSON() as never))).toContain(
        `https://docs.example.org${address('1')}`,
      );
      const [bo] = pair('<p></p>');
      paste(bo.editor, { text: `https://docs.example.org${address('2')}` });
      expect(bo.editor.state.doc.child(0).attrs.src).toBe(address('2'));
      const [cem] = pair('<p></p>');
      paste(cem.editor, { text: `https://elsewhere.example${address('3')}` }); // a link like any other
      expect(cem.editor.getHTML()).toContain('<a ');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it.each([
    '/api/documents/x',
    '//evil.example/a.png',
    `${address('1')}/../../x`,
    `/api/uploads/${'g'.repeat(64)}`,
    '',
  ])('[IMAGE-10] any other relative address is not loaded: %j', (src) => {
    expect(readImage({ src }).src).toBeUndefined();
  });
});
