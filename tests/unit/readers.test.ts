import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { EMPTY_STATE_VECTOR } from '../../lib/protocol/bytes.ts';
import { Coverage } from '../../lib/protocol/coverage.ts';
import { decodeServerFrame } from '../../lib/protocol/hocuspocus.ts';
import { hocuspocusDialect } from '../../server/frames/dialect.ts';
import { LIMITS } from '../../server/limits.ts';
import { Line } from '../../server/line.ts';
import { Metrics } from '../../server/metrics.ts';
import { Arrears } from '../../server/rooms/arrears.ts';
import { SharedCopy } from '../../server/rooms/copy.ts';
import type { Member } from '../../server/rooms/member.ts';
import { Presence } from '../../server/rooms/presence.ts';
import { Readers } from '../../server/rooms/readers.ts';
import { MemoryLog } from '../support/memory-log.ts';
import { Turns } from '../support/turns.ts';
import { inProcessDocuments } from '../support/world-documents.ts';
import { messagesIn } from '../support/world-server.ts';

// Who joins, and waits in the line of those who are sent a document, while others go on writing.

const DOCUMENT = 'shared';

/** Somebody in the room, and the text of what was sent to them. */
class Person implements Member {
  readonly dialect = hocuspocusDialect(DOCUMENT);
  readonly user = undefined;
  readonly name = undefined;
  readonly doc = new Y.Doc();
  readonly heard: string[] = [];
  pace: Member['pace'] = 'ready';
  full = false;

  deliver(frames: Uint8Array): void {
    for (const frame of messagesIn(frames)) {
      const { message } = decodeServerFrame(frame);
      if (typeof message !== 'object') continue;
      this.heard.push(message.type);
      if ('update' in message && message.type !== 'awareness') Y.applyUpdate(this.doc, message.update);
    }
  }

  deliverAll(pieces: readonly Uint8Array[]): void {
    this.deliver(Buffer.concat(pieces));
  }

  acknowledgement = () => undefined;
  brought = () => undefined;
  notStored = () => undefined;
  askAgain = () => undefined;
  fail = () => undefined;

  get text(): string {
    return this.doc.getText('text').toString();
  }
}

/** A room with one document, and a line in which the first turn is taken already. */
async function room() {
  const turns = new Turns();
  const log = new MemoryLog();
  const line = new Line(turns);
  const members = new Set<Member>();
  const arrears = new Arrears<Member>();
  const coverage = new Coverage();
  const copy = new SharedCopy({ document: DOCUMENT, log, documents: inProcessDocuments, clock: turns });
  const presence = new Presence<Member>({ stamps: false, arrears, clock: turns, metrics: new Metrics() });
  const readers = new Readers({ members, copy, line, arrears, presence, coverage: () => coverage });
  const author = new Y.Doc();
  const type = async (letters: string) => {
    let typed: Uint8Array = new Uint8Array();
    author.once('update', (update: Uint8Array) => {
      typed = update;
    });
    author.getText('text').insert(author.getText('text').length, letters);
    await log.append(DOCUMENT, [typed]);
    copy.committed([typed]);
    readers.publish({ entries: [], updates: [typed], before: () => Y.encodeStateVector(author) });
  };
  const join = (person: Person) => {
    members.add(person);
    return readers.sendContents(person, EMPTY_STATE_VECTOR);
  };
  await type('begun');
  void line.turn(LIMITS.turnBytes);
  return { turns, line, members, arrears, readers, type, join };
}

describe('[JOIN-9] who waits in the line', () => {
  it('[JOIN-3] is sent what is committed meanwhile with the document, and what comes after it, each once', async () => {
    const { turns, type, join } = await room();
    const ada = new Person();
    const joined = join(ada);
    await turns.rest();
    await type(', gone on');
    expect(ada.heard).toEqual([]);
    await turns.end();
    expect(await joined).toBe(true);
    expect(ada.heard).toEqual(['update', 'step2']);
    await type(', ended');
    expect(ada.heard).toEqual(['update', 'step2', 'update']);
    expect(ada.text).toBe('begun, gone on, ended');
  });

  it('and is a reader already when it asks again, is told what is committed without waiting', async () => {
    const { turns, line, type, join } = await room();
    const ada = new Person();
    const joined = join(ada);
    await turns.end();
    await joined;
    void line.turn(LIMITS.turnBytes);
    const again = join(ada);
    await turns.rest();
    await type('!');
    expect(ada.text).toBe('begun!');
    await turns.end();
    await again;
    expect(ada.text).toBe('begun!');
  });

  it('and leaves, is sent nothing', async () => {
    const { turns, members, readers, join } = await room();
    const ada = new Person();
    const joined = join(ada);
    await turns.rest();
    members.delete(ada);
    await turns.end();
    expect(await joined).toBe(true);
    expect(ada.heard).toEqual([]);
    expect(readers.size).toBe(0);
  });

  it('[SLOW-5] for whom too much waits by then, is not sent it, and may ask again', async () => {
    const { turns, join } = await room();
    const ada = new Person();
    const joined = join(ada);
    await turns.rest();
    ada.full = true;
    await turns.end();
    expect(await joined).toBe(false);
    ada.full = false;
    const again = join(ada);
    await turns.end();
    expect(await again).toBe(true);
    expect(ada.text).toBe('begun');
  });

  it('[SLOW-2] to catch up, and falls behind anew, is sent nothing and still owed all', async () => {
    const { turns, line, arrears, readers, type, join } = await room();
    const ada = new Person();
    const joined = join(ada);
    await turns.end();
    await joined;
    ada.pace = 'behind';
    await type(', missed');
    ada.pace = 'ready';
    void line.turn(LIMITS.turnBytes);
    const caught = readers.catchUp(ada);
    await turns.rest();
    ada.pace = 'behind';
    await turns.end();
    expect(await caught).toBe(false);
    expect(arrears.of(ada)?.stateVector).toBeDefined();
    ada.pace = 'ready';
    const again = readers.catchUp(ada);
    await turns.end();
    expect(await again).toBe(true);
    expect(ada.text).toBe('begun, missed');
  });
});
