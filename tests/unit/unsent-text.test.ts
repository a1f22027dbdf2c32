import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { CONTENT, META, newDocument } from '../../lib/convert/new-document.ts';
import { unsentText } from '../../lib/editor/unsent-text.ts';

/** A document with `lines`, saved, and what is written into it afterwards, which is not. */
function write(lines: readonly string[], edit: (content: Y.XmlFragment, doc: Y.Doc) => void) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, newDocument({ title: 'Plan' }));
  const content = doc.getXmlFragment(CONTENT);
  content.delete(0, content.length);
  content.insert(0, lines.map(paragraph));
  const unsent: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => unsent.push(update));
  edit(content, doc);
  return { doc, unsent, read: () => unsentText(doc, unsent) };
}

function paragraph(text: string): Y.XmlElement {
  const element = new Y.XmlElement('paragraph');
  element.insert(0, [new Y.XmlText(text)]);
  return element;
}

function element(name: string, children: readonly Y.XmlElement[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  made.insert(0, [...children]);
  return made;
}

const textAt = (content: Y.XmlFragment, at: number) => (content.get(at) as Y.XmlElement).get(0) as Y.XmlText;

describe('unsent edits as words', () => {
  it('[UNSENT-1] are the blocks that hold an unsent letter, whole and in order, and no others', () => {
    const { read } = write(['one', 'two', 'three'], (content) => {
      textAt(content, 2).insert(5, '!');
      textAt(content, 0).insert(0, 'number ');
    });
    expect(read()).toEqual({ title: undefined, blocks: ['number one', 'three!'] });
  });

  it('[UNSENT-1] also a block that lost letters, and one whose letters look different', () => {
    const { read } = write(['one', 'two', 'three'], (content) => {
      textAt(content, 0).delete(0, 2);
      textAt(content, 1).format(0, 3, { bold: {} });
    });
    expect(read().blocks).toEqual(['e', 'two']);
  });

  it('[UNSENT-2] a whole list or table for one letter in it, a line per block and a tab between cells', () => {
    const { read } = write(['one'], (content) => {
      const cell = (text: string) => element('tableCell', [paragraph(text)]);
      const row = element('tableRow', [cell('a'), cell('b')]);
      const item = element('listItem', [paragraph('x'), paragraph('y')]);
      content.insert(1, [element('table', [row]), element('bulletList', [item])]);
    });
    expect(read().blocks).toEqual(['a\tb', 'x\ny']);
  });

  it('[UNSENT-3] nothing of a block that is gone, and the title when it was changed', () => {
    const { read } = write(['one', 'two'], (content, doc) => {
      textAt(content, 1).insert(0, 'not ');
      content.delete(1, 1);
      doc.getMap(META).set('title', 'Better plan');
      doc.getMap('other').set('x', 1);
    });
    expect(read()).toEqual({ title: 'Better plan', blocks: [] });
  });

  it('[UNSENT-4] lives with edits whose ground is missing', () => {
    const { unsent } = write(['one'], (content) => textAt(content, 0).insert(3, '!'));
    const elsewhere = new Y.Doc();
    for (const update of unsent) Y.applyUpdate(elsewhere, update);
    expect(unsentText(elsewhere, unsent)).toEqual({ title: undefined, blocks: [] });
  });
});
