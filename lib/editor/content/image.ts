import { type Editor, nodeInputRule } from '@tiptap/core';
import Image from '@tiptap/extension-image';
import type { EditorState } from '@tiptap/pm/state';
import { safeUrl } from '../../convert/safe-url.ts';
import { IMAGE_WIDTH, type ImageContent, readImage, withHost, withinColumn, withinServer } from './image-content.ts';
import { type ImageWords, imageView, measuredWidth } from './image-view.ts';
import { selectedNode } from './place-block.ts';

// Images by address: an image, its width and place in the column, its caption.
// Invariant: only an address that `safeUrl` allows for images is ever loaded, and the site that has it is not told from where. A caption is an
// attribute: two who change it at once do not merge it, but an image stays one thing, which no key splits or joins.

/** `![alt](https://...)` at the end of what was typed. Linear: no part of it can match in two ways. */
const MARKDOWN_IMAGE = /(?:^|\s)(!\[([^\]]*)\]\((https?:\/\/[^\s)]+)\))$/;

/** The image that is selected. */
export function selectedImage({ selection }: EditorState): ImageContent | undefined {
  const found = selectedNode(selection, ['image']);
  return found && readImage(found.node.attrs);
}

/** Changes the selected image, which stays selected. */
export function changeImage(
  editor: Editor,
  changes: { [Name in keyof ImageContent]?: ImageContent[Name] | null },
): void {
  if (!selectedImage(editor.state)) return;
  const { tr } = editor.state;
  for (const [name, value] of Object.entries(changes)) tr.setNodeAttribute(tr.selection.from, name, value);
  editor.view.dispatch(tr);
}

export function safeImage(words: () => { image: ImageWords }) {
  return Image.extend({
    addAttributes() {
      const absent = { default: null };
      return { src: absent, alt: absent, caption: absent, width: absent, align: absent };
    },

    parseHTML() {
      return [
        { tag: 'figure', getAttrs: attributesOfFigure },
        { tag: 'img[src]', getAttrs: (element) => attributesOf(element) ?? false },
      ];
    },

    renderHTML({ node }) {
      const { src, alt, caption, width, align } = readImage(node.attrs);
      if (src === undefined) return ['div', { class: 'image-refused' }];
      const size = width === undefined ? {} : { width: `${width}%` };
      const looks = { loading: 'lazy', decoding: 'async', referrerpolicy: 'no-referrer' };
      const img = ['img', { src: withHost(src), alt, ...size, ...looks }] as const;
      if (caption === '' && align === 'left') return img;
      const picture = ['figure', { 'data-align': align }, img] as const;
      return caption === '' ? picture : [...picture, ['figcaption', caption]];
    },

    addNodeView() {
      return imageView(words);
    },

    addKeyboardShortcuts() {
      const resize = (change: number) => () => {
        const image = this.editor.isEditable ? selectedImage(this.editor.state) : undefined;
        if (image) changeImage(this.editor, { width: withinColumn(measuredWidth(this.editor, image) + change) });
        return image !== undefined;
      };
      return { 'Alt-ArrowRight': resize(IMAGE_WIDTH.step), 'Alt-ArrowLeft': resize(-IMAGE_WIDTH.step) };
    },

    addInputRules() {
      return [
        nodeInputRule({
          find: MARKDOWN_IMAGE,
          type: this.type,
          getAttributes: ([, , alt, src]) => ({ src, alt }),
        }),
      ];
    },
  });
}

function attributesOf(image: Element): Record<string, unknown> | undefined {
  const src = safeUrl(withinServer(image.getAttribute('src') ?? ''), 'image');
  if (src === undefined) return undefined;
  const percent = /^(\d{1,3})%$/.exec(image.getAttribute('width') ?? '')?.[1];
  return { src, alt: image.getAttribute('alt'), width: percent === undefined ? null : withinColumn(Number(percent)) };
}

/** A figure of one image; any other is read as what is in it. */
function attributesOfFigure(figure: Element): Record<string, unknown> | false {
  const [image, ...others] = figure.querySelectorAll('img');
  if (!image || others.length > 0 || figure.querySelector('table, pre, figure')) return false;
  const attributes = attributesOf(image);
  if (!attributes) return false;
  const caption = figure.querySelector('figcaption')?.textContent?.replace(/\s+/g, ' ').trim();
  return { ...attributes, caption: caption || null, align: figure.getAttribute('data-align') };
}
