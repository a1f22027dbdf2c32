import { InputRule, Node } from '@tiptap/core';
import { positionAround, rangeToWrap, unwrap } from '../containers.ts';

// A box that stands out: information, a tip, a warning, a danger.
// Invariant: whatever the document says, one of CALLOUT_KINDS is shown.

export const CALLOUT_KINDS = ['info', 'tip', 'warning', 'danger'] as const;

export type CalloutKind = (typeof CALLOUT_KINDS)[number];

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    callout: {
      /** Puts the selected blocks into a callout, or changes the kind of the one around them. */
      setCallout: (kind: CalloutKind) => ReturnType;
      /** Leaves the blocks of the callout where it stood. */
      unsetCallout: () => ReturnType;
    };
  }
}

/** The words of Markdown's alerts (`> [!NOTE]`), as GitHub and Obsidian have them, besides our own. */
const ALERTS: Readonly<Record<string, CalloutKind>> = {
  note: 'info',
  important: 'info',
  caution: 'danger',
  error: 'danger',
};

/** Linear: no part of it can match in two ways. */
const ALERT = /^\[!([a-z]{3,9})\]\s$/i;

/** The kind that an attribute names, whatever it holds. */
export function calloutKind(value: unknown): CalloutKind {
  return CALLOUT_KINDS.find((kind) => kind === value) ?? 'info';
}

/** The kind for the word of an alert; undefined for other words. */
export function alertKind(word: string): CalloutKind | undefined {
  const name = word.toLowerCase();
  return Object.hasOwn(ALERTS, name) ? ALERTS[name] : CALLOUT_KINDS.find((kind) => kind === name);
}

/** `words().callout` says to those who do not see it what kind it is. */
export function callout(words: () => { callout: Readonly<Record<CalloutKind, string>> }) {
  return Node.create({
    name: 'callout',
    group: 'block',
    content: 'block+',
    defining: true,

    addAttributes: () => ({
      kind: {
        default: 'info',
        parseHTML: (element) => calloutKind(element.dataset.callout),
        renderHTML: ({ kind }) => ({ 'data-callout': calloutKind(kind) }),
      },
    }),

    parseHTML: () => [{ tag: 'div[data-callout]' }],

    renderHTML: ({ HTMLAttributes }) => ['div', { class: 'callout', ...HTMLAttributes }, ['div', 0]],

    addNodeView: () => (made) => {
      const dom = document.createElement('div');
      const contentDOM = dom.appendChild(document.createElement('div'));
      dom.className = 'callout';
      dom.setAttribute('role', 'note');
      const show = (kind: CalloutKind) => {
        dom.dataset.callout = kind;
        dom.ariaLabel = words().callout[kind];
      };
      show(calloutKind(made.node.attrs.kind));
      return {
        dom,
        contentDOM,
        update: (node) => {
          if (node.type !== made.node.type) return false;
          show(calloutKind(node.attrs.kind));
          return true;
        },
      };
    },

    addCommands() {
      return {
        setCallout:
          (kind) =>
          ({ tr, commands, dispatch }) => {
            if (positionAround(tr.selection.$from, this.name) !== undefined) {
              return commands.updateAttributes(this.name, { kind });
            }
            const range = rangeToWrap(tr.selection);
            if (range && dispatch) tr.wrap(range, [{ type: this.type, attrs: { kind } }]).scrollIntoView();
            return range !== null;
          },
        unsetCallout:
          () =>
          ({ tr, dispatch }) => {
            const position = positionAround(tr.selection.$from, this.name);
            if (position !== undefined && dispatch) unwrap(tr, position, 1);
            return position !== undefined;
          },
      };
    },

    addInputRules() {
      return [
        new InputRule({
          find: ALERT,
          handler: ({ state, range, match, chain }) => {
            const kind = alertKind(match[1] ?? '');
            if (kind === undefined) return null;
            const { $from } = state.selection;
            const quote = $from.node(-1).type.name === 'blockquote' && $from.index(-1) === 0;
            if (quote) {
              state.tr.delete(range.from, range.to).setNodeMarkup($from.before(-1), this.type, { kind });
            } else {
              chain().deleteRange(range).setCallout(kind).run();
            }
            return undefined;
          },
        }),
      ];
    },
  });
}
