import * as Y from 'yjs';
import type { Random } from '../support/random.ts';

// What people do to a document in the simulation: text, formats, maps, arrays and XML, written and deleted anywhere.
// Invariant: the same random numbers on the same document make the same edit.

/** Names of the root types. Every document of the simulation has these four. */
export function rootsOf(doc: Y.Doc) {
  return {
    text: doc.getText('text'),
    map: doc.getMap('map'),
    array: doc.getArray('array'),
    content: doc.getXmlFragment('content'),
  };
}

/** Of one UTF-16 unit each: Yjs replaces both halves of a pair that somebody writes into, as no editor lets anyone do. */
const WORDS = ['a', 'ink', 'room', '共', '墨水', 'e\u0301', ' ', '\n'];
const KEYS = ['title', 'icon', 'x', 'y'];
const MARKS = ['bold', 'italic', 'link'];

/** Makes one random edit. Returns what it was, for the log of a failing run. */
export function editAtRandom(doc: Y.Doc, random: Random): string {
  const { text, map, array, content } = rootsOf(doc);
  switch (random.between(0, 9)) {
    case 0:
    case 1:
    case 2:
      return `text ${editText(text, random)}`;
    case 3:
    case 4:
      return `map ${editMap(map, random)}`;
    case 5:
    case 6:
      return `array ${editArray(array, random)}`;
    default:
      return `content ${editXml(content, random)}`;
  }
}

/** Deletes something, and writes nothing: state vectors do not show it. */
export function pruneAtRandom(doc: Y.Doc, random: Random): string {
  const { text, map, array, content } = rootsOf(doc);
  const list = random.pick([text, array, content]);
  const [key] = map.keys();
  if (list.length > 0 && random.between(0, 3) > 0) {
    const start = random.between(0, list.length - 1);
    list.delete(start, random.between(1, list.length - start));
    return `prunes from ${start}`;
  }
  if (key === undefined) return 'prunes nothing';
  map.delete(key);
  return `prunes ${key}`;
}

/** What a document says, in a form that is equal exactly when it says the same. */
export function contentOf(doc: Y.Doc): unknown {
  const { text, map, array, content } = rootsOf(doc);
  return {
    text: text.toDelta(),
    map: map.toJSON(),
    array: array.toJSON(),
    content: content.toArray().map(nodeOf),
  };
}

function nodeOf(node: unknown): unknown {
  if (node instanceof Y.XmlText) return node.toDelta();
  if (node instanceof Y.XmlElement) {
    return { name: node.nodeName, attributes: node.getAttributes(), children: node.toArray().map(nodeOf) };
  }
  return node;
}

function editText(text: Y.Text, random: Random): string {
  const { length } = text;
  const at = random.between(0, length);
  const choice = random.between(0, 9);
  if (length === 0 || choice < 5) {
    const word = random.pick(WORDS);
    if (random.between(0, 3) === 0) text.insert(at, word, { [random.pick(MARKS)]: true });
    else text.insert(at, word);
    return `insert ${at} ${JSON.stringify(word)}`;
  }
  const start = random.between(0, length - 1);
  const count = Math.min(length - start, random.between(1, 6));
  if (choice < 7) {
    text.delete(start, count);
    return `delete ${start}+${count}`;
  }
  if (choice < 9) {
    const mark = random.pick(MARKS);
    text.format(start, count, { [mark]: random.pick([true, null]) });
    return `format ${start}+${count} ${mark}`;
  }
  text.insertEmbed(at, { image: `${random.between(0, 9)}` });
  return `embed ${at}`;
}

function editMap(map: Y.Map<unknown>, random: Random, depth = 0): string {
  const key = random.pick(KEYS);
  const present = map.get(key);
  if (present instanceof Y.Map && random.between(0, 2) > 0) return `${key}.${editMap(present, random, depth + 1)}`;
  if (random.between(0, 3) === 0) {
    map.delete(key);
    return `delete ${key}`;
  }
  map.set(key, valueAtRandom(random, depth));
  return `set ${key}`;
}

function editArray(array: Y.Array<unknown>, random: Random, depth = 0): string {
  const { length } = array;
  const at = random.between(0, length);
  const nested = array.get(Math.min(at, length - 1));
  if (nested instanceof Y.Array && random.between(0, 2) > 0) return `${at}.${editArray(nested, random, depth + 1)}`;
  if (nested instanceof Y.Map && random.between(0, 2) > 0) return `${at}.${editMap(nested, random, depth + 1)}`;
  if (length > 0 && random.between(0, 2) === 0) {
    const start = random.between(0, length - 1);
    const count = Math.min(length - start, random.between(1, 3));
    array.delete(start, count);
    return `delete ${start}+${count}`;
  }
  array.insert(
    at,
    Array.from({ length: random.between(1, 3) }, () => valueAtRandom(random, depth)),
  );
  return `insert ${at}`;
}

/** A block editor's document: paragraphs that are split, joined, formatted and moved. */
function editXml(content: Y.XmlFragment, random: Random): string {
  const { length } = content;
  const choice = random.between(0, 9);
  if (length === 0 || choice < 2) {
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText(random.pick(WORDS))]);
    const at = random.between(0, length);
    content.insert(at, [paragraph]);
    return `paragraph ${at}`;
  }
  const index = random.between(0, length - 1);
  if (choice < 3) {
    content.delete(index, 1);
    return `delete ${index}`;
  }
  const element = content.get(index);
  if (!(element instanceof Y.XmlElement)) return 'nothing';
  if (choice < 5) {
    const level = random.between(1, 3);
    if (random.between(0, 2) === 0) element.removeAttribute('level');
    else element.setAttribute('level', `${level}`);
    return `${index} level ${level}`;
  }
  const child = element.length > 0 ? element.get(0) : undefined;
  if (child instanceof Y.XmlText) return `${index} ${editText(child, random)}`;
  element.insert(0, [new Y.XmlText('new')]);
  return `${index} new text`;
}

function valueAtRandom(random: Random, depth: number): unknown {
  switch (random.between(0, depth < 2 ? 6 : 4)) {
    case 0:
      return random.between(-1000, 1000);
    case 1:
      return `${random.pick(WORDS)}👋`;
    case 2:
      return { a: [random.between(0, 9), null, true], b: 0.5 };
    case 3:
      return random.bytes(random.between(0, 4));
    case 4:
      return null;
    case 5:
      return new Y.Map([[random.pick(KEYS), random.between(0, 9)]]);
    default:
      return Y.Array.from([random.between(0, 9), random.pick(WORDS)]);
  }
}
