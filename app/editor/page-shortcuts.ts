import { Extension } from '@tiptap/react';

/** Shortcuts of the text that act on the page around it. */
export function pageShortcuts(actions: { link: () => void }) {
  return Extension.create({
    name: 'pageShortcuts',
    addKeyboardShortcuts: () => ({
      'Mod-k': () => {
        actions.link();
        return true;
      },
      'Alt-F10': () => {
        document.querySelector<HTMLElement>('[role="toolbar"] button:not(:disabled)')?.focus();
        return true;
      },
    }),
  });
}
