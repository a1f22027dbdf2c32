import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { openDocuments } from '#built/server/documents/pool';
import { newDocument } from '../../lib/convert/new-document.ts';
import { EMPTY_STATE_VECTOR, EMPTY_UPDATE } from '../../lib/protocol/bytes.ts';
import type { Documents } from '../../server/documents/documents.ts';
import { LIMITS } from '../../server/limits.ts';
import type { Snapshot, StoredDocument } from '../../server/log/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Random, seedOfRun } from '../support/random.ts';
import { inProcessDocuments } from '../support/world-documents.ts';

// What is done with documents away from the main thread (DOC rules), in threads and, for simulations, without.

/** Several people editing one text, with formats, deletions and a map: every update that they make, in order. */
function edit(random: Random, edits: number, earlier: readonly Uint8Array[] = []) {
  const updates: Uint8Array[] = [];
  const people = [1, 2, 3].map((person) => {
    const doc = new Y.Doc();
    for (const update of earlier) Y.applyUpdate(doc, update);
    doc.clientID = earlier.length * 10 + person;
    return doc;
  });
  for (const doc of people) {
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === 'other') return;
      updates.push(update);
      for (const other of people) if (other !== doc) Y.applyUpdate(other, update, 'other');
    });
  }
  for (let i = 0; i < edits; i++) {
    const doc = random.pick(people);
    const text = doc.getText('content');
    const at = random.between(0, text.length);
    const choice = random.between(0, 9);
    if (choice < 6) text.insert(at, `${i} words `);
    else if (choice < 8) text.delete(at, Math.min(random.between(1, 20), text.length - at));
    else if (choice < 9) text.format(at, Math.min(5, text.length - at), { bold: true });
    else doc.getMap('meta').set('title', `Title ${i}`);
  }
  return updates;
}

function open(...updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  expect(doc.store.pendingStructs).toBeNull();
  expect(doc.store.pendingDs).toBeNull();
  return doc;
}

function contents(doc: Y.Doc): unknown {
  return {
    text: doc.getText('content').toDelta(),
    meta: doc.getMap('meta').toJSON(),
    vector: [...Y.encodeStateVector(doc)],
  };
}

const unmerged = (updates: readonly Uint8Array[]): StoredDocument => ({
  snapshot: [],
  stateVector: EMPTY_STATE_VECTOR,
  deletions: EMPTY_UPDATE,
  updates,
  sequence: updates.length,
});

/** As the log gives it back: in pieces, cut anywhere. */
const stored = ({ update, stateVector, deletions }: Snapshot, updates: readonly Uint8Array[], cut = 1_000) => {
  const snapshot: Uint8Array[] = [];
  for (let at = 0; at < update.length; at += cut) snapshot.push(update.subarray(at, at + cut));
  return { snapshot, stateVector, deletions, updates, sequence: 1 + updates.length } satisfies StoredDocument;
};

