// Somebody else who types into the document: a real Yjs client, without an editor, in a process of its own.
// Told over IPC: `start` types a letter every so many milliseconds and moves the caret with it, `stop` answers how many.

import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from './yjs.mjs';

const [url, name, part, person] = process.argv.slice(2);
const LETTERS = 'abcdefghijklmnopqrstuvwxyz ';

const doc = new Y.Doc();
const provider = new WebsocketProvider(url, name, doc, { WebSocketPolyfill: WebSocket, disableBc: true });
provider.awareness.setLocalStateField('user', { id: person, name: person, color: '#d03a35' });
let timer;
let typed = 0;

provider.once('sync', () => {
  const text = textNear(doc.getXmlFragment('content'), Number(part));
  process.on('message', (message) => {
    if (message.everyMs) {
      typed = 0;
      timer = setInterval(() => type(text), message.everyMs);
    } else {
      clearInterval(timer);
      process.send({ typed });
    }
  });
  process.send({ ready: true });
});
process.on('disconnect', () => process.exit(0));

function type(text) {
  const at = Math.min(text.length, 10 + typed);
  text.insert(at, LETTERS[typed % LETTERS.length]);
  typed += 1;
  const caret = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, at + 1));
  provider.awareness.setLocalStateField('cursor', { anchor: caret, head: caret });
}

/** The text of the first paragraph from `part` (0 to 1) of the document on. */
function textNear(content, part) {
  for (let at = Math.floor(content.length * part); at < content.length; at++) {
    const block = content.get(at);
    if (block.nodeName === 'paragraph' && block.length > 0) return block.get(0);
  }
  throw new Error('The document has no paragraph there.');
}
