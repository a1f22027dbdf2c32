// @vitest-environment happy-dom

import { act, createElement, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { InkroomClient } from '../../lib/client/index.ts';
import {
  InkroomProvider,
  type SharedDocument,
  useDocument,
  useHasContent,
  useSyncState,
} from '../../lib/react/index.ts';
import { OpenDocuments } from '../../lib/react/open-documents.ts';
import { participantsStore } from '../../lib/react/use-presence.ts';

/** Counts what is opened and closed; opens no sockets. */
class CountingClient {
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  ended = 0;

  open(name: string, { doc, awareness }: { doc: Y.Doc; awareness: Awareness }) {
    this.opened.push(name);
    return { name, doc, awareness, close: () => this.closed.push(name) };
  }

  close(): void {
    this.ended += 1;
  }
}

function setUp() {
  const clients: CountingClient[] = [];
  const documents = new OpenDocuments(() => {
    const client = new CountingClient();
    clients.push(client);
    return client as unknown as InkroomClient;
  });
  return { documents, clients };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

describe('open documents', () => {
  it('[REACT-1] all users of a name share one provider', () => {
    const { documents, clients } = setUp();
    const [first, second] = [documents.acquire('a'), documents.acquire('a')];
    expect(first.provider).toBe(second.provider);
    expect(clients[0]?.opened).toEqual(['a']);
  });

  it('[REACT-2] a document stays open until its last user has gone', () => {
    const { documents, clients } = setUp();
    const [first, second] = [documents.acquire('a'), documents.acquire('a')];
    first.release();
    first.release(); // twice is once
    vi.advanceTimersByTime(1);
    expect(clients[0]?.closed).toEqual([]);
    second.release();
    vi.advanceTimersByTime(1);
    expect(clients[0]?.closed).toEqual(['a']);
    expect(clients[0]?.ended).toBe(1);
  });

  it('[REACT-3] taken again in the same turn, it was never closed', () => {
    const { documents, clients } = setUp();
    const first = documents.acquire('a');
    first.release();
    const second = documents.acquire('a');
    vi.advanceTimersByTime(1);
    expect(second.provider).toBe(first.provider);
    expect(clients[0]?.closed).toEqual([]);
  });

  it('[REACT-4] one connection carries all documents; the next one is made when there is need', () => {
    const { documents, clients } = setUp();
    const [a, b] = [documents.acquire('a'), documents.acquire('b')];
    a.release();
    vi.advanceTimersByTime(1);
    expect(clients).toHaveLength(1);
    expect(clients[0]?.ended).toBe(0);
    b.release();
    vi.advanceTimersByTime(1);
    expect(clients[0]?.ended).toBe(1);
    documents.acquire('a');
    expect(clients).toHaveLength(2);
  });
});

/** Never connects; counts. */
class SilentSocket {
  static made = 0;
  binaryType = '';
  readyState = 0;
  constructor() {
    SilentSocket.made += 1;
  }
  addEventListener(): void {
    // nothing ever happens
  }
  removeEventListener(): void {
    // there is nothing to remove
  }
  send(): void {
    throw new Error('not connected');
  }
  close(): void {
    this.readyState = 3;
  }
}

describe('useDocument', () => {
  let root: Root;
  let seen: (SharedDocument | undefined)[];

  function Page({ name }: { name: string }) {
    const provider = useDocument(name);
    const state = useSyncState(provider)?.state;
    const there = useHasContent(provider);
    seen.push(provider);
    return createElement('p', {}, `${provider?.name ?? 'none'} ${state ?? 'none'} ${there}`);
  }

  const render = (name: string) =>
    act(() =>
      root.render(
        createElement(StrictMode, {}, createElement(InkroomProvider, { url: '/sync' }, createElement(Page, { name }))),
      ),
    );

  beforeEach(() => {
    SilentSocket.made = 0;
    seen = [];
    vi.stubGlobal('WebSocket', SilentSocket);
    const element = document.createElement('div');
    document.body.append(element);
    root = createRoot(element);
  });

  afterEach(async () => {
    await act(() => root.unmount());
    vi.advanceTimersByTime(1);
  });

  it("[REACT-5] opens one connection under StrictMode's double mount", async () => {
    await render('a');
    await act(() => vi.advanceTimersByTimeAsync(10));
    expect(document.body.textContent).toBe('a connecting false');
    expect(SilentSocket.made).toBe(1);
  });

  it('[REACT-6] follows its name, and never shows one document under the name of another', async () => {
    await render('a');
    seen = [];
    await render('b');
    await act(() => vi.advanceTimersByTimeAsync(10));
    expect(document.body.textContent).toBe('b connecting false');
    expect(seen.map((provider) => provider?.name)).not.toContain('a');
    expect(SilentSocket.made).toBe(1);
  });
});

describe('participants', () => {
  const person = (id: string, name = id) => ({ user: { id, name, color: '#336bdb' } });

  function room() {
    const awareness = new Awareness(new Y.Doc());
    const set = (client: number, state: Record<string, unknown> | null) => {
      if (state === null) awareness.states.delete(client);
      else awareness.states.set(client, state);
      awareness.emit('change', [{ added: [client], updated: [], removed: [] }, 'server']);
    };
    return { awareness, set };
  }

  it('[REACT-7] a person with several tabs is one participant', () => {
    const { awareness, set } = room();
    awareness.setLocalState(person('me'));
    set(1, person('bo'));
    set(2, person('bo'));
    set(3, person('me'));
    const list = participantsStore(awareness).read();
    expect(list.map(({ person, self, clients }) => [person.id, self, clients.length])).toEqual([
      ['me', true, 2],
      ['bo', false, 2],
    ]);
    awareness.destroy();
  });

  it('[REACT-8] the list changes with people, not with carets', () => {
    const { awareness, set } = room();
    set(1, person('bo'));
    const store = participantsStore(awareness);
    const changed = vi.fn();
    const end = store.subscribe(changed);
    const before = store.read();
    set(1, { ...person('bo'), cursor: { anchor: 1, head: 1 } });
    expect(changed).not.toHaveBeenCalled();
    expect(store.read()).toBe(before);
    set(1, person('bo', 'Bob'));
    expect(changed).toHaveBeenCalledOnce();
    set(1, null);
    expect(store.read()).toEqual([]);
    end();
    set(2, person('cy'));
    expect(changed).toHaveBeenCalledTimes(2);
    awareness.destroy();
  });

  it('[REACT-9] who has told no name is not listed', () => {
    const { awareness, set } = room();
    set(1, {});
    set(2, { user: { name: 5 } });
    expect(participantsStore(awareness).read()).toEqual([]);
    awareness.destroy();
  });
});
