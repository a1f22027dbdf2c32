import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { attach, hocuspocusSocket, KINDS, type Participant, participate } from '../support/clients.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

// Unmodified clients of all three kinds, together in one document, against the real server.

let server: ServerProcess;
let documents = 0;
const leaving: (() => void)[] = [];

beforeAll(async () => {
  server = await ServerProcess.launch();
});
afterAll(() => server.close());
afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

/** A document of one test alone. */
function fresh(): string {
  return `document ${++documents}`;
}

const join: typeof participate = (...args) => {
  const participant = participate(...args);
  leaving.push(() => participant.leave());
  return participant;
};

/** One client of each kind, synced. */
async function everyKind(document: string): Promise<Participant[]> {
  const all = KINDS.map((kind) => join(kind, server, document, { name: kind }));
  await untilSynced(all);
  return all;
}

async function untilSynced(all: readonly Participant[]): Promise<void> {
  await until('everyone to be synced', () => all.every((participant) => participant.synced()));
}

const textOf = (doc: Y.Doc) => doc.getText('text').toString();
const write = (doc: Y.Doc, words: string) => doc.getText('text').insert(0, words);

/** Resolves with the text when all show the same, and it holds all of `words`. */
async function untilAllRead(docs: readonly Y.Doc[], words: readonly string[]): Promise<string> {
  return until(`all to read ${words.join(', ')}`, () => {
    const [text, ...others] = new Set(docs.map(textOf));
    return text !== undefined && others.length === 0 && words.every((word) => text.includes(word)) && text;
  });
}

async function untilStored(document: string, words: readonly string[]): Promise<void> {
  await until(`${words.join(', ')} to be on disk`, async () => {
    const doc = await server.stored(document).catch(() => undefined); // not written yet: 404
    return doc && words.every((word) => textOf(doc).includes(word));
  });
}

const docsOf = (all: readonly Participant[]) => all.map(({ doc }) => doc);

const namesSeenBy = ({ awareness }: Participant) =>
  [...awareness.getStates().values()].map((state): string => state.user?.name ?? 'nobody').sort();

async function untilAllSee(all: readonly Participant[], names: readonly string[]): Promise<void> {
  const wanted = [...names].sort().join();
  await until(`everyone to see ${wanted}`, () =>
    all.every((participant) => namesSeenBy(participant).join() === wanted),
  );
}

describe('three kinds of clients in one document', () => {
  it('[JOIN-3] all read what each writes, and so does the disk', async () => {
    const document = fresh();
    const all = await everyKind(document);
    const words = KINDS.map((kind) => `from ${kind}`);
    all.forEach(({ doc }, index) => {
      write(doc, words[index] as string);
    });
    const text = await untilAllRead(docsOf(all), words);
    expect(textOf(await server.stored(document))).toBe(text);
  });

  it('[JOIN-2] who comes later reads what was there', async () => {
    const document = fresh();
    write(join('y-websocket', server, document).doc, 'written before');
    await untilStored(document, ['written before']);
    const all = await everyKind(document);
    expect(docsOf(all).map(textOf)).toEqual(KINDS.map(() => 'written before'));
  });

  it.each(KINDS)('[JOIN-2] what %s brings along reaches the others', async (kind) => {
    const document = fresh();
    const others = await everyKind(document);
    const doc = new Y.Doc();
    write(doc, 'written at home');
    join(kind, server, document, { doc });
    await untilAllRead([doc, ...docsOf(others)], ['written at home']);
  });

  it.each(KINDS)('[PRES-2] everyone sees the name of %s, and nobody after it has left', async (kind) => {
    const document = fresh();
    const others = await everyKind(document);
    await untilAllSee(others, KINDS);
    const guest = join(kind, server, document, { name: 'guest' });
    await untilAllSee([...others, guest], [...KINDS, 'guest']);
    guest.leave();
    await untilAllSee(others, KINDS);
  });

  it.each(KINDS)(
    '[PRES-2] [PRES-8] who vanishes without a word is gone, and on return is seen at once, unmoved: %s',
    async (kind) => {
      const document = fresh();
      const others = await everyKind(document);
      let vanish: () => void = () => undefined;
      let mayReturn = false;
      const guest = join(kind, server, document, {
        name: 'guest',
        tap: {
          opened: (socket) => {
            vanish = () => socket.terminate();
          },
          outbound: (_, pass) => {
            if (mayReturn) pass();
          },
        },
      });
      mayReturn = true;
      await untilAllSee([...others, guest], [...KINDS, 'guest']);
      mayReturn = false;
      vanish();
      await untilAllSee(others, KINDS);
      mayReturn = true;
      vanish(); // the connection on which it was not heard
      // Within a fraction of the 15 s after which a stock client says the same again by itself.
      await untilAllSee([...others, guest], [...KINDS, 'guest']);
    },
  );

  it('[ROOM-1] [PRES-8] edits made while the server was down and killed reach everyone when it is back', async () => {
    const own = await ServerProcess.launch();
    try {
      const document = fresh();
      const all = KINDS.map((kind) => join(kind, own, document, { name: kind }));
      await untilSynced(all);
      write((all[0] as Participant).doc, 'before;');
      await untilAllRead(docsOf(all), ['before;']);
      await own.kill();
      await until('everyone to notice', () => all.every((participant) => !participant.synced()));
      for (const { doc, kind } of all) write(doc, `${kind} meanwhile;`);
      await own.start();
      const text = await untilAllRead(docsOf(all), ['before;', ...KINDS.map((kind) => `${kind} meanwhile;`)]);
      await untilSynced(all);
      await untilAllSee(all, KINDS);
      await until('all of it to be on disk', async () => textOf(await own.stored(document)) === text);
    } finally {
      for (const leave of leaving.splice(0)) leave();
      await own.close();
    }
  });

  it.each<[string, string]>([
    ['Chinese', '會議記錄 二〇二六'],
    ['slashes', 'team/2026/十一月/minutes'],
    ['what a URL treats as special', "a b+c&d=e;f,g'h(i)!~*$@:|é🙂"],
    ['a word that a route uses', 'minutes/state'],
    ['a name that objects have', '__proto__'],
  ])('a name with %s is the same document in every dialect', async (_, document) => {
    const all = await everyKind(document);
    const words = KINDS.map((kind) => `from ${kind}`);
    all.forEach(({ doc }, index) => {
      write(doc, words[index] as string);
    });
    const text = await untilAllRead(docsOf(all), words);
    expect(textOf(await server.stored(document))).toBe(text);
  });
});

