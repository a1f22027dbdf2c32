import type { Node } from '@tiptap/pm/model';

// How much has been written. Invariant: a block is counted again only when it has changed.

export interface Count {
  readonly words: number;
  readonly characters: number;
  /** Of the words, those in scripts without spaces: one is a character or two, and is read faster. */
  readonly dense: number;
}

const NOTHING: Count = { words: 0, characters: 0, dense: 0 };

/** One for all: making it costs more than counting a page. */
let segmenter: Intl.Segmenter | undefined;

/** Words as a reader of the language sees them, Chinese, Japanese and Thai too, which write no spaces; characters as one sees them. */
export function countText(text: string): Count {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  let words = 0;
  let dense = 0;
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike !== true) continue;
    words += 1;
    if (/^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(segment)) dense += 1;
  }
  return { words, dense, characters: [...text.replace(/\n/g, '')].length };
}

const remembered = new WeakMap<Node, Count>();

export function countDocument(doc: Node): Count {
  let sum = NOTHING;
  doc.descendants((node) => {
    if (!node.isTextblock) return true;
    let count = remembered.get(node);
    if (!count) {
      count = countText(node.textBetween(0, node.content.size, undefined, ' '));
      remembered.set(node, count);
    }
    sum = add(sum, count);
    return false;
  });
  return sum;
}

export function countRange(doc: Node, from: number, to: number): Count {
  return countText(doc.textBetween(from, to, '\n', ' '));
}

function add(a: Count, b: Count): Count {
  return { words: a.words + b.words, characters: a.characters + b.characters, dense: a.dense + b.dense };
}

/** Words a minute of a calm reader; of Chinese some 300 characters, which are about as many words here by the half. */
const WORDS_A_MINUTE = 230;
const DENSE_WORDS_A_MINUTE = 200;

/** Minutes, rounded up; 0 for nothing. */
export function readingMinutes({ words, dense }: Count): number {
  return Math.ceil((words - dense) / WORDS_A_MINUTE + dense / DENSE_WORDS_A_MINUTE);
}
