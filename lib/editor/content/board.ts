import { type CommandProps, Node } from '@tiptap/core';
import { boardAddress, isBoardName } from '../../convert/board-name.ts';
import { placeBlock } from './place-block.ts';

// A whiteboard in a text: a picture of it, which opens it.
// Invariant: the text holds the name of the board and nothing else; what is drawn on it lies beside the text, in the same document
// (lib/whiteboard).

export interface BoardWords {
  label: string;
  /** Shown while nothing is drawn on it. */
  empty: string;
  /** On the button. */
  open: string;
}

/** What the page does with the boards of a document. */
export interface Boards {
  /**
   * Calls `show` with the address of a picture of the board, now and whenever that changes, while `element` is near the window; undefined: nothing
   * is drawn on it. Returns what ends it.
   */
  follow: (board: string, element: HTMLElement, show: (picture: string | undefined) => void) => () => void;
  open: (board: string) => void;
  /** What is drawn on the board, as a text; undefined when it is longer than `most` UTF-16 units. */
  copy: (board: string, most: number) => string | undefined;
  /** Draws on the board, which nobody has yet, what was copied, perhaps by a stranger; false when that is no copy of a board. */
  paste: (board: string, copy: string) => boolean;
}

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    board: {
      /** Puts a new board into the text, and opens it. */
      insertBoard: () => ReturnType;
    };
  }
}

/** Without `boards` it is a card that opens nothing. */
export function boardBlock(words: () => { board: BoardWords }, boards: Boards | undefined) {
  return Node.create({
    name: 'board',
    group: 'block',
    atom: true,
    draggable: true,

    addAttributes: () => ({ name: { default: null } }),

    parseHTML: () => [{ tag: 'div[data-board]', getAttrs: (element) => nameOf(element.getAttribute('data-board')) }],

    renderHTML: ({ node }) => {
      const name: unknown = node.attrs.name;
      if (!isBoardName(name)) return ['div', { class: 'board-block' }];
      return [
        'div',
        { class: 'board-block', 'data-board': name },
        ['a', { href: boardAddress(name) }, words().board.label],
      ];
    },

    renderText: () => '',

    addNodeView() {
      return ({ node }) => {
        const name: unknown = node.attrs.name;
        const dom = document.createElement('div');
        dom.className = 'board-block';
        if (!isBoardName(name)) return { dom, ignoreMutation: () => true };
        const { button, show } = boardButton(words().board, () => boards?.open(name));
        dom.dataset.board = name;
        dom.append(button);
        const stop = boards?.follow(name, dom, show);
        return {
          dom,
          ignoreMutation: () => true,
          stopEvent: ({ type, target }) => type === 'click' || (type === 'keydown' && target === button),
          update: (next) => next.type === node.type && next.attrs.name === name,
          destroy: () => stop?.(),
        };
      };
    },

    addCommands() {
      return {
        insertBoard:
          () =>
          ({ tr, dispatch }: CommandProps) => {
            const name = newBoardName();
            if (!placeBlock(tr, this.type.create({ name }))) return false;
            if (dispatch) queueMicrotask(() => boards?.open(name)); // once the text has it
            return true;
          },
      };
    },

    addKeyboardShortcuts() {
      return {
        Enter: ({ editor }) => {
          const { selection } = editor.state;
          const dom = editor.isActive('board') ? editor.view.nodeDOM(selection.from) : null;
          const button = dom instanceof HTMLElement ? dom.querySelector('button') : null;
          button?.click();
          return button !== null;
        },
      };
    },
  });
}

function boardButton(words: BoardWords, open: () => void) {
  const button = document.createElement('button');
  const image = document.createElement('img');
  const hint = document.createElement('span');
  button.type = 'button';
  button.className = 'board-open';
  button.ariaLabel = words.open;
  button.addEventListener('click', open);
  image.alt = words.label;
  image.draggable = false; // the block is what is dragged
  hint.className = 'board-hint';
  button.append(image, hint);
  const show = (picture: string | undefined) => {
    button.dataset.state = picture ? 'drawn' : 'empty';
    hint.textContent = picture ? words.open : words.empty;
    if (picture) image.src = picture;
    else image.removeAttribute('src');
  };
  show(undefined);
  return { button, show };
}

function nameOf(value: string | null): { name: string } | false {
  return isBoardName(value) ? { name: value } : false;
}

/** 72 bits: boards of one document, made by several people at once, are not called the same. */
export function newBoardName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_');
}