describe('a client that returns', () => {
  /** Over LIMITS.diffBytes, in one update. */
  const LARGE = 200_000;

  it.each(KINDS)('[JOIN-4] %s is sent only what it lacks of a large document', async (kind) => {
    const document = fresh();
    const author = join('y-websocket', server, document);
    write(author.doc, 'x'.repeat(LARGE));
    let bytes = 0;
    const tap = {
      inbound: (frame: Uint8Array, pass: () => void) => {
        bytes += frame.length;
        pass();
      },
    };
    const doc = new Y.Doc();
    const reader = join(kind, server, document, { doc, tap });
    await untilAllRead([author.doc, doc], ['x']);
    expect(bytes).toBeGreaterThan(LARGE);
    reader.leave();

    write(author.doc, 'news;');
    await untilStored(document, ['news;']);
    bytes = 0;
    const returned = join(kind, server, document, { doc, tap });
    await untilAllRead([author.doc, doc], ['news;']);
    await untilSynced([returned]);
    expect(bytes).toBeLessThan(2_000);
  });
});

describe('the provider of Hocuspocus', () => {
  it('[SES-4] says that all is synced only when it is on disk', async () => {
    const own = await ServerProcess.launch();
    const socket = hocuspocusSocket(own);
    const provider = attach(socket, 'killed when synced', new Y.Doc());
    leaving.push(
      () => provider.destroy(),
      () => socket.destroy(),
    );
    try {
      for (let round = 0; round < 2; round++) {
        await until('the provider to be synced', () => provider.synced && !provider.hasUnsyncedChanges);
        const killed = new Promise<void>((resolve) => {
          provider.on('unsyncedChanges', function kill({ number }: { number: number }) {
            if (number > 0) return;
            provider.off('unsyncedChanges', kill);
            own.signal('SIGKILL'); // in the very turn in which it said so
            resolve();
          });
        });
        write(provider.document, `word ${round};`);
        expect(provider.hasUnsyncedChanges).toBe(true);
        await killed;
        socket.disconnect(); // so that it cannot send again what it has
        await own.restart();
        expect(textOf(await own.stored('killed when synced'))).toContain(`word ${round};`);
        await socket.connect();
      }
    } finally {
      await own.close();
    }
  }, 60_000); // ms: three starts of a process

  it('[CLI-10] opens several documents on one socket', async () => {
    let sockets = 0;
    const socket = hocuspocusSocket(server, {
      opened: () => {
        sockets++;
      },
    });
    const names = [fresh(), fresh(), fresh()];
    const providers = names.map((name) => attach(socket, name, new Y.Doc()));
    leaving.push(...providers.map((provider) => () => provider.destroy()), () => socket.destroy());
    await until('all to be synced', () => providers.every((provider) => provider.synced));
    const others = names.map((name) => join('y-websocket', server, name));
    providers.forEach(({ document }, index) => {
      write(document, `in ${index}`);
    });
    for (const [index, other] of others.entries()) {
      expect(await untilAllRead([other.doc], [`in ${index}`])).toBe(`in ${index}`);
    }
    await until('all to be acknowledged', () => providers.every((provider) => !provider.hasUnsyncedChanges));

    providers[0]?.destroy();
    write((others[1] as Participant).doc, 'still here;');
    await untilAllRead([(others[1] as Participant).doc, providers[1]?.document as Y.Doc], ['still here;']);
    expect(sockets).toBe(1);
  });

  it('[SES-10] opens one document twice on one socket, with sessionAwareness', async () => {
    const socket = hocuspocusSocket(server);
    const document = fresh();
    const twice = [new Y.Doc(), new Y.Doc()].map((doc) => attach(socket, document, doc, { sessionAwareness: true }));
    leaving.push(...twice.map((provider) => () => provider.destroy()), () => socket.destroy());
    await until('both to be synced', () => twice.every((provider) => provider.synced));
    const [first, second] = twice as [(typeof twice)[0], (typeof twice)[0]];
    const other = join('y-websocket', server, document, { name: 'other' });
    first.setAwarenessField('user', { name: 'first' });
    second.setAwarenessField('user', { name: 'second' });
    write(first.document, 'one;');
    write(second.document, 'two;');
    write(other.doc, 'three;');
    await untilAllRead([first.document, second.document, other.doc], ['one;', 'two;', 'three;']);
    await untilAllSee([other], ['first', 'second', 'other']);

    first.destroy();
    await untilAllSee([other], ['second', 'other']);
    write(second.document, 'four;');
    await untilAllRead([second.document, other.doc], ['four;']);
    await until('all to be acknowledged', () => !second.hasUnsyncedChanges);
  });

  it('[SES-1] may write before its token is there', async () => {
    const document = fresh();
    const socket = hocuspocusSocket(server);
    let show: (token: string) => void = () => undefined;
    const token = new Promise<string>((resolve) => {
      show = resolve;
    });
    const provider = attach(socket, document, new Y.Doc(), { token: () => token });
    leaving.push(
      () => provider.destroy(),
      () => socket.destroy(),
    );
    await until('the socket to be open', () => socket.webSocket?.readyState === 1);
    write(provider.document, 'too early;');
    const other = join('y-websocket', server, document);
    await untilSynced([other]);
    show('here it is');
    await untilAllRead([provider.document, other.doc], ['too early;']);
    await until('all to be acknowledged', () => !provider.hasUnsyncedChanges);
  });
});

