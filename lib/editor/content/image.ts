import { nodeInputRule } from '@tiptap/core';
import Image from '@tiptap/extension-image';
import { safeUrl } from './safe-url.ts';

// Images by address. Invariant: only an address that `safeUrl` allows for images is ever loaded, and the site that has it is not told from where.

/** `![alt](https://...)` at the end of what was typed. Linear: no part of it can match in two ways. */
const MARKDOWN_IMAGE = /(?:^|\s)(!\[([^\]]*)\]\((https?:\/\/[^\s)]+)\))$/;

export const SafeImage = Image.extend({
  addAttributes() {
    return { src: { default: null }, alt: { default: null } };
  },

  parseHTML() {
    return [
      {
        tag: 'img[src]',
        getAttrs: (element) => (safeUrl(element.getAttribute('src'), 'image') === undefined ? false : null),
      },
    ];
  },

  renderHTML({ HTMLAttributes }) {
    const src = safeUrl(HTMLAttributes.src, 'image');
    const alt = typeof HTMLAttributes.alt === 'string' ? HTMLAttributes.alt : '';
    if (src === undefined) return ['div', { class: 'image-refused' }];
    return ['img', { src, alt, loading: 'lazy', decoding: 'async', referrerpolicy: 'no-referrer' }];
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
