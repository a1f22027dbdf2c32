// @vitest-environment happy-dom

import type { Node, NodeType } from '@tiptap/pm/model';
import type { Transaction } from '@tiptap/pm/state';
import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { Bound, comparable, schema } from '../support/bound.ts';
import { BoundNetwork } from '../support/bound-network.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { editAtRandom } from '../support/random-edits.ts';

const all: Bound[] = [];

afterEach(() => {
  for (const bound of all.splice(0)) bound.close();
});

function open(...kinds: Bound['kind'][]): Bound[] {
  const made = kinds.map((kind, at) => new Bound(kind, 100 + at));
  all.push(...made);
  return made;
}

function play(kinds: Bound['kind'][], seed: number, rounds = 60): void {
  const random = new Random(seed);
  const people = open(...kinds);
  const network = new BoundNetwork(people);
  const story: string[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const person = random.pick(people);
      story.push(`${people.indexOf(person)}: ${editAtRandom(person, random)}`);
      if (person.kind === 'ours') expect(comparable(person.text)).toEqual(comparable(person.fresh()));
      network.deliver(random);
      for (const each of people) {
        if (each.kind === 'ours') expect(comparable(each.text)).toEqual(comparable(each.fresh()));
      }
    }
    network.settle();
    const [first] = people;
    for (const person of people) {
      person.text.check();
      expect(comparable(person.text), `${person.kind} ${people.indexOf(person)}`).toEqual(
        comparable(first?.text as never),
      );
      expect(comparable(person.fresh())).toEqual(comparable(person.text));
    }
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}\n${story.slice(-8).join('\n')}`, { cause: error });
  }
}

const seeds = Array.from({ length: 40 }, (_, at) => seedOfRun() + at);

describe('whatever people do to a text', () => {
  it.each(seeds)('[BIND-1] two see the same, and what is stored (seed %i)', (seed) => play(['ours', 'ours'], seed));
  it.each(seeds)('[BIND-1] four see the same, and what is stored (seed %i)', (seed) =>
    play(['ours', 'ours', 'ours', 'ours'], seed),
  );
  it.each(seeds)('[BIND-2] so does somebody with the published binding (seed %i)', (seed) =>
    play(['ours', 'ours', 'stock'], seed),
  );
});

describe('what is written', () => {
  /** Ops of one edit: how many letters went in and out of the shared text, and how many elements. */
  function watch(bound: Bound): () => { inserted: number; deleted: number } {
    const before = Y.encodeStateVector(bound.doc);
    return () => {
      const { structs, ds } = Y.decodeUpdate(Y.encodeStateAsUpdate(bound.doc, before));
      const news = structs.reduce((sum, { length }) => sum + length, 0);
      const gone = [...ds.clients.values()].flat().reduce((sum, { len }) => sum + len, 0);
      return { inserted: news, deleted: gone };
    };
  }

  function write(bound: Bound, ...lines: string[]): void {
    const paragraphs = lines.map(
      (line) => schema.nodes.paragraph?.create(null, line === '' ? [] : schema.text(line)) as Node,
    );
    bound.edit((tr) => tr.replaceWith(0, tr.doc.content.size, paragraphs));
  }

  it('[BIND-4] is one letter for a letter, at the place where it was typed', () => {
    const [ada] = open('ours') as [Bound];
    write(ada, 'aaaa', 'other');
    const written = watch(ada);
    ada.edit((tr) => tr.insertText('a', 2));
    expect(written().inserted).toBe(1);
    const text = (ada.content.get(0) as Y.XmlElement).get(0) as Y.XmlText;
    const last = [...(ada.doc.store.clients.get(ada.doc.clientID) ?? [])].at(-1) as Y.Item;
    expect(last.parent).toBe(text);
    expect(Y.createRelativePositionFromTypeIndex(text, 1).item).toEqual(last.id);
  });

  it('[BIND-4] of an emoji that becomes another one both halves are written', () => {
    const [ada] = open('ours') as [Bound];
    write(ada, 'so \u{1f600}!');
    ada.edit((tr) => tr.insertText('\u{1f601}', 4, 6));
    expect(ada.fresh().textContent).toBe('so \u{1f601}!');
  });

  it('[BIND-3] a change of others touches its own block only', () => {
    const [ada, bo] = open('ours', 'ours') as [Bound, Bound];
    write(ada, 'one', 'two', 'three');
    for (const update of ada.takeUnsent()) bo.hear(update);
    const before = bo.text;
    ada.edit((tr) => tr.insertText('X', 7));
    ada.edit((tr) => tr.insertText('Y', 1));
    for (const update of ada.takeUnsent()) bo.hear(update);
    expect(bo.text.textContent).toBe('YonetXwothree');
    expect(bo.text.child(2)).toBe(before.child(2));
    expect(bo.text.child(1)).not.toBe(before.child(1));
  });

  it('[BIND-5] what an editor does not know is hidden, and stays', () => {
    const [ada] = open('ours') as [Bound];
    write(ada, 'one', 'two');
    const unknown = new Y.XmlElement('hologram');
    unknown.insert(0, [new Y.XmlText('from a newer editor')]);
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(ada.doc));
    const content = other.getXmlFragment('content');
    content.insert(1, [unknown, new Y.XmlElement('tableRow'), new Y.XmlElement('listItem')]);
    (content.get(0) as Y.XmlElement).insert(1, [new Y.XmlElement('sparkle')]);
    const told = watch(ada);
    ada.hear(Y.encodeStateAsUpdate(other));
    expect(ada.text.textContent).toBe('onetwo');
    expect(told().deleted).toBe(0);
    ada.edit((tr) => tr.insertText('!', 4));
    ada.edit((tr) => tr.split(2));
    ada.edit((tr) => tr.insertText('?', tr.doc.content.size - 1));
    expect(ada.fresh().textContent).toBe('one!two?');
    expect(ada.content.toString()).toContain('<hologram>from a newer editor</hologram>');
    expect(ada.content.toString()).toContain('<sparkle></sparkle>');
  });

  it('[BIND-6] two who change different attributes or marks of a block both have their way', () => {
    const [ada, bo] = open('ours', 'ours') as [Bound, Bound];
    ada.edit((tr) => tr.setBlockType(1, 1, schema.nodes.heading as NodeType, { level: 2 }));
    ada.edit((tr) => tr.insertText('words', 1));
    for (const update of ada.takeUnsent()) bo.hear(update);
    ada.edit((tr) => tr.setNodeAttribute(0, 'level', 3));
    bo.edit((tr) => tr.setNodeAttribute(0, 'textAlign', 'center'));
    ada.edit((tr) => tr.addMark(1, 6, schema.mark('bold')));
    bo.edit((tr) => tr.addMark(1, 6, schema.mark('italic')));
    const [fromAda, fromBo] = [ada.takeUnsent(), bo.takeUnsent()];
    for (const update of fromAda) bo.hear(update);
    for (const update of fromBo) ada.hear(update);
    for (const { text } of [ada, bo]) {
      expect(text.firstChild?.attrs).toMatchObject({ level: 3, textAlign: 'center' });
      expect(text.firstChild?.firstChild?.marks.map(({ type }) => type.name)).toEqual(['bold', 'italic']);
    }
  });

  it.each([
    ['split', (tr: Transaction) => tr.split(3), 0],
    ['split at its beginning', (tr: Transaction) => tr.split(1), 1],
    ['joined with the next', (tr: Transaction) => tr.join(5), 0],
    ['behind one that was removed', (tr: Transaction) => tr.delete(5, 10), 0],
  ])('[BIND-7] a block that is %s keeps its element', (_, change, place) => {
    const [ada] = open('ours') as [Bound];
    write(ada, 'one', 'two');
    const element = ada.content.get(0);
    ada.edit(change);
    expect(ada.content.get(place)).toBe(element);
    expect(comparable(ada.fresh())).toEqual(comparable(ada.text));
  });
});
