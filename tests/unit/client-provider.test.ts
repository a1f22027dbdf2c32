import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { RefusedError } from '../../lib/client/index.ts';
import { setUp } from '../support/client-setup.ts';

describe('a document', () => {
  it('reaches another client, and is saved', async () => {
    const { clock, server, makeClient, person } = setUp();
    const ada = person('a');
    const ben = person('a', makeClient());
    expect(ada.provider.state).toEqual({ state: 'connecting' });
    await clock.settle();
    expect(ada.provider.state).toEqual({ state: 'saved' });
    server.holdAcknowledgements = true;
    ada.text.insert(0, '你好');
    expect(ada.provider.state).toEqual({ state: 'saving', changes: 1 });
    await clock.settle();
    expect([ben.text.toString(), server.text('a')]).toEqual(['你好', '你好']);
    expect([ada.provider.state, ben.provider.state]).toEqual([{ state: 'saving', changes: 1 }, { state: 'saved' }]);
    server.say('a', { type: 'saved', number: 1 });
    await clock.settle();
    expect(ada.provider.state).toEqual({ state: 'saved' });
  });

  it('[CON-2] is greeted without waiting, each frame in its place', async () => {
    const { clock, server, person } = setUp({ token: () => 'secret' });
    person('a');
    await clock.settle();
    expect(server.received).toEqual([
      { key: 'a', message: { type: 'auth', token: 'secret', version: 'inkroom/1' } },
      { key: 'a', message: { type: 'step1', stateVector: new Uint8Array([0]) } },
    ]);
  });

  it('[CON-1] opened, closed and opened again in one tick costs one socket and one handshake', async () => {
    const { clock, server, client } = setUp();
    const doc = new Y.Doc();
    client.open('a', { doc }).close();
    const provider = client.open('a', { doc });
    await clock.settle();
    expect(server.sockets).toHaveLength(1);
    expect(server.heard()).toEqual(['auth', 'step1']);
    doc.getText('t').insert(0, 'x');
    await clock.settle();
    expect(provider.state).toEqual({ state: 'saved' });
    expect(server.heard()).toEqual(['numberedUpdate']); // once: the first provider has let go of the document
  });

  it('[CON-3] several share one socket, which closes a second after the last', async () => {
    const { clock, server, client, person } = setUp();
    const a = person('a');
    const b = person('b');
    await clock.settle();
    expect(server.sockets).toHaveLength(1);
    expect(client.connected).toBe(true);
    a.provider.close();
    b.provider.close();
    await clock.settle();
    expect(server.heard().slice(-2)).toEqual(['leave', 'leave']);
    clock.advance(1_000);
    await clock.settle();
    expect([client.connected, server.open.length, clock.timers]).toEqual([false, 0, 0]);
  });

  it('under one name twice on one client is two documents with keys of their own', async () => {
    const { clock, server, person } = setUp();
    const one = person('a');
    const two = person('a');
    await clock.settle();
    one.text.insert(0, 'x');
    await clock.settle();
    expect(two.text.toString()).toBe('x');
    expect(new Set(server.received.map(({ key }) => key))).toEqual(new Set(['a', 'a\u00001']));
  });

  it('[SAVE-11] what comes from the server is not sent back, and has the provider as its origin', async () => {
    const { clock, server, makeClient, person } = setUp();
    const ada = person('a');
    const ben = person('a', makeClient());
    await clock.settle();
    server.heard();
    const origins: unknown[] = [];
    ben.doc.on('update', (_update, origin) => origins.push(origin));
    ada.text.insert(0, 'x');
    await clock.settle();
    expect(server.heard()).toEqual(['numberedUpdate']);
    expect(origins).toEqual([ben.provider]);
  });

  it('[SAVE-11] what comes from the server is not encoded again; what a listener makes of it is sent', async () => {
    const { clock, server, makeClient, person } = setUp();
    const ada = person('a');
    const ben = person('a', makeClient());
    await clock.settle();
    ada.text.insert(0, 'x');
    const encoded = vi.spyOn(Y.UpdateEncoderV1.prototype, 'toUint8Array');
    await clock.settle();
    expect(ben.text.toString()).toBe('x');
    expect(encoded).not.toHaveBeenCalled();
    encoded.mockRestore();
    // In the last moment at which Yjs lets anybody look at a transaction.
    ben.doc.once('afterTransactionCleanup', () => ben.text.insert(0, '!'));
    ada.text.insert(1, 'y');
    await clock.settle();
    expect([server.text('a'), ada.text.toString()]).toEqual(['!xy', '!xy']);
    ben.text.insert(0, '?');
    await clock.settle();
    expect(server.text('a')).toBe('?!xy');
  });

  it('[SAVE-12] that had content when it was opened is given to the server', async () => {
    const { clock, server, client } = setUp();
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'before');
    const provider = client.open('a', { doc });
    expect(provider.hasContent).toBe(true);
    expect(provider.unsavedChanges()).toBe(1);
    await clock.settle();
    expect(server.text('a')).toBe('before');
    expect(provider.state).toEqual({ state: 'saved' });
  });

  it('[SAVE-3] edited by a listener while the content comes in loses nothing, and numbers go out in order', async () => {
    const { clock, server, person } = setUp();
    server.document('a').getText('t').insert(0, 'x');
    const { doc, provider, text } = person('a');
    doc.getMap('m').set('early', true);
    text.observe((_event, transaction) => {
      if (transaction.origin === provider) text.insert(text.length, '!');
    });
    await clock.settle();
    expect(server.text('a')).toBe('x!');
    expect(provider.state).toEqual({ state: 'saved' });
    const numbers = server.received.flatMap(({ message }) => ('number' in message ? [message.number] : []));
    expect(numbers).toEqual([1, 2]);
  });

  it('[CON-10] whose listener throws goes on: what came is in the document, and the error is reported', async () => {
    const { clock, server, makeClient, person, errors } = setUp();
    const ada = person('a');
    const ben = person('a', makeClient());
    await clock.settle();
    ben.text.observe(() => {
      throw new Error('a bug of the page');
    });
    ada.text.insert(0, 'x');
    await clock.settle();
    expect([ben.text.toString(), ben.provider.state]).toEqual(['x', { state: 'saved' }]);
    expect([errors, server.open.length]).toEqual([[new Error('a bug of the page')], 2]);
  });

  it('[SAVE-3] typed into before, during and after an outage is whole at the end, and told to be saved only then', async () => {
    const { clock, server, person } = setUp();
    const { text, provider } = person('a');
    await clock.settle();
    text.insert(0, 'a');
    await clock.settle();
    server.holdAcknowledgements = true;
    text.insert(1, 'b');
    await clock.settle();
    server.cut();
    text.insert(2, 'c');
    expect(provider.state).toEqual({ state: 'offline', changes: 2 }); // b and c
    text.insert(3, 'd');
    clock.advance(250);
    await clock.settle();
    text.insert(4, 'e');
    await clock.settle();
    expect(server.text('a')).toBe('abcde');
    expect(provider.state).toEqual({ state: 'saving', changes: 4 });
    server.say('a', { type: 'saved', number: 1 });
    await clock.settle();
    expect(provider.state).toEqual({ state: 'saving', changes: 1 });
    server.say('a', { type: 'saved', number: 2 });
    await clock.settle();
    expect(provider.state).toEqual({ state: 'saved' });
  });

  it('[SAVE-3] a deletion alone is sent after an outage, though no state vector shows it', async () => {
    const { clock, server, person } = setUp();
    const { text, provider } = person('a');
    text.insert(0, 'abc');
    await clock.settle();
    server.cut();
    text.delete(1, 1);
    clock.advance(250);
    await clock.settle();
    expect(server.text('a')).toBe('ac');
    expect(provider.state).toEqual({ state: 'saved' });
  });

  it('[SAVE-5] is given back to a server that lost it', async () => {
    const { clock, server, person } = setUp();
    const { text, provider } = person('a');
    text.insert(0, 'kept');
    await clock.settle();
    server.documents.clear();
    server.cut();
    clock.advance(250);
    await clock.settle();
    expect(server.text('a')).toBe('kept');
    expect(provider.state).toEqual({ state: 'saved' });
  });

  it('[SAVE-6] is whole after a gap', async () => {
    const { clock, server, person } = setUp();
    const { text, provider } = person('a');
    await clock.settle();
    server.refuse = (number) => (number === 2 ? 'gap' : undefined);
    for (const letter of 'abcd') text.insert(text.length, letter);
    await clock.settle();
    expect(server.text('a')).toBe('abcd');
    expect(provider.state).toEqual({ state: 'saved' });
  });

  it('[SAVE-13] an update larger than the server takes is refused here, and the other documents go on', async () => {
    const { clock, server, person } = setUp();
    const a = person('a');
    const b = person('b');
    await clock.settle();
    server.heard();
    a.text.insert(0, 'x'.repeat(8 * 1024 * 1024));
    b.text.insert(0, 'small');
    await clock.settle();
    expect(server.heard()).toEqual(['numberedUpdate']);
    expect(a.provider.state).toMatchObject({ state: 'refused', code: 'too-large' });
    expect(b.provider.state).toEqual({ state: 'saved' });
  });
});

