import { rmSync, writeFileSync } from 'node:fs';
import { join as pathOf } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { decodeClientFrame } from '../../lib/protocol/hocuspocus.ts';
import {
  CLIENTS,
  type Client,
  type Participant,
  type ParticipantOptions,
  participate,
  voiceOf,
} from '../support/clients.ts';
import { heldServer, type Mutant } from '../support/mutant.ts';
import { hocuspocusMessage } from '../support/peer.ts';
import { ServerProcess } from '../support/server-process.ts';
import type { Tap } from '../support/tap.ts';
import { namesSeenBy, storedText, textOf, untilSynced, write } from '../support/text.ts';
import { until } from '../support/until.ts';

// What the clients say about their own edits, against a server whose disk takes as long as the test wants.

const COUNTING = CLIENTS.filter((client) => voiceOf(client) !== 'y-websocket');
const STOCK = COUNTING.filter((client) => client !== 'inkroom');

let mutant: Mutant;
let server: ServerProcess;
let hold: string;
const leaving: (() => void)[] = [];

beforeAll(async () => {
  mutant = heldServer();
  hold = pathOf(mutant.entry, '../../hold');
  server = await ServerProcess.launch({ entry: mutant.entry, env: { INKROOM_TEST_HOLD: hold } });
});
afterAll(async () => {
  await server.close();
  mutant.remove();
});
afterEach(() => {
  rmSync(hold, { force: true });
  for (const leave of leaving.splice(0)) leave();
});

function join(client: Client, document: string, options: ParticipantOptions = {}): Participant {
  const participant = participate(client, server, document, options);
  leaving.push(() => participant.leave());
  return participant;
}

/** Resolves when the server has taken everything that `one` said before: who watches sees what it showed after that. */
async function untilTaken(one: Participant, watcher: Participant): Promise<void> {
  one.awareness.setLocalStateField('user', { name: 'has written' });
  await until('the server to have taken it', () => namesSeenBy(watcher).includes('has written'));
}

describe.each(COUNTING)('%s', (client) => {
  it('[CLI-3] has unsaved edits until they are on disk, and none when they are', async () => {
    const document = `held from ${client}`;
    const writer = join(client, document);
    const watcher = join('y-websocket', document);
    await untilSynced([writer, watcher]);
    await until('nothing to be unsaved', () => writer.unsaved() === 0);

    writeFileSync(hold, '');
    write(writer.doc, 'one;');
    write(writer.doc, 'two;');
    await untilTaken(writer, watcher);
    expect(writer.unsaved()).toBeGreaterThan(0);
    expect(textOf(watcher.doc)).toBe('');
    expect(await storedText(server, document)).toBe('');

    rmSync(hold);
    await until('nothing to be unsaved', () => writer.unsaved() === 0);
    expect(await storedText(server, document)).toBe('two;one;');
    await until('the watcher to read it', () => textOf(watcher.doc) === 'two;one;');
  });

  it('[CLI-3] what it brings along counts in the same way', async () => {
    const document = `brought from ${client}`;
    writeFileSync(hold, '');
    const watcher = join('y-websocket', document);
    await untilSynced([watcher]);
    const doc = new Y.Doc();
    write(doc, 'from home;');
    const writer = join(client, document, { doc });
    await untilSynced([writer]);
    await untilTaken(writer, watcher);
    expect(writer.unsaved()).toBeGreaterThan(0);
    rmSync(hold);
    await until('nothing to be unsaved', () => writer.unsaved() === 0);
    expect(await storedText(server, document)).toBe('from home;');
  });
});

describe.each(STOCK)('%s', (client) => {
  it('[CLI-4] hears one sync status for each update and for its answer, also when they bring nothing', async () => {
    const said: string[] = [];
    const heard: boolean[] = [];
    let again: (() => void) | undefined;
    const tap: Tap = {
      outbound: (frame, pass) => {
        const { message } = decodeClientFrame(frame);
        pass();
        if (typeof message === 'string' || message.type !== 'update') return;
        said.push(message.answer ? 'answer' : 'update');
        again = pass;
      },
      inbound: (frame, pass) => {
        const message = hocuspocusMessage(frame);
        if (message?.type === 'syncStatus') heard.push(message.saved);
        pass();
      },
    };
    const writer = join(client, `counted from ${client}`, { tap });
    await untilSynced([writer]);
    for (const word of ['one;', 'two;', 'three;']) write(writer.doc, word);
    await until('nothing to be unsaved', () => writer.unsaved() === 0);
    expect(said).toEqual(['answer', 'update', 'update', 'update']);
    expect(heard).toEqual([true, true, true, true]);
    again?.();
    await until('an answer to what brings nothing', () => heard.length > 4);
    expect(heard).toEqual([true, true, true, true, true]);
  });
});