describe('two tabs of one browser', () => {
  it('[SES-6] an edit that builds on what the server has not yet got from the other tab is asked for again, and nothing is lost', async () => {
    const document = fresh();
    const withheld: (() => void)[] = [];
    let withhold = false;
    const slow = join('y-websocket', server, document, {
      tabs: true,
      tap: {
        outbound: (_, pass) => {
          if (withhold) withheld.push(pass);
          else pass();
        },
      },
    });
    const quick = join('y-websocket', server, document, { tabs: true });
    const other = join('hocuspocus', server, document);
    await untilSynced([slow, quick, other]);
    withhold = true;
    const words: string[] = [];
    // More often than a session is asked in a row: an answer that heals ends the row.
    for (let round = 0; round < 10; round++) {
      const text = slow.doc.getText('text');
      text.insert(text.length, `slow ${round},`);
      expect(textOf(quick.doc)).toBe(textOf(slow.doc)); // past the server
      quick.doc.getText('text').insert(text.length, `quick ${round};`);
      words.push(`slow ${round},quick ${round};`);
      await untilAllRead([slow.doc, quick.doc, other.doc], words);
    }
    for (const pass of withheld) pass();
    withhold = false;
    write(slow.doc, 'heard again;');
    await untilAllRead([slow.doc, quick.doc, other.doc], [...words, 'heard again;']);
    expect(server.log.filter(({ code }) => code === 'gap')).toEqual([]);
  });
});
