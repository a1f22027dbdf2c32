import { mergeAttributes, Node } from '@tiptap/core';
import type { Node as ProseMirrorNode } from '@tiptap/pm/model';
import { TITLE_LENGTH } from '../../convert/kinds.ts';
import { cleanName, colorOf, ID_LENGTH } from '../../person/person.ts';
import { documentName } from '../../protocol/names.ts';

// A person or a document that the text speaks of.
// Invariant: its three attributes come from other people's machines. What is shown has been through `readMention`, and a link can only lead
// to a document of this server.

export type Mentioned = { kind: 'person'; id: string; label: string } | { kind: 'document'; id: string; label: string };

/** What a mention says, as far as it can be shown; undefined when it says nothing. */
export function readMention(attributes: Readonly<Record<string, unknown>>): Mentioned | undefined {
  const { kind, id, label } = attributes;
  if (typeof id !== 'string' || id === '') return undefined;
  if (kind === 'person') {
    const name = typeof label === 'string' ? cleanName(label) : '';
    return name === '' || id.length > ID_LENGTH ? undefined : { kind, id, label: name };
  }
  if (kind !== 'document' || !isDocumentName(id)) return undefined;
  return { kind, id, label: typeof label === 'string' ? oneLine(label) : '' };
}

export interface MentionSurroundings {
  /** The title of a document as it is now, when that is known: called again whenever it becomes known. */
  titleOf: (document: string, show: (title: string) => void) => (() => void) | undefined;
  /** Goes to a document; undefined: the link does. */
  open: ((document: string) => void) | undefined;
  words: () => { untitled: string };
}

/** Where there is nothing around the text: on a server, or in a converter. */
const ALONE: MentionSurroundings = {
  titleOf: () => undefined,
  open: undefined,
  words: () => ({ untitled: '…' }),
};

export const Mention = Node.create<MentionSurroundings>({
  name: 'mention',
  group: 'inline',
  inline: true,
  atom: true,
  selectable: false,
  draggable: false,

  addOptions: () => ALONE,

  addAttributes: () => ({
    kind: { default: null, rendered: false },
    id: { default: null, rendered: false },
    label: { default: null, rendered: false },
  }),

  parseHTML() {
    return [
      {
        tag: '[data-mention]',
        priority: 60, // before the link that it is written as
        getAttrs: (element) =>
          readMention({
            kind: element.getAttribute('data-mention'),
            id: element.getAttribute('data-id'),
            label: element.getAttribute('data-label') ?? element.textContent,
          }) ?? false,
      },
    ];
  },

  renderHTML({ node, HTMLAttributes }) {
    const mentioned = readMention(node.attrs);
    if (!mentioned) return ['span', { class: 'mention' }, textOf(node, this.options)];
    const { kind, id, label } = mentioned;
    const said = { class: 'mention', 'data-mention': kind, 'data-id': id, 'data-label': label };
    const link = kind === 'document' ? { href: pathOf(id) } : {};
    return [
      kind === 'document' ? 'a' : 'span',
      mergeAttributes(HTMLAttributes, said, link),
      textOf(node, this.options),
    ];
  },

  renderText({ node }) {
    return textOf(node, this.options);
  },

  addNodeView() {
    return ({ node }) => {
      const mentioned = readMention(node.attrs);
      const dom: HTMLElement = document.createElement(mentioned?.kind === 'document' ? 'a' : 'span');
      dom.className = 'mention';
      dom.contentEditable = 'false';
      dom.textContent = textOf(node, this.options);
      if (!mentioned) return { dom };
      dom.dataset.mention = mentioned.kind;
      if (mentioned.kind === 'person') {
        dom.style.setProperty('--person', colorOf(mentioned.id));
        return { dom };
      }
      const { id } = mentioned;
      dom.setAttribute('href', pathOf(id));
      dom.addEventListener('click', (event) => {
        const { open } = this.options;
        if (!open || event.metaKey || event.ctrlKey || event.shiftKey) return; // another tab or window: the browser's own
        event.preventDefault();
        open(id);
      });
      const forget = this.options.titleOf(id, (title) => {
        dom.textContent = oneLine(title) || this.options.words().untitled;
      });
      return { dom, ignoreMutation: () => true, destroy: () => forget?.() };
    };
  },

  addKeyboardShortcuts() {
    // The caret steps over a mention; deleting takes it as one letter, the same in every browser.
    const take = (side: 'nodeBefore' | 'nodeAfter') => () =>
      this.editor.commands.command(({ tr, state, dispatch }) => {
        const { $head, empty } = state.selection;
        const node = $head[side];
        if (!empty || node?.type !== this.type) return false;
        const from = side === 'nodeBefore' ? $head.pos - node.nodeSize : $head.pos;
        dispatch?.(tr.delete(from, from + node.nodeSize).scrollIntoView());
        return true;
      });
    return { Backspace: take('nodeBefore'), Delete: take('nodeAfter') };
  },
});

/** People whom the text mentions, each once. */
export function mentionedPeople(doc: ProseMirrorNode): Mentioned[] {
  const people = new Map<string, Mentioned>();
  doc.descendants((node) => {
    const mentioned = node.type.name === 'mention' ? readMention(node.attrs) : undefined;
    if (mentioned?.kind === 'person') people.set(mentioned.id, mentioned);
  });
  return [...people.values()];
}

function textOf(node: ProseMirrorNode, { words }: MentionSurroundings): string {
  const mentioned = readMention(node.attrs);
  if (!mentioned) return '@?';
  return mentioned.kind === 'person' ? `@${mentioned.label}` : mentioned.label || words().untitled;
}

function pathOf(document: string): string {
  return `/d/${encodeURIComponent(document)}`;
}

/** As a name, but of a title's length. */
function oneLine(text: string): string {
  return [...text.slice(0, 2 * TITLE_LENGTH).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')]
    .slice(0, TITLE_LENGTH)
    .join('')
    .trim();
}

function isDocumentName(name: string): boolean {
  try {
    documentName(name);
    return true;
  } catch {
    return false; // its only error says that it is none
  }
}
