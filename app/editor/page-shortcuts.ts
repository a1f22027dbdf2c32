import { Extension, InputRule } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { safeUrl } from '../../lib/convert/safe-url.ts';
import { isMath, selectedMath } from '../../lib/editor/content/math.ts';
import { boundKeys } from './bound-keys.ts';
import type { Panel } from './commands.ts';
import { SHORTCUTS } from './shortcuts.ts';

/** Keys and clicks in the text that act on the page around it. */
export function pageShortcuts({ open, blockMenu }: { open: (panel: Panel) => void; blockMenu: () => void }) {
  return Extension.create({
    name: 'pageShortcuts',
    priority: 1_000, // Enter at a selected formula, before it means a new paragraph

    addKeyboardShortcuts: () => ({
      ...boundKeys(),
      [SHORTCUTS['toolbar.link'].keys]: () => {
        open('link');
        return true;
      },
      // The bar at the block with the caret; Escape leads back.
      [SHORTCUTS['shortcuts.blockBar'].keys]: () => {
        const bar = document.querySelector<HTMLElement>('[data-floating] [role="toolbar"] :is(button, a)');
        bar?.focus();
        return bar !== null;
      },
      [SHORTCUTS['shortcuts.toolbar'].keys]: () => {
        // The nearest: the bar at a selection, then the one at the caret's block, then the one at the top.
        const bar = ['[data-bubble]', '[data-floating] [role="toolbar"]', '[role="toolbar"]']
          .map((selector) => document.querySelector(selector))
          .find((found) => found !== null);
        bar?.querySelector<HTMLElement>('a, button:not(:disabled)')?.focus();
        return true;
      },
      [SHORTCUTS['toolbar.block'].keys]: () => {
        blockMenu();
        return true;
      },
      Enter: ({ editor }) => {
        const formula = selectedMath(editor.state.selection);
        if (formula) open(formula.kind);
        return formula !== undefined;
      },
    }),

    addInputRules: () => [
      new InputRule({
        find: /^\$\$\s$/,
        handler: ({ state, range }) => {
          state.tr.delete(range.from, range.to);
          open('blockMath');
        },
      }),
    ],

    addProseMirrorPlugins: () => [
      new Plugin({
        key: new PluginKey('page-clicks'),
        props: {
          handleDOMEvents: {
            click: (_view, event) => {
              const link = event.target instanceof Element ? event.target.closest('a') : null;
              const href = event.ctrlKey || event.metaKey ? safeUrl(link?.getAttribute('href'), 'link') : undefined;
              if (href === undefined) return false;
              event.preventDefault(); // some browsers would open it as well
              window.open(href, '_blank', 'noopener,noreferrer');
              return true;
            },
          },
          handleClickOn: (view, _position, { type }, _at, event) => {
            // The click has selected it.
            if (view.editable && event.button === 0 && isMath(type.name)) open(type.name);
            return false;
          },
        },
      }),
    ],
  });
}
