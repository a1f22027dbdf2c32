import { isDeepStrictEqual } from 'node:util';
import * as Y from 'yjs';
import { DOCUMENT, type World } from '../support/world.ts';
import { hasPending } from '../support/world-witness.ts';
import { contentOf } from './simulation-edits.ts';
import type { Person } from './simulation-people.ts';

// What must be true when everything works again and nobody has anything left to do. What must be true at every step is the witness's.

/** Throws the first thing that is wrong. */
export async function judge(world: World, people: readonly Person[]): Promise<void> {
  await world.inspect();
  const stored = await world.stored();
  for (const person of people) {
    // A reader's Y.Doc clears redundant formats away by itself, and nobody else hears of it.
    sameContent(person.name, person.doc, stored);
    if (!person.isReader) sameStructs(person.name, person.doc, stored);
    nothingUnsaid(world, person);
    for (const update of person.isReader ? [] : person.kept) {
      if (!world.witness.holds(DOCUMENT, update)) throw new Error(`an edit of ${person.name} is lost`);
    }
  }
  everyoneSeesEveryone(world, people);
  await freshClientsSeeAll(world, stored);
}

function nothingUnsaid(world: World, { name, client, unsent }: Person): void {
  switch (client.kind) {
    case 'y-websocket':
      if (!client.synced) throw new Error(`${name} is not synced: ${client.ended}`);
      return;
    case 'hocuspocus':
      if (!client.synced || client.denied !== undefined) throw new Error(`${name} is not synced: ${client.denied}`);
      if (client.unsyncedChanges !== 0) throw new Error(`${name} counts ${client.unsyncedChanges} unsynced changes`);
      for (const link of world.linksOf(client)) {
        const unanswered = link.isOpen ? world.witness.unanswered(link) : 0;
        if (unanswered > 0) throw new Error(`${name} got no status for ${unanswered} updates`);
      }
      return;
    case 'inkroom':
      if (client.provider.state.state !== 'saved')
        throw new Error(`${name} says ${JSON.stringify(client.provider.state)}`);
      if (client.provider.unsavedChanges() !== 0) throw new Error(`${name} counts unsaved changes`);
      if (unsent !== 0) throw new Error(`the browser of ${name} still keeps ${unsent} edits`);
      return;
    default:
      client satisfies never;
  }
}

/** Stock clients: Inkroom's presence needs a browser's clock, and has tests of its own. */
function everyoneSeesEveryone(world: World, people: readonly Person[]): void {
  const present = people.filter(({ client }) => client.kind !== 'inkroom');
  for (const { name, client, doc } of present) {
    if (client.kind === 'inkroom') continue;
    const seen = client.presence.here().sort(byNumber);
    const others = present.map((other) => other.doc.clientID).filter((id) => id !== doc.clientID);
    const expected = [...new Set(others)].sort(byNumber);
    if (!isDeepStrictEqual(seen, expected)) throw new Error(`${name} sees ${seen} present instead of ${expected}`);
    for (const other of present) {
      if (other.client.kind === 'inkroom' || other.doc.clientID === doc.clientID) continue;
      const known = client.presence.others.get(other.doc.clientID)?.state;
      if (!isDeepStrictEqual(known, other.client.presence.state))
        throw new Error(`${name} sees an old state of ${other.name}`);
    }
  }
  if (world.server.rooms.size !== 1) throw new Error(`${world.server.rooms.size} rooms are open`);
}

async function freshClientsSeeAll(world: World, stored: Y.Doc): Promise<void> {
  const fresh = [world.yWebsocket(), world.hocuspocus(), world.inkroom()];
  await world.settle();
  for (const client of fresh) {
    if (!client.isSynced) throw new Error(`a fresh ${client.kind} client is not synced`);
    sameContent(`a fresh ${client.kind} client`, client.doc, stored);
    sameStructs(`a fresh ${client.kind} client`, client.doc, stored);
    client.destroy();
  }
}

function sameContent(name: string, doc: Y.Doc, stored: Y.Doc): void {
  if (hasPending(doc)) throw new Error(`${name} has pending structs`);
  const [theirs, ours] = [contentOf(doc), contentOf(stored)];
  if (!isDeepStrictEqual(theirs, ours)) {
    throw new Error(`${name} has other content than the log:\n${JSON.stringify(theirs)}\n${JSON.stringify(ours)}`);
  }
}

/** Deletions too: equal state vectors say nothing about them. */
function sameStructs(name: string, doc: Y.Doc, stored: Y.Doc): void {
  if (!Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(stored)))
    throw new Error(`${name} has other structs or deletions than the log`);
}

function byNumber(a: number, b: number): number {
  return a - b;
}
