import * as Y from 'yjs';
import { CLIENTS, type Client, participate } from './clients.ts';
import type { ServerProcess } from './server-process.ts';
import { until } from './until.ts';

// What a client says in a short session with the real server, act by act. tests/fixtures/frames keeps it.
// Invariant: ids, words and the order of acts are always the same, so that only another client makes other frames.

export interface GoldenSession {
  readonly client: Client;
  readonly acts: readonly { readonly act: string; readonly frames: readonly string[] }[];
}

const CLIENT_ID = 601;

/**
 * Frames that each says when it joins: the token where it goes in a frame, step1, presence (the providers say it twice), the answer to the
 * server's step1, and presence as it comes back under a newer clock, which all but version 4 repeat.
 */
const JOINING: Record<Client, number> = {
  'y-websocket 1': 4,
  'y-websocket 2': 4,
  'y-websocket': 4,
  'hocuspocus 2': 6,
  'hocuspocus 3': 6,
  hocuspocus: 5,
  inkroom: 4,
};

/** Each in a document of its own, on a server that nobody has used. */
export function recordSessions(server: ServerProcess): Promise<GoldenSession[]> {
  return Promise.all(CLIENTS.map((client) => recordSession(server, client)));
}

async function recordSession(server: ServerProcess, client: Client): Promise<GoldenSession> {
  const said: string[] = [];
  const outbound = (frame: Uint8Array, pass: () => void) => {
    said.push(Buffer.from(frame).toString('hex'));
    pass();
  };
  const doc = new Y.Doc();
  doc.clientID = CLIENT_ID;
  const acts: GoldenSession['acts'][number][] = [];
  const note = async (act: string, frames: number) => {
    await until(`${client} to say ${frames} frames when it ${act}`, () => said.length >= frames);
    acts.push({ act, frames: said.splice(0) });
  };
  const participant = participate(client, server, `written by ${client}`, {
    doc,
    name: '王小明',
    token: 'a token',
    tap: { outbound },
  });
  await until(`${client} to be synced`, () => participant.synced());
  await note('joins', JOINING[client]);
  for (const [act, write] of Object.entries(WRITINGS)) {
    write(doc);
    await note(act, 1);
  }
  participant.awareness.setLocalStateField('cursor', { anchor: 1, head: 4 });
  await note('moves the caret', 1);
  await until(`${client} to be told that all is saved`, () => (participant.unsaved() ?? 0) === 0);
  participant.leave();
  await note('leaves', 1);
  return { client, acts };
}

const WRITINGS: Readonly<Record<string, (doc: Y.Doc) => void>> = {
  types: (doc) => doc.getText('text').insert(0, 'some wörds 🙂'),
  deletes: (doc) => doc.getText('text').delete(2, 3),
  formats: (doc) => doc.getText('text').format(1, 4, { bold: true }),
  'sets a key': (doc) => doc.getMap('map').set('key', { deep: [1, 'two', null, true] }),
  'sets it again': (doc) => doc.getMap('map').set('key', new Uint8Array([1, 2, 3])),
  'inserts a paragraph': (doc) => {
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.setAttribute('align', 'left');
    paragraph.insert(0, [new Y.XmlText('written')]);
    doc.getXmlFragment('content').insert(0, [paragraph]);
  },
};