describe('a provider', () => {
  it('has one state object between changes, and tells its subscribers of each', async () => {
    const { clock, person } = setUp();
    const { text, provider } = person('a');
    const seen: unknown[] = [];
    const stop = provider.subscribe(() => {
      if (provider.state !== seen.at(-1)) seen.push(provider.state);
    });
    await clock.settle();
    text.insert(0, 'x');
    await clock.settle();
    expect(seen).toEqual([
      { state: 'connecting' },
      { state: 'syncing' },
      { state: 'saved' },
      { state: 'saving', changes: 1 },
      { state: 'saved' },
    ]);
    stop();
    text.insert(0, 'y');
    expect(seen).toHaveLength(5);
  });

  it('has no content until the server has sent it, and knows its role', async () => {
    const { clock, server, person } = setUp();
    server.role = 'view';
    const { provider } = person('a');
    expect([provider.hasContent, provider.role]).toEqual([false, undefined]);
    const synced = vi.fn();
    void provider.whenSynced().then(synced);
    await clock.settle();
    expect([provider.hasContent, provider.role]).toEqual([true, 'view']);
    expect(synced).toHaveBeenCalledOnce();
    server.cut();
    expect(provider.hasContent).toBe(true);
  });

  it('rejects whenSynced when the server refuses', async () => {
    const { clock, server, person } = setUp();
    const { provider } = person('a');
    const synced = provider.whenSynced();
    server.mute = true;
    await clock.settle();
    server.cut(4401);
    await expect(synced).rejects.toThrow(RefusedError);
    await expect(provider.whenSynced()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('is closed with its document, and may be closed twice', async () => {
    const { clock, server, person } = setUp();
    const { doc, provider } = person('a');
    await clock.settle();
    doc.destroy();
    provider.close();
    await clock.settle();
    expect(server.heard().filter((type) => type === 'leave')).toHaveLength(1);
  });

  it('may be closed by somebody who is told of what it shows', async () => {
    const { clock, server, person } = setUp();
    const { provider } = person('a');
    provider.subscribe(() => {
      if (provider.state.state === 'saved') provider.close();
    });
    await clock.settle();
    expect(server.heard()).toEqual(['auth', 'step1', 'leave']);
  });

  it('goes on when a subscriber throws', async () => {
    const { clock, person, errors } = setUp();
    const { provider } = person('a');
    provider.subscribe(() => {
      throw new Error('a bug of the page');
    });
    await clock.settle();
    expect(provider.state).toEqual({ state: 'saved' });
    expect(errors.length).toBeGreaterThan(0);
  });
});
