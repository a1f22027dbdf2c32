import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { compact, openDocument } from '../../server/documents/compact.ts';
import { comesBack } from '../../server/documents/reload.ts';

// What a merge may rely on without opening what it has written, and what it may not. tests/fuzz/update.test.ts looks for what was not thought of.

const ANY = 8;
const STRING = 4;
const TYPE = 7;
const KEY = 0x20;
const RIGHT = 0x40;
const LEFT = 0x80;
const NULL = [1, 126];
const NOTHING = new Uint8Array();

const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
const root = (text: string) => [1, ...name(text)];

/** One client's structs from a clock on, and deletions: a client, and ranges. */
function update(client: number, clock: number, structs: number[][], deletions: number[] = [0]): Uint8Array {
  return Uint8Array.from([1, structs.length, client, clock, ...structs.flat(), ...deletions]);
}

/** What a merge makes of it: whether it was sure, and whether it took it. */
function merged(...updates: Uint8Array[]): { sure: boolean; taken: boolean } {
  const pages = { snapshot: NOTHING, updates };
  const sure = comesBack(openDocument(pages));
  try {
    compact(pages);
    return { sure, taken: true };
  } catch (error) {
    if ((error as Error).name !== 'DocumentError') throw error;
    return { sure, taken: false };
  }
}

describe('[DOC-15] a merge', () => {
  it('is sure of what people write', () => {
    const doc = new Y.Doc();
    const map = doc.getMap('map');
    for (let i = 0; i < 5; i++) map.set('k', i);
    map.set('text', new Y.Text('ada'));
    const list = doc.getArray('list');
    list.push([1, 2, 3, new Y.Map([['a', 1]])]);
    list.delete(1, 3);
    map.set('text', 'gone');
    doc.getText('words').insert(0, 'one two');
    doc.getText('words').format(0, 3, { bold: true });
    doc.getText('words').delete(2, 3);
    expect(merged(Y.encodeStateAsUpdate(doc))).toEqual({ sure: true, taken: true });
  });

  it('refuses what lies beside something that was deleted with all that is in it', () => {
    const list = [
      [ANY, ...root('list'), ...NULL],
      [TYPE | LEFT, 7, 0, 0],
      [ANY, 0, 7, 1, ...NULL],
    ];
    const beside = update(8, 0, [[ANY | LEFT | RIGHT, 7, 0, 7, 2, ...NULL]]);
    const deletion = Uint8Array.from([0, 1, 7, 1, 1, 1]);
    expect(merged(update(7, 0, list), beside, deletion)).toEqual({ sure: false, taken: false });
  });

  it('refuses an entry of a map that was half replaced', () => {
    const word = [STRING | KEY, ...root('map'), ...name('k'), ...name('ab')];
    const between = [STRING | LEFT, 7, 0, ...name('c')];
    expect(merged(update(7, 0, [word, between]))).toEqual({ sure: false, taken: false });
  });

  it('looks twice at an entry that was put before another, and takes it', () => {
    const entry = [ANY | KEY, ...root('map'), ...name('k'), ...NULL];
    const before = update(8, 0, [[ANY | RIGHT, 7, 0, ...NULL]]);
    expect(merged(update(7, 0, [entry]), before)).toEqual({ sure: false, taken: true });
  });

  it('looks twice at what lies between neighbours of two parents', () => {
    const items = [
      [ANY, ...root('a'), ...NULL],
      [ANY, ...root('b'), ...NULL],
    ];
    const between = update(8, 0, [[ANY | LEFT | RIGHT, 7, 0, 7, 1, ...NULL]]);
    expect(merged(update(7, 0, items), between).sure).toBe(false);
  });
});