describe.each([
  { kind: 'threads', start: () => openDocuments({ threads: 2 }), refusal: 'DocumentError' },
  { kind: 'simulations', start: () => inProcessDocuments, refusal: expect.stringMatching(/Error$/) },
])('the documents of $kind', ({ start, refusal }) => {
  let documents: Documents;

  afterEach(() => documents.close());

  test('[DOC-1] a merged document reads as its updates do, and knows its own state vector and deletions', async () => {
    documents = start();
    const seed = seedOfRun();
    const updates = edit(new Random(seed), 500);
    const expected = open(...updates);
    const snapshot = await documents.compact(unmerged(updates));
    const merged = open(snapshot.update);
    expect(contents(merged), `seed ${seed}`).toEqual(contents(expected));
    expect(snapshot.stateVector).toEqual(Y.encodeStateVector(merged));
    const deletions = Y.decodeUpdate(snapshot.deletions);
    expect(deletions.structs).toEqual([]);
    expect(deletions.ds).toEqual(Y.decodeUpdate(snapshot.update).ds);

    const later = edit(new Random(seed + 1), 200, [snapshot.update]);
    const again = await documents.compact(stored(snapshot, later));
    expect(contents(open(again.update))).toEqual(contents(open(snapshot.update, ...later)));
  });

  test('[DOC-2] what was deleted takes no room in a snapshot', async () => {
    documents = start();
    const doc = new Y.Doc();
    doc.getText('content').insert(0, 'x'.repeat(100_000));
    const written = Y.encodeStateAsUpdate(doc);
    doc.getText('content').delete(0, 100_000);
    const { update } = await documents.compact(unmerged([written, Y.encodeStateAsUpdate(doc)]));
    expect(update.length).toBeLessThan(100);
  });

  test('[DOC-3] a document with a gap is not merged', async () => {
    documents = start();
    const updates = edit(new Random(3), 60);
    await expect(documents.compact(unmerged(updates.slice(1)))).rejects.toMatchObject({ name: 'DocumentError' });
    const { update } = await documents.compact(unmerged(updates));
    expect(contents(open(update))).toEqual(contents(open(...updates)));
  });

  test('[DOC-5] the whole document is the snapshot itself, or its merger with the updates since', async () => {
    documents = start();
    const updates = edit(new Random(5), 300);
    const snapshot = await documents.compact(unmerged(updates));
    expect(await documents.merge(stored(snapshot, []))).toEqual(snapshot.update);
    const later = edit(new Random(6), 250, [snapshot.update]);
    const merged = await documents.merge(stored(snapshot, later));
    expect(contents(open(merged))).toEqual(contents(open(snapshot.update, ...later)));
    expect(contents(open(await documents.merge(unmerged(updates))))).toEqual(contents(open(...updates)));
    expect(await documents.merge(unmerged([]))).toEqual(EMPTY_UPDATE);
    expect(await documents.merge(unmerged([]))).toEqual(EMPTY_UPDATE);
  });

  test('[DOC-6] a difference brings its holder up to date, whatever that had, and is no longer than needed', async () => {
    documents = start();
    const seed = seedOfRun();
    const random = new Random(seed);
    const updates = edit(random, 200);
    const snapshot = await documents.compact(unmerged(updates));
    const later = edit(random, 100, [snapshot.update]);
    const all = [...updates, ...later];
    const up = contents(open(...all));
    for (const known of [0, 1, 57, 199, updates.length, updates.length + 1, updates.length + 40, all.length]) {
      const holder = open(...all.slice(0, known));
      for (const document of [stored(snapshot, later), unmerged(all)]) {
        const difference = await documents.diff(document, Y.encodeStateVector(holder));
        const after = open(Y.encodeStateAsUpdate(holder), difference);
        expect(contents(after), `seed ${seed}, ${known} known`).toEqual(up);
        const structs = Y.decodeUpdate(difference).structs.length;
        if (known === all.length) expect(structs).toBe(0);
      }
    }
  });

  test('[DOC-6] a difference for a holder who has something of its own', async () => {
    documents = start();
    const updates = edit(new Random(8), 100);
    const snapshot = await documents.compact(unmerged(updates));
    const holder = open(...updates.slice(0, 90));
    holder.getText('content').insert(0, 'written offline ');
    const difference = await documents.diff(stored(snapshot, []), Y.encodeStateVector(holder));
    Y.applyUpdate(holder, difference);
    const other = open(...updates, Y.encodeStateAsUpdate(holder));
    expect(contents(holder)).toEqual(contents(other));
  });

  test('[DOC-7] bytes that make no document are refused, and the next call is answered', async () => {
    documents = start();
    const refused = { name: refusal };
    const broken = unmerged([new Uint8Array([1, 1, 1, 1, 255, 255])]);
    await expect(documents.compact(broken)).rejects.toMatchObject(refused);
    await expect(documents.summary(broken)).rejects.toMatchObject(refused);
    await expect(documents.diff(broken, new Uint8Array([9, 9]))).rejects.toMatchObject(refused);
    expect(await documents.summary(unmerged([]))).toEqual({ title: '', kind: 'text' });
  });

  test('[DOC-8] the title is the string at meta.title, and empty where there is none; the kind is a known word at meta.kind', async () => {
    documents = start();
    const doc = new Y.Doc();
    const summary = () => documents.summary(unmerged([Y.encodeStateAsUpdate(doc)]));
    expect(await summary()).toEqual({ title: '', kind: 'text' });
    doc.getMap('meta').set('title', 42);
    expect(await summary()).toEqual({ title: '', kind: 'text' });
    doc.getMap('meta').set('title', '繁體中文');
    expect(await summary()).toEqual({ title: '繁體中文', kind: 'text' });
    doc.getMap('meta').set('kind', { board: true });
    expect((await summary()).kind).toBe('text');
    doc.getMap('meta').set('kind', 'board');
    expect((await summary()).kind).toBe('board');
  });

  test('[DOC-9] the bytes handed in stay whole', async () => {
    documents = start();
    const updates = edit(new Random(9), 100);
    const snapshot = await documents.compact(unmerged(updates));
    const document = stored(snapshot, updates);
    const bytes = () =>
      [...document.snapshot, ...document.updates, document.stateVector, document.deletions].map((b) => [...b]);
    const before = bytes();
    await Promise.all([documents.compact(document), documents.merge(document), documents.summary(document)]);
    await documents.diff(document, EMPTY_STATE_VECTOR);
    await documents.diff(document, snapshot.stateVector);
    expect(bytes()).toEqual(before);
  });
});

