import { Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';

/**
 * Files that are pasted or dropped on the text. Nothing can take them: a person is told, and the browser does not leave the page for them.
 * What comes along as HTML, such as an image copied from a page, is pasted as that.
 */
export function droppedFiles({ refused }: { refused: () => void }) {
  const refuse = (data: DataTransfer | null, pasted: number) => {
    if (pasted > 0 || !data || data.files.length === 0) return false;
    refused();
    return true;
  };
  return Extension.create({
    name: 'droppedFiles',
    priority: 1_000,
    addProseMirrorPlugins: () => [
      new Plugin({
        key: new PluginKey('dropped-files'),
        props: {
          handlePaste: (_view, event, slice) => refuse(event.clipboardData, slice.size),
          handleDrop: (_view, event, slice) => refuse(event.dataTransfer, slice.size),
        },
      }),
    ],
  });
}
