// @vitest-environment happy-dom

import type { Editor } from '@tiptap/core';
import { NodeSelection } from '@tiptap/pm/state';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { changeImage, selectedImage } from '../../lib/editor/content/image.ts';
import { IMAGE_TEXT_LENGTH, readImage } from '../../lib/editor/content/image-content.ts';
import { editorOf as openEditor } from '../support/editor.ts';
import { press } from '../support/typed.ts';
import { closeWriters, exchange, two } from '../support/writers.ts';

const editors: Editor[] = [];

afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
  closeWriters();
});

function editorOf(content: unknown = ''): Editor {
  const editor = openEditor(content);
  editors.push(editor);
  return editor;
}

const SRC = 'https://example.org/a.png';
const image = (attrs: unknown) => ({ type: 'doc', content: [{ type: 'image', attrs }] });
const select = (editor: Editor) =>
  editor.view.dispatch(editor.state.tr.setSelection(NodeSelection.create(editor.state.doc, 0)));

describe('an image', () => {
  it('[IMAGE-1] without attributes is one of its own size at the left', () => {
    expect(readImage({ src: SRC })).toEqual({ src: SRC, alt: '', caption: '', width: undefined, align: 'left' });
  });

  it.each([
    [{ width: 1e9 }, { width: 100 }],
    [{ width: -5 }, { width: 10 }],
    [{ width: Number.NaN }, { width: undefined }],
    [{ width: '50%;position:fixed' }, { width: undefined }],
    [{ align: 'fixed"onload="x' }, { align: 'left' }],
    [{ align: ['center'] }, { align: 'left' }],
    [{ alt: { toString: 1 } }, { alt: '' }],
    [{ caption: 'x'.repeat(100_000) }, { caption: 'x'.repeat(IMAGE_TEXT_LENGTH) }],
    [{ src: 'data:text/html,x' }, { src: undefined }],
    [{ src: 'javascript:alert(1)' }, { src: undefined }],
  ])('[IMAGE-2] of hostile attributes %j shows what can be shown', (attrs, shown) => {
    expect(readImage({ src: SRC, ...attrs })).toMatchObject(shown);
    const editor = editorOf(image({ src: SRC, ...attrs }));
    expect(editor.view.dom.innerHTML + editor.getHTML()).not.toMatch(/javascript:|data:text|position|onload/);
  });

  it('[IMAGE-3] says in its place that it is not loaded, or could not be', () => {
    const refused = editorOf(image({ src: 'file:///a.png', alt: 'A cat' })).view.dom;
    expect(refused.querySelector('img')?.hasAttribute('src')).toBe(false);
    expect(refused.querySelector('.image')?.getAttribute('data-state')).toBe('absent');
    expect(refused.textContent).toContain('Not allowed. A cat');

    const broken = editorOf(image({ src: SRC })).view.dom;
    broken.querySelector('img')?.dispatchEvent(new Event('error'));
    expect(broken.textContent).toContain('Nothing from example.org.');
    broken.querySelector('img')?.dispatchEvent(new Event('load'));
    expect(broken.textContent).not.toContain('Nothing from');
  });

  it('[IMAGE-4] goes through HTML with width, place and caption', () => {
    const attrs = { src: SRC, alt: 'A cat', caption: 'Ours', width: 50, align: 'center' };
    expect(editorOf(editorOf(image(attrs)).getHTML()).state.doc.firstChild?.attrs).toEqual(attrs);
    expect(editorOf(image({ src: SRC })).getHTML()).not.toContain('figure');
    expect(editorOf(image(attrs)).getHTML()).not.toContain('style=');
  });

  it('[IMAGE-4] a figure of the web is an image with a caption; one of several images, or of a table, is not one', () => {
    const figure = editorOf(
      `<figure><a href="#"><img src="${SRC}"></a><figcaption> By <b>me</b> </figcaption></figure>`,
    );
    expect(figure.state.doc.firstChild?.attrs).toMatchObject({ src: SRC, caption: 'By me' });
    const gallery = editorOf(`<figure><img src="${SRC}"><img src="${SRC}?2"></figure>`);
    expect(gallery.getHTML().match(/<img/g)).toHaveLength(2);
    expect(editorOf('<figure><table><tr><td>x</td></tr></table></figure>').getHTML()).toContain('<table');
  });

  it('[IMAGE-5] is resized with Alt and the arrow keys, within its bounds, and stays selected', () => {
    const editor = editorOf(image({ src: SRC, width: 95 }));
    select(editor);
    for (const width of [100, 100]) {
      expect(press(editor, 'ArrowRight', { altKey: true })).toBe(true);
      expect(selectedImage(editor.state)?.width).toBe(width);
    }
    for (let presses = 0; presses < 30; presses++) press(editor, 'ArrowLeft', { altKey: true });
    expect(selectedImage(editor.state)?.width).toBe(10);
    expect(editor.view.dom.querySelector<HTMLElement>('.image-frame')?.style.width).toBe('10%');
  });

  it('[IMAGE-5] a handle that is dragged writes once', () => {
    const [ada, bo] = two(`<img src="${SRC}"><p>x</p>`);
    const figure = ada.editor.view.dom.querySelector<HTMLElement>('.image');
    const grip = figure?.querySelector<HTMLElement>('.image-handle[data-side="right"]');
    const frame = figure?.querySelector<HTMLElement>('.image-frame');
    if (!figure || !grip || !frame) throw new Error('no image');
    vi.spyOn(figure, 'getBoundingClientRect').mockReturnValue({ width: 800 } as DOMRect);
    vi.spyOn(frame, 'getBoundingClientRect').mockReturnValue({ width: 400 } as DOMRect);
    grip.setPointerCapture = () => undefined;
    const point = (type: string, clientX: number) =>
      grip.dispatchEvent(new PointerEvent(type, { clientX, button: 0, bubbles: true }));
    const before = ada.unsent;
    point('pointerdown', 400);
    point('pointermove', 500);
    point('pointermove', 600);
    expect(frame.style.width).toBe('75%');
    expect(ada.unsent).toBe(before);
    point('pointerup', 600);
    expect(ada.unsent).toBe(before + 1);
    expect(selectedImage(ada.editor.state)?.width).toBe(75);
    exchange(ada, bo);
    expect(bo.editor.state.doc.firstChild?.attrs.width).toBe(75);
  });

  it('[IMAGE-6] two who change different things of one image both have their way', () => {
    const [ada, bo] = two(`<img src="${SRC}"><p>x</p>`);
    select(ada.editor);
    select(bo.editor);
    changeImage(ada.editor, { width: 50 });
    changeImage(bo.editor, { caption: 'Ours', align: 'center' });
    exchange(ada, bo);
    for (const { editor } of [ada, bo]) {
      expect(readImage(editor.state.doc.firstChild?.attrs ?? {})).toMatchObject({
        width: 50,
        caption: 'Ours',
        align: 'center',
      });
      expect(selectedImage(editor.state)?.src).toBe(SRC); // and it stays selected
    }
  });
});
