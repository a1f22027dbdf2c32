import { Extension } from '@tiptap/core';
import { positionAround, rangeToWrap, unwrap } from '../containers.ts';

// Quotes. TipTap makes them around paragraphs only: in a list its button would do nothing.

const QUOTE = 'blockquote';

export const Quotes = Extension.create({
  name: 'quotes',
  priority: 50, // in place of the node's own command

  addCommands: () => ({
    toggleBlockquote:
      () =>
      ({ commands, state, tr }) => {
        const { $from, $to } = state.selection;
        const position = positionAround($from, QUOTE);
        if (position !== undefined) {
          // Of several lines of a quote the selected ones leave it; from a list in it, the list is not what is to be left.
          if ($from.blockRange($to)?.parent.type.name === QUOTE) return commands.toggleWrap(QUOTE);
          unwrap(tr, position, 1);
          return true;
        }
        const range = rangeToWrap(state.selection);
        const type = state.schema.nodes[QUOTE];
        if (range && type) tr.wrap(range, [{ type }]);
        return range !== null;
      },
  }),
});
