import { afterEach, describe, expect, it, vi } from 'vitest';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { linkParts } from '../../lib/chat/links.ts';
import {
  CHAT,
  type ChatMessage,
  MESSAGE_LENGTH,
  messagesIn,
  readChat,
  sendMessage,
  watchChat,
} from '../../lib/chat/messages.ts';
import { runsOf } from '../../lib/chat/runs.ts';
import { TypingTeller, watchTyping } from '../../lib/chat/typing.ts';
import { SEEN, seenNow, unreadOf } from '../../lib/chat/unread.ts';
import type { Person } from '../../lib/person/person.ts';

const ADA: Person = { id: 'ada', name: 'Ada', color: '#d03a35' };
const BO: Person = { id: 'bo', name: 'Bo', color: '#336bdb' };

afterEach(() => {
  vi.useRealTimers();
});

const say = (doc: Y.Doc, text: string, person = ADA, at = 1_000) => sendMessage(doc, { person, text, at });
const texts = (doc: Y.Doc, limit = 200) => readChat(doc, limit).messages.map(({ text }) => text);

function level(a: Y.Doc, b: Y.Doc): void {
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a, Y.encodeStateVector(b)));
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)));
}

describe('the chat of a document', () => {
  it('[CHAT-1] reaches the other side, with person, words and time', () => {
    const [a, b] = [new Y.Doc(), new Y.Doc()];
    const told = vi.fn();
    const stop = watchChat(b, told);
    expect(say(a, ' Hello,\r\nworld \n')).toBe(true);
    level(a, b);
    const [message] = readChat(b, 200).messages;
    expect(message).toMatchObject({ person: ADA, text: 'Hello,\nworld', at: 1_000 });
    expect(told).toHaveBeenCalledTimes(1);
    stop();
    say(a, 'again');
    level(a, b);
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('[CHAT-2] says nothing without words', () => {
    const doc = new Y.Doc();
    expect(say(doc, ' \n\t\u0000 ')).toBe(false);
    expect(doc.getArray(CHAT).length).toBe(0);
  });

  it('[CHAT-3] shows no entry that is no message, and of one id the newest', () => {
    const doc = new Y.Doc();
    const good = { id: '1', person: ADA, text: 'good', at: 5 };
    const { id: _, ...anonymous } = good;
    doc
      .getArray(CHAT)
      .push([
        good,
        null,
        'text',
        7,
        [],
        anonymous,
        { ...good, id: '' },
        { ...good, id: 'x'.repeat(65) },
        { ...good, id: '2', at: Number.NaN },
        { ...good, id: '3', at: 9e15 },
        { ...good, id: '4', at: '5' },
        { ...good, id: '5', text: { toString: 'no' } },
        { ...good, id: '6', text: '\u0007\n' },
        { ...good, id: '7', person: { id: 'x', name: 5 } },
        { ...good, id: '8', person: null },
        new Y.Map(),
        new Uint8Array([1]),
        { ...good, id: '9', text: 'better', person: { ...BO, color: 'url(x)' } },
        { ...good, text: 'said twice' },
      ]);
    const { messages } = readChat(doc, 200);
    expect(messages.map(({ text }) => text)).toEqual(['better', 'said twice']);
    expect(messages[0]?.person.color).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('[CHAT-3] lives with a root of another kind, made by somebody else', () => {
    const [a, b] = [new Y.Doc(), new Y.Doc()];
    b.getMap(CHAT).set('0', 'not a list');
    level(a, b);
    expect(texts(a)).toEqual([]);
    expect(say(a, 'still here')).toBe(true);
    expect(texts(a)).toEqual(['still here']);
  });

  it('[CHAT-4] is bounded: the length of a message, its empty lines, and how many are read', () => {
    const doc = new Y.Doc();
    say(doc, 'x'.repeat(MESSAGE_LENGTH + 5));
    say(doc, `a${'\n'.repeat(500)}b`);
    say(doc, `${'x'.repeat(MESSAGE_LENGTH - 1)}😀`); // the bound falls into the middle of a character
    doc.getArray(CHAT).push([{ id: 'theirs', person: BO, text: 'y'.repeat(9_999), at: 1 }]);
    const [long = '', lines, halved, theirs = ''] = texts(doc);
    expect([long.length, lines, theirs.length]).toEqual([MESSAGE_LENGTH, 'a\n\nb', MESSAGE_LENGTH]);
    expect(halved).toBe('x'.repeat(MESSAGE_LENGTH - 1));
    for (let i = 0; i < 10; i++) say(doc, `message ${i}`);
    expect(readChat(doc, 3)).toMatchObject({ hasEarlier: true });
    expect(texts(doc, 3)).toEqual(['message 7', 'message 8', 'message 9']);
    expect(readChat(doc, 14).hasEarlier).toBe(false);
  });

  it('[CHAT-5] is the same on both sides when both wrote without each other', () => {
    const [a, b] = [new Y.Doc(), new Y.Doc()];
    say(a, 'one');
    level(a, b);
    for (const n of [1, 2, 3]) {
      say(a, `a${n}`);
      say(b, `b${n}`, BO);
    }
    level(a, b);
    expect(texts(a)).toEqual(texts(b));
    expect(texts(a)).toHaveLength(7);
    expect(texts(a).filter((text) => text.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
  });

  it('[CHAT-6] tells which messages are in unsent edits', () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    say(doc, 'saved');
    doc.on('update', (update: Uint8Array) => updates.push(update));
    doc.getText('content').insert(0, 'words');
    say(doc, 'waits');
    say(doc, 'waits too');
    const waiting = messagesIn([...updates, Y.mergeUpdates(updates)]);
    const pending = readChat(doc, 9).messages.filter(({ id }) => waiting.has(id));
    expect(pending.map(({ text }) => text)).toEqual(['waits', 'waits too']);
    expect(messagesIn([])).toEqual(new Set());
  });
});

describe('what is unread', () => {
  const message = (id: string, person = BO): ChatMessage => ({ id, person, text: id, at: 1 });

  it('[CHAT-7] is what others wrote and this device has not shown, also in between', () => {
    const seen = new Set(seenNow([message('1'), message('2')]));
    const now = [message('1'), message('offline'), message('2'), message('mine', ADA), message('3')];
    expect(unreadOf(now, seen, 'ada').map(({ id }) => id)).toEqual(['offline', '3']);
    expect(unreadOf(now, new Set(seenNow(now)), 'ada')).toEqual([]);
  });

  it('[CHAT-7] is remembered for the newest messages only', () => {
    const many = Array.from({ length: SEEN + 50 }, (_, n) => message(String(n)));
    expect(seenNow(many)).toHaveLength(SEEN);
    expect(seenNow(many).at(-1)).toBe(String(SEEN + 49));
  });
});

describe('how messages are set', () => {
  const DAY = 86_400_000;
  const message = (id: string, person: Person, at: number): ChatMessage => ({ id, person, text: id, at });
  const set = (messages: ChatMessage[], firstUnread?: string) =>
    runsOf(messages, { firstUnread, dayOf: (at) => String(Math.floor(at / DAY)) }).map(
      ({ startsDay, startsUnread, messages }) =>
        `${startsDay ? 'day ' : ''}${startsUnread ? 'new ' : ''}${messages.map(({ id }) => id).join('+')}`,
    );

  it('[CHAT-8] by day and person, with a line above what is new', () => {
    const messages = [
      message('a', ADA, 0),
      message('b', ADA, 1_000),
      message('c', BO, 2_000),
      message('d', ADA, 3_000),
      message('e', ADA, 3_000 + 6 * 60_000),
      message('f', ADA, DAY),
      message('g', ADA, DAY + 1),
    ];
    expect(set(messages)).toEqual(['day a+b', 'c', 'd', 'e', 'day f+g']);
    expect(set(messages, 'g')).toEqual(['day a+b', 'c', 'd', 'e', 'day f', 'new g']);
    expect(set([])).toEqual([]);
  });

  it('[CHAT-8] a changed name stands above what was said under it', () => {
    expect(set([message('a', ADA, 0), message('b', { ...ADA, name: 'Countess' }, 1)])).toEqual(['day a', 'b']);
  });
});

describe('links in messages', () => {
  it.each([
    ['see https://example.org/a?b=c.', ['see ', 'https://example.org/a?b=c*', '.']],
    ['(https://example.org)', ['(', 'https://example.org*', ')']],
    ['https://a.org https://b.org', ['https://a.org*', ' ', 'https://b.org*']],
    ['請看 https://example.org/頁。好', ['請看 ', 'https://example.org/頁*', '。好']],
    ['javascript:alert(1) data:text/html,x file:///etc', ['javascript:alert(1) data:text/html,x file:///etc']],
    ['no address', ['no address']],
  ])('[CHAT-9] %s', (text, expected) => {
    const parts = linkParts(text);
    expect(parts.map(({ text, href }) => (href === undefined ? text : `${text}*`))).toEqual(expected);
    expect(parts.map((part) => part.text).join('')).toBe(text);
  });
});

describe('typing', () => {
  function two() {
    vi.useFakeTimers();
    const [ada, bo] = [new Awareness(new Y.Doc()), new Awareness(new Y.Doc())];
    ada.setLocalStateField('user', ADA);
    let told = 0;
    let cut = false;
    const carry = () => {
      if (!cut) applyAwarenessUpdate(bo, encodeAwarenessUpdate(ada, [ada.clientID]), 'server');
    };
    ada.on('update', () => {
      told += 1;
      carry();
    });
    const shown: string[] = [];
    const stop = watchTyping(bo, (people) => shown.push(people.map(({ name }) => name).join()));
    carry();
    const teller = new TypingTeller(ada);
    return { ada, bo, teller, shown, stop, told: () => told, cut: () => (cut = true) };
  }

  it('[CHAT-10] is told once in a while, and ends when it ends', () => {
    const { teller, shown, told } = two();
    for (let n = 0; n < 20; n++) {
      teller.typed(Date.now());
      vi.advanceTimersByTime(100);
    }
    expect(shown).toEqual(['Ada']);
    expect(told()).toBe(1);
    teller.stop();
    teller.stop();
    expect(shown).toEqual(['Ada', '']);
    expect(told()).toBe(2);
    teller.typed(Date.now());
    expect(shown.at(-1)).toBe('Ada');
    vi.advanceTimersByTime(6_000); // no key any more
    expect(shown.at(-1)).toBe('');
  });

  it('[CHAT-11] goes away by itself when the typist is not heard of', () => {
    const { teller, shown, cut } = two();
    teller.typed(Date.now());
    cut();
    vi.advanceTimersByTime(6_500);
    expect(shown.at(-1)).toBe('Ada');
    vi.advanceTimersByTime(1_000);
    expect(shown.at(-1)).toBe('');
  });

  it('[CHAT-11] is not believed of somebody who typed before one came, nor without a name', () => {
    const { ada, bo, shown, stop } = two();
    stop();
    ada.setLocalStateField('typing', 99);
    const late: string[] = [];
    const stopLate = watchTyping(bo, (people) => late.push(people.map(({ name }) => name).join()));
    expect(late).toEqual([]);
    ada.setLocalStateField('user', { id: 'ada' });
    ada.setLocalStateField('typing', 100);
    for (const hostile of [Number.NaN, 'yes', {}, -1.5]) ada.setLocalStateField('typing', hostile);
    expect(late.filter((names) => names !== '')).toEqual([]);
    stopLate();
    ada.setLocalStateField('user', ADA);
    ada.setLocalStateField('typing', 101);
    expect(shown).toEqual([]);
  });
});
