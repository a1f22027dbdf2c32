import { Extension } from '@tiptap/core';
import type { Node, Schema } from '@tiptap/pm/model';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { safeUrl } from '../../convert/safe-url.ts';
import { closeUndoStep } from '../undo-step.ts';
import { embedOf } from './embed-sites.ts';
import { imageAddress } from './image-content.ts';
import { replaceTextblock } from './place-block.ts';

// The address of an image, or of a page that can be shown, pasted on an empty line: it becomes that.
// Invariant: it is put there as a link first, in a step of its own, so that undo gives the plain link back.

export const PastedAddress = Extension.create({
  name: 'pastedAddress',
  priority: 500, // before what looks at pasted text in general

  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey('pasted-address'),
      props: {
        handlePaste(view, event) {
          const address = event.clipboardData?.getData('text/plain').trim() ?? '';
          const { $from, empty } = view.state.selection;
          const onEmptyLine = empty && $from.parent.type.name === 'paragraph' && $from.parent.content.size === 0;
          const block = onEmptyLine && !/\s/.test(address) ? blockOf(address, view.state.schema) : undefined;
          const href = safeUrl(address, 'link');
          if (!block || href === undefined) return false;

          closeUndoStep(view.state);
          const link = view.state.schema.text(address, [view.state.schema.mark('link', { href })]);
          view.dispatch(view.state.tr.replaceSelectionWith(link, false));
          closeUndoStep(view.state);
          const { tr } = view.state;
          if (replaceTextblock(tr, tr.selection.from, block)) view.dispatch(tr);
          closeUndoStep(view.state);
          return true;
        },
      },
    }),
  ],
});

function blockOf(address: string, schema: Schema): Node | undefined {
  const src = imageAddress(address);
  if (src !== undefined) return schema.node('image', { src });
  const url = safeUrl(address, 'link');
  return url !== undefined && embedOf(url) ? schema.node('embed', { url }) : undefined;
}
