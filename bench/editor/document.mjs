// The big document: made from a seed, as people make documents: in pieces, by several hands.
// Invariant: the same seed gives the same text, in the data model of y-prosemirror, with nothing in it that a plain TipTap page lacks.

import { random } from '../harness/stats.mjs';
import * as Y from './yjs.mjs';

/** The bar's document: 2,000 blocks, 50 tables, 100,000 words. */
export const BLOCKS = 2_000;
const TABLES = 50;
const ROWS = 4;
const COLUMNS = 6;
const WORDS = 100_000;

/** The first block's text: who sees it can read. */
export const FIRST = 'A very long report';
/** The last block's text: when it is there, all is. */
export const LAST = 'The end of the report.';

/** Who wrote it. A client id each, so that pieces stay apart as they do in documents that were really typed. */
const HANDS = [101, 202, 303, 404, 505];
/** Words that one hand writes before another one goes on. */
const PIECE = 12;

const VOCABULARY = (
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all ' +
  'her she there would their we him been has when who will no more if out so up said what its about than into them can only other time ' +
  'new some could these two may first then do any like my now over such our man me even most made after also well must through years ' +
  'where much way water house public against system during number important different development information'
).split(' ');

/** Makes the document's content in `fragment`. Returns how much of everything there is. */
export function writeDocument(doc, fragment, seed) {
  const next = random(seed);
  const below = (n) => Math.floor(next() * n);
  const counts = { blocks: 0, tables: 0, words: 0 };
  const own = doc.clientID;
  const as = (hand, write) => {
    doc.clientID = hand;
    doc.transact(write);
    doc.clientID = own;
  };
  const words = (count) => {
    counts.words += count;
    return Array.from({ length: count }, () => VOCABULARY[below(VOCABULARY.length)]).join(' ');
  };
  const hand = () => HANDS[below(HANDS.length)];

  /** Writes `count` words into a text, piece by piece, with a mark here and there. */
  const fill = (text, count) => {
    for (let left = count; left > 0; left -= PIECE) {
      const piece = words(Math.min(left, PIECE));
      const marked = below(12);
      as(hand(), () => {
        const at = text.length;
        text.insert(at, at === 0 ? piece : ` ${piece}`);
        if (marked === 0) text.format(at + 1, Math.min(8, piece.length - 1), { bold: {} });
        if (marked === 1) text.format(at + 1, Math.min(8, piece.length - 1), { italic: {} });
      });
    }
  };
  const element = (name, attributes = {}, children = []) => {
    const made = new Y.XmlElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.insert(0, children);
    return made;
  };
  /** Texts still to be filled: a text must be part of the document first. */
  const texts = [];
  const block = (name, count, attributes) => {
    const text = new Y.XmlText();
    texts.push([text, count]);
    return element(name, attributes, [text]);
  };
  const item = (count) => element('listItem', {}, [block('paragraph', count)]);
  const task = (count) => element('taskItem', { checked: below(2) === 0 }, [block('paragraph', count)]);
  const several = (make) => Array.from({ length: 3 + below(4) }, make);
  const cell = (row) =>
    element(row === 0 ? 'tableHeader' : 'tableCell', { colspan: 1, rowspan: 1 }, [block('paragraph', 1 + below(5))]);
  const row = (_, at) =>
    element(
      'tableRow',
      {},
      Array.from({ length: COLUMNS }, () => cell(at)),
    );
  const table = () => element('table', {}, Array.from({ length: ROWS }, row));

  const put = (made) => {
    as(hand(), () => fragment.push([made]));
    counts.blocks += 1;
    if (made.nodeName === 'table') counts.tables += 1;
    for (const [text, count] of texts.splice(0)) fill(text, count);
  };
  const said = (made, text) => {
    put(made);
    as(HANDS[0], () => made.get(0).insert(0, text));
  };

  const paragraph = (count) => block('paragraph', count);
  said(element('heading', { level: 1 }, [new Y.XmlText()]), FIRST);
  for (let at = 2; at < BLOCKS; at++) {
    const kind = below(100);
    // What is still to be written, spread over the blocks still to be made; only paragraphs are long.
    const fair = ((WORDS - counts.words) / (BLOCKS - at)) * 1.15;
    if (at % (BLOCKS / TABLES) === 20) put(table());
    else if (kind < 9) put(block('heading', 3 + below(5), { level: 2 + below(3) }));
    else if (kind < 13)
      put(
        element(
          'bulletList',
          {},
          several(() => item(6 + below(10))),
        ),
      );
    else if (kind < 15)
      put(
        element(
          'orderedList',
          {},
          several(() => item(6 + below(10))),
        ),
      );
    else if (kind < 17)
      put(
        element(
          'taskList',
          {},
          several(() => task(4 + below(8))),
        ),
      );
    else if (kind < 19) put(block('codeBlock', 20 + below(30), { language: 'javascript' }));
    else if (kind < 21) put(element('blockquote', {}, [block('paragraph', 20 + below(20))]));
    else put(paragraph(Math.max(1, Math.round(fair * (0.5 + next())))));
  }
  said(element('paragraph', {}, [new Y.XmlText()]), LAST);
  return counts;
}
