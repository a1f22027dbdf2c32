import { type Editor, Node } from '@tiptap/core';
import { safeUrl } from '../../convert/safe-url.ts';
import { closeUndoStep } from '../undo-step.ts';
import { embedOf } from './embed-sites.ts';
import { placeBlock } from './place-block.ts';

// Pages of other sites in a document: a card, and after a click, for the sites of the table, the page itself.
// Invariant: nothing is asked of another site before that click; the document holds the address that a person gave, and the frame's is made
// from it by `embedOf`.

export interface EmbedWords {
  /** On the button; `host` is who will be told that somebody is here. */
  show: (host: string) => string;
  /** Of a page that no frame can show. */
  open: string;
  /** Stands for an address that may not be opened. */
  refused: string;
}

/** Their own scripts in their own origin; they cannot steer this page, ask for downloads, or open anything but plain new pages. */
const SANDBOX = 'allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-presentation';

export function embed(words: () => { embed: EmbedWords }) {
  return Node.create({
    name: 'embed',
    group: 'block',
    atom: true,
    draggable: true,

    addAttributes: () => ({ url: { default: null } }),

    parseHTML: () => [
      { tag: 'div[data-type="embed"]', getAttrs: (element) => urlOf(element.querySelector('a')?.getAttribute('href')) },
      { tag: 'iframe[src]', getAttrs: (element) => framedUrl(element.getAttribute('src')) },
    ],

    renderHTML: ({ node }) => {
      const href = safeUrl(node.attrs.url, 'link');
      const link =
        href === undefined ? '' : ['a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, href];
      return ['div', { 'data-type': 'embed' }, link];
    },

    renderText: ({ node }) => safeUrl(node.attrs.url, 'link') ?? '',

    addNodeView() {
      return ({ node }) => {
        const dom = document.createElement('div');
        dom.className = 'embed';
        let url: unknown;
        const show = (next: unknown) => {
          url = next;
          dom.replaceChildren(cardOf(next, words().embed, dom));
        };
        show(node.attrs.url);
        return {
          dom,
          ignoreMutation: () => true,
          stopEvent: ({ target }) => target instanceof Element && target.closest('button, a, iframe') !== null,
          update: (next) => {
            if (next.type !== node.type) return false;
            if (next.attrs.url !== url) show(next.attrs.url);
            return true;
          },
        };
      };
    },

    addKeyboardShortcuts() {
      return {
        Enter: ({ editor }) => {
          const { selection } = editor.state;
          const dom = editor.isActive('embed') ? editor.view.nodeDOM(selection.from) : null;
          const button = dom instanceof HTMLElement ? dom.querySelector('button') : null;
          button?.click();
          return button !== null;
        },
      };
    },
  });
}

/** Puts the page at `url` into the text. */
export function insertEmbed(editor: Editor, url: string): void {
  const { tr, schema } = editor.state;
  if (!placeBlock(tr, schema.node('embed', { url }))) return;
  closeUndoStep(editor.state);
  editor.view.dispatch(tr);
}

function cardOf(address: unknown, words: EmbedWords, embed: HTMLElement): HTMLElement {
  const card = document.createElement('div');
  card.className = 'embed-card';
  const href = safeUrl(address, 'link');
  const found = href === undefined ? undefined : embedOf(href);
  embed.dataset.state = href === undefined ? 'refused' : 'card';
  if (href === undefined) {
    card.textContent = words.refused;
    return card;
  }
  const name = document.createElement('strong');
  name.textContent = found?.site.name ?? new URL(href).host;
  const link = document.createElement('a');
  link.href = href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  link.textContent = href.replace(/^https?:\/\//, '');
  link.ariaLabel = `${words.open}: ${href}`;
  card.append(name, link);
  if (found) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = words.show(new URL(found.frame).host);
    button.addEventListener('click', () => {
      embed.dataset.state = found.site.shape;
      embed.replaceChildren(frameOf(found.frame, `${found.site.name}: ${href}`));
    });
    card.append(button);
  }
  return card;
}

function frameOf(address: string, title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', SANDBOX);
  frame.allow = 'fullscreen; picture-in-picture; encrypted-media';
  frame.referrerPolicy = 'strict-origin'; // YouTube and Vimeo refuse to play for nobody; more than the origin is not told
  frame.loading = 'lazy';
  frame.title = title;
  frame.src = address;
  return frame;
}

function urlOf(address: string | null | undefined): { url: string } | false {
  const url = safeUrl(address, 'link');
  return url === undefined ? false : { url };
}

/** A frame in pasted HTML, when it is of a site in the table; any other is left out. */
function framedUrl(address: string | null): { url: string } | false {
  const url = address?.startsWith('//') ? `https:${address}` : address;
  return url && embedOf(url) ? urlOf(url) : false;
}
