import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Y from 'yjs';
import { KINDS, participate } from '../support/clients.ts';
import type { GoldenSession } from '../support/golden.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { type Session, unhex } from './frame-attack.ts';

// What unmodified clients say in a short session: every kind of message and nearly every kind of struct that they know; and what those of every
// generation say in the sessions of tests/fixtures/frames.
// Invariant: ids and words are always the same, so that a seed means the same attack tomorrow.

const FIRST_ID = 501;

export async function captureSessions(server: ServerProcess): Promise<Session[]> {
  const sessions: Session[] = goldenSessions();
  for (const [index, kind] of KINDS.entries()) {
    const frames: Uint8Array[] = [];
    const doc = new Y.Doc();
    doc.clientID = FIRST_ID + index;
    const outbound = (frame: Uint8Array, pass: () => void) => {
      frames.push(frame.slice());
      pass();
    };
    const client = participate(kind, server, `captured ${kind}`, { doc, name: '王小明', tap: { outbound } });
    await until(`${kind} to be synced`, () => client.synced());
    await eachSaid(
      frames,
      WRITINGS.map((write) => () => write(doc)),
    );
    client.leave();
    sessions.push({ client: kind, voice: kind, frames });
  }
  return sessions;
}

const fixtures = join(import.meta.dirname, '../fixtures/frames');

function goldenSessions(): Session[] {
  const files = readdirSync(fixtures).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const { client, acts } = JSON.parse(readFileSync(join(fixtures, file), 'utf8')) as GoldenSession;
    const voice = KINDS.find((kind) => client.startsWith(kind)) ?? 'hocuspocus';
    return { client, voice, frames: acts.flatMap((act) => act.frames.map(unhex)) };
  });
}

/** Each edit in a frame of its own, in order. */
async function eachSaid(frames: readonly Uint8Array[], edits: readonly (() => void)[]): Promise<void> {
  for (const edit of edits) {
    const before = frames.length;
    edit();
    await until('it to be sent', () => frames.length > before);
  }
}

const WRITINGS: readonly ((doc: Y.Doc) => void)[] = [
  (doc) => doc.getText('text').insert(0, 'some wörds 🙂'),
  (doc) => doc.getText('text').delete(2, 3),
  (doc) => doc.getText('text').format(1, 4, { bold: true, link: { href: 'https://example.org' } }),
  (doc) => doc.getText('text').insertEmbed(3, { image: 'x.png' }),
  (doc) => doc.getMap('map').set('key', { deep: [1, 'two', null, true, 2.5, -3, 10n, new Uint8Array([1, 2])] }),
  (doc) => doc.getMap('map').set('key', 'again'),
  (doc) => doc.getMap('map').set('bytes', new Uint8Array([1, 2, 3])),
  (doc) => doc.getMap('map').set('nested', new Y.Map([['inner', 1]])),
  (doc) => doc.getArray('list').insert(0, [1, 'two', { three: 3 }]),
  (doc) => doc.getArray('list').insert(1, [new Y.Text('inside'), new Y.Doc({ guid: 'a subdocument' })]),
  (doc) => doc.getArray('list').delete(0, 2),
  (doc) => {
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.setAttribute('align', 'left');
    paragraph.insert(0, [new Y.XmlText('written'), new Y.XmlElement('break')]);
    doc.getXmlFragment('content').insert(0, [paragraph, new Y.XmlText('after')]);
  },
  (doc) =>
    doc.transact(() => {
      doc.getXmlFragment('content').delete(0, 1);
      doc.getText('text').insert(0, 'x'.repeat(200));
      doc.getMap('map').delete('key');
    }),
];
