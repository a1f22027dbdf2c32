// The figures of a board: bytes of the document and of updates, milliseconds of loading.
// Invariant: what is compared holds the same scene.

import * as Y from 'yjs';
import { boardElements, toScene } from '../../lib/whiteboard/board.ts';
import { BOARD, FakeBoard } from '../../tests/support/fake-board.ts';
import { FakeClock } from '../../tests/support/fake-clock.ts';
import { Random } from '../../tests/support/random.ts';
import { drawForAWhile } from './hour.mjs';

const FRAME_MS = 16;
const WRITE_MS = 40;

/** Pairs of what was measured and the figure, made one after the other. */
export function* figures({ minutes, seed }) {
  const { doc, actions, updates, updateBytes } = drawForAWhile({ minutes, seed });
  const scene = toScene(boardElements(doc, BOARD));
  const document = Y.encodeStateAsUpdate(doc).length;
  const json = JSON.stringify(scene).length;
  yield [`${minutes} minutes of four people: actions, elements at the end`, `${actions}, ${scene.length}`];
  yield ['  updates, and their bytes', `${updates}, ${kb(updateBytes)}`];
  yield ['  the document, and the same scene as JSON', `${kb(document)}, ${kb(json)}`];
  yield ['  the document is so many times the JSON', (document / json).toFixed(2)];

  const random = new Random(seed);
  const points = strokePoints(random, 300);
  yield ['updates of a stroke of 300 points (5 s), as the binding writes it', kb(strokeByBinding(points))];
  yield ['  whole elements', kb(strokeWhole(points))];
  yield ['  an array of pairs that grows', kb(strokeOf(points, (chunk) => chunk))];
  yield ['  an array of flat numbers that grows', kb(strokeOf(points, (chunk) => chunk.flat()))];
  yield ['  an array of packed chunks of 32-bit numbers', kb(strokeOf(points, (chunk) => [pack(chunk)]))];

  yield ['20,000 steps of a drag leave, x and y in a key each', kb(dragInKeys(['x', 'y']))];
  yield ['  both in one key', kb(dragInKeys(['position']))];

  const { bytes, apply, read, bind, move } = loadMany(5_000, random);
  yield ['5,000 elements: the document', kb(bytes)];
  yield ['  into a Y.Doc, then toScene, then bindBoard', `${ms(apply)}, ${ms(read)}, ${ms(bind)}`];
  yield ['  a shape that somebody else moves, one of 1,000 times', `${move.toFixed(2)} ms`];
}

function kb(bytes) {
  return bytes < 10_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(0)} kB`;
}

function ms(milliseconds) {
  return `${milliseconds.toFixed(0)} ms`;
}

/** As a hand draws at a zoom that is no whole number: numbers of full precision. */
function strokePoints(random, count) {
  let [x, y] = [0, 0];
  return Array.from({ length: count }, () => {
    x += (random.next() * 12 - 4) / 1.1;
    y += (random.next() * 10 - 5) / 1.1;
    return [x, y];
  });
}

function strokeByBinding(points) {
  const clock = new FakeClock();
  const board = new FakeBoard('ada', { clock });
  let bytes = 0;
  board.doc.on('update', (update) => {
    bytes += update.length;
  });
  board.beginStroke(100.5, 200.25);
  for (const point of points) {
    board.draw(point);
    clock.advance(FRAME_MS);
  }
  board.release();
  return bytes;
}

function strokeWhole(points) {
  const board = new FakeBoard('ada', { clock: new FakeClock() });
  board.beginStroke(100.5, 200.25);
  return written((map, upTo) => map.set('stroke', { ...board.elements()[0], points: points.slice(0, upTo) }), points);
}

function strokeOf(points, encode) {
  let array;
  return written((map, upTo, from) => {
    if (!array) {
      array = new Y.Array();
      map.set('points', array);
    }
    array.push(encode(points.slice(from, upTo)));
  }, points);
}

/** Bytes of updates when `write` is called every WRITE_MS, with how many points there are and how many there were. */
function written(write, points) {
  const doc = new Y.Doc();
  let bytes = 0;
  doc.on('update', (update) => {
    bytes += update.length;
  });
  const map = doc.getMap('stroke');
  let had = 0;
  for (let at = WRITE_MS; had < points.length; at += WRITE_MS) {
    const upTo = Math.min(points.length, Math.floor(at / FRAME_MS));
    doc.transact(() => write(map, upTo, had));
    had = upTo;
  }
  return bytes;
}

function pack(chunk) {
  return new Uint8Array(Float32Array.from(chunk.flat()).buffer);
}

/** What a document keeps of an element that was dragged, beside what it keeps of one that was not. */
function dragInKeys(keys) {
  const doc = new Y.Doc();
  const map = doc.getMap('element');
  const write = (step) => {
    doc.transact(() => {
      for (const key of keys) map.set(key, keys.length === 1 ? [step / 3, step / 7] : step / 3);
    });
  };
  write(0);
  const before = Y.encodeStateAsUpdate(doc).length;
  for (let step = 1; step <= 20_000; step++) write(step);
  return Y.encodeStateAsUpdate(doc).length - before;
}

/** Milliseconds of this process on a processor: what others do on the machine does not count. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function loadMany(count, random) {
  const clock = new FakeClock();
  const made = new FakeBoard('ada', { clock });
  for (let at = 0; at < count; at++) {
    const kind = at % 3;
    const [x, y] = [random.next() * 5_000, random.next() * 5_000];
    if (kind === 0) made.add({ x, y, type: 'rectangle', strokeColor: '#e03131' });
    else if (kind === 1) made.add({ x, y, type: 'text', text: 'a label', originalText: 'a label' });
    else made.add({ x, y, type: 'freedraw', points: strokePoints(random, 40), pressures: [], simulatePressure: true });
  }
  made.binding.flush();
  const update = Y.encodeStateAsUpdate(made.doc);
  const doc = new Y.Doc();
  const times = [cpuMs()];
  Y.applyUpdate(doc, update);
  times.push(cpuMs());
  toScene(boardElements(doc, BOARD));
  times.push(cpuMs());
  const shown = new FakeBoard('bob', { doc, clock });
  times.push(cpuMs());
  const map = boardElements(doc, BOARD).get(shown.ids[count / 2]);
  for (let step = 0; step < 1_000; step++) {
    doc.transact(() => map.set('position', [step, step]), 'network');
    clock.advance(FRAME_MS);
  }
  times.push(cpuMs());
  const [apply, read, bind, moves] = times.slice(1).map((time, at) => time - times[at]);
  return { bytes: update.length, apply, read, bind, move: moves / 1_000 };
}
