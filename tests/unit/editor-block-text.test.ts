import { ySyncPluginKey } from '@tiptap/y-tiptap';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { newDocument } from '../../lib/convert/new-document.ts';
import { giveTexts } from '../../lib/editor/block-text.ts';

// Two people who begin an empty paragraph must find one text in it (lib/editor/block-text.ts).

const isTextBlock = (name: string) => name === 'paragraph';

function element(name: string, ...children: Y.XmlElement[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  made.insert(0, children);
  return made;
}

/** The node names below a type, texts as `#`. */
function shape(type: Y.XmlFragment): string {
  return type
    .toArray()
    .map((child) => (child instanceof Y.XmlElement ? `${child.nodeName}(${shape(child)})` : '#'))
    .join(' ');
}

function docWithBinding(): {
  doc: Y.Doc;
  content: Y.XmlFragment;
  edit: (change: () => void) => void;
  stop: () => void;
} {
  const doc = new Y.Doc();
  const stop = giveTexts(doc, isTextBlock);
  return { doc, content: doc.getXmlFragment('content'), edit: (change) => doc.transact(change, ySyncPluginKey), stop };
}

test('[EDITOR-T1] a new document has a paragraph with one text in it', () => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, newDocument({ title: '' }));
  expect(shape(doc.getXmlFragment('content'))).toBe('paragraph(#)');
});

test('[EDITOR-T2] an empty text block made by the binding gets one text, at any depth, and nothing else does', () => {
  const { content, edit } = docWithBinding();
  edit(() =>
    content.insert(0, [element('list', element('item', element('paragraph')), element('item')), element('rule')]),
  );
  expect(shape(content)).toBe('list(item(paragraph(#)) item()) rule()');
  edit(() => content.insert(2, [element('paragraph')]));
  expect(shape(content)).toBe('list(item(paragraph(#)) item()) rule() paragraph(#)');
});

test('[EDITOR-T3] a block made elsewhere, or long ago, is left to its maker', () => {
  const other = new Y.Doc();
  other.getXmlFragment('content').insert(0, [element('paragraph')]);
  const { doc, content, edit, stop } = docWithBinding();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  edit(() => content.insert(0, [element('rule')]));
  expect(shape(content)).toBe('rule() paragraph()');
  stop();
  edit(() => content.insert(0, [element('paragraph')]));
  expect(shape(content)).toBe('paragraph() rule() paragraph()');
});

test('[EDITOR-T4] an undo that takes the block away takes its text along', () => {
  const { content, edit } = docWithBinding();
  edit(() => content.insert(0, [element('rule')]));
  const undo = new Y.UndoManager(content, {
    trackedOrigins: new Set([ySyncPluginKey]),
    // What y-tiptap does not delete: elements that hold something.
    deleteFilter: (item) =>
      !(
        item.content instanceof Y.ContentType &&
        item.content.type instanceof Y.XmlElement &&
        item.content.type.length > 0
      ),
  });
  edit(() => content.insert(1, [element('paragraph')]));
  expect(shape(content)).toBe('rule() paragraph(#)');
  undo.undo();
  expect(shape(content)).toBe('rule()');
  undo.redo();
  expect(shape(content)).toBe('rule() paragraph(#)');
});