describe('the document threads', () => {
  const big = unmerged(edit(new Random(11), 3_000));

  /** Two threads that have started: else what comes first is whichever starts first. */
  async function twoThreads() {
    const documents = openDocuments({ threads: 2 });
    await Promise.all([documents.summary(big), documents.summary(big)]);
    return documents;
  }

  test('[DOC-10] a thread that is ended rejects its call, and the next call starts another', async () => {
    const clock = new FakeClock();
    const documents = openDocuments({ threads: 1, clock });
    const stuck = documents.compact(big);
    const queued = documents.summary(big);
    clock.advance(LIMITS.jobMs);
    await expect(stuck).rejects.toMatchObject({ name: 'DocumentError' });
    expect((await queued).title).toMatch(/^Title/);
    await documents.close();
  });

  test('[DOC-10] what is made for a reader is given up much sooner', async () => {
    const clock = new FakeClock();
    const documents = openDocuments({ threads: 2, clock });
    const work = Promise.allSettled([documents.content(big), documents.compact(big)]);
    clock.advance(LIMITS.readerMs);
    const [read, merged] = await work;
    expect(read).toMatchObject({ status: 'rejected', reason: { message: 'The content took longer than 15000 ms.' } });
    expect(merged.status).toBe('fulfilled');
    await documents.close();
  });

  test('[DOC-11] threads that have nothing to do end', async () => {
    const clock = new FakeClock();
    const documents = openDocuments({ threads: 3, clock });
    await Promise.all([documents.summary(big), documents.summary(big), documents.summary(big)]);
    expect(clock.timers).toBe(3);
    clock.advance(30_000);
    expect(clock.timers).toBe(0);
    expect((await documents.summary(big)).title).toMatch(/^Title/);
    expect(clock.timers).toBe(1);
    await documents.close();
    expect(clock.timers).toBe(0);
  });

  test('[DOC-12] compactions leave a thread to those who wait, who go first', async () => {
    const documents = await twoThreads();
    const order: string[] = [];
    const note = (name: string, work: Promise<unknown>) => work.then(() => order.push(name));
    await Promise.all([
      note('compaction', documents.compact(big)),
      note('compaction', documents.compact(big)),
      note('compaction', documents.compact(big)),
      note('summary', documents.summary(unmerged([]))),
      note('summary', documents.summary(unmerged([]))),
    ]);
    const second = order.indexOf('compaction', order.indexOf('compaction') + 1);
    expect(order.lastIndexOf('summary')).toBeLessThan(second);
    await documents.close();
  });

  test('[DOC-14] so do readers, whose document is made of all that is stored', async () => {
    const documents = await twoThreads();
    const order: string[] = [];
    const note = (name: string, work: Promise<unknown>) => work.then(() => order.push(name));
    const fresh = unmerged([newDocument({ title: 'Ink & paper' })]);
    const [body] = await Promise.all([
      documents.content(fresh),
      note('reader', documents.content(big)),
      note('reader', documents.content(big)),
      note('summary', documents.summary(unmerged([]))),
      note('compaction', documents.compact(big)),
    ]);
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual({
      title: 'Ink & paper',
      kind: 'text',
      html: '<p><br></p>',
    });
    expect(order[0]).toBe('summary');
    expect(order.at(-1)).toBe('compaction');
    await documents.close();
  });

  test('[DOC-13] closing rejects what is running or waiting, and what comes later', async () => {
    const documents = openDocuments({ threads: 1 });
    const calls = [documents.compact(big), documents.summary(big)];
    const closing = documents.close();
    for (const call of calls) await expect(call).rejects.toMatchObject({ name: 'DocumentError' });
    await closing;
    await documents.close();
    await expect(documents.summary(big)).rejects.toMatchObject({ name: 'DocumentError' });
  });
});
