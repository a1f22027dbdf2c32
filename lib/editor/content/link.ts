import Link from '@tiptap/extension-link';
import { safeUrl } from '../../convert/safe-url.ts';

// Links. Invariant: the shared document holds only the address; how a link opens is decided here, never by another person's attributes.

const OPENS = { target: '_blank', rel: 'noopener noreferrer nofollow' };

export const SafeLink = Link.extend({
  // Typing right after a link is not part of it.
  inclusive: () => false,

  addAttributes() {
    return { href: { default: null, parseHTML: (element) => element.getAttribute('href') } };
  },

  renderHTML({ HTMLAttributes }) {
    const href = safeUrl(HTMLAttributes.href, 'link');
    return href === undefined ? ['span', 0] : ['a', { href, ...OPENS }, 0];
  },
}).configure({
  openOnClick: false, // a click sets the caret; the link's menu opens it
  autolink: true,
  linkOnPaste: true,
  markdownLinks: true,
  defaultProtocol: 'https',
  isAllowedUri: (url) => safeUrl(url, 'link') !== undefined,
});
