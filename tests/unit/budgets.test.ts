import { describe, expect, it } from 'vitest';
import { addressOf, groupOf } from '../../server/address.ts';
import { Bucket, Budgets } from '../../server/budgets.ts';
import { LIMITS } from '../../server/limits.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('a bucket', () => {
  it('gives what it holds at once, and what flows in afterwards', () => {
    const bucket = new Bucket({ perSecond: 10, most: 3 }, 0);
    const taken = [0, 0, 0, 0, 99, 100, 150].filter((now) => bucket.take(now));
    expect(taken).toEqual([0, 0, 0, 100]);
    expect([bucket.isFull(399), bucket.isFull(400)]).toEqual([false, true]);
  });

  it('may be overdrawn, and says how long that takes to pay', () => {
    const bucket = new Bucket({ perSecond: 10, most: 3 }, 0);
    expect(bucket.spend(3, 0)).toBe(0);
    expect(bucket.spend(5, 0)).toBe(500);
    expect(bucket.spend(1, 300)).toBe(300);
    expect(bucket.spend(0, 600)).toBe(0);
  });
});

describe('the budgets of a server', () => {
  it('[NET-13] more connections than there may be are refused with 503, and admitted when others have ended', () => {
    const budgets = new Budgets({ clock: new FakeClock(), maxConnections: 2 });
    expect([budgets.admit('a'), budgets.admit(undefined)]).toEqual([undefined, undefined]);
    expect(budgets.admit('b')).toMatchObject({ status: 503 });
    budgets.release(undefined);
    expect(budgets.admit('b')).toBeUndefined();
  });

  it('[NET-13] more from one address are refused with 429, and nobody else is', () => {
    const budgets = new Budgets({ clock: new FakeClock(), maxConnectionsPerAddress: 2 });
    budgets.admit('a');
    budgets.admit('a');
    expect(budgets.admit('a')).toMatchObject({ status: 429 });
    expect(budgets.admit('b')).toBeUndefined();
    budgets.release('a');
    expect(budgets.admit('a')).toBeUndefined();
  });

  it('[NET-13] an office of a thousand people comes back at once, four tabs each; a flood is slowed down', () => {
    const clock = new FakeClock();
    const budgets = new Budgets({ clock });
    for (let i = 0; i < 4_000; i++) expect(budgets.admit('office')).toBeUndefined();
    for (let i = 0; i < 4_000; i++) budgets.release('office');
    expect(budgets.admit('office')).toMatchObject({ status: 429 });
    clock.advance(1_000);
    let admitted = 0;
    for (let i = 0; i < 4_000; i++) if (!budgets.admit('office')) admitted++;
    expect(admitted).toBe(LIMITS.upgradesPerSecond);
  });

  it('[UPLOAD-8] one uploader has so many under way, all together so many more; whoever is done makes room', () => {
    const clock = new FakeClock();
    const budgets = new Budgets({ clock });
    const begun = (who: string | undefined) =>
      Array.from({ length: 100 }, () => budgets.mayUpload(who)).filter(Boolean).length;
    expect(begun('user ada')).toBe(LIMITS.uploadsUnderWay);
    budgets.uploaded('user ada');
    expect(begun('user ada')).toBe(1);
    expect(begun(undefined)).toBe(LIMITS.uploadsUnderWayInAll - LIMITS.uploadsUnderWay); // this machine itself
    expect(budgets.mayUpload('user bo')).toBe(false);
    budgets.uploaded(undefined);
    expect(budgets.mayUpload('user bo')).toBe(true);
    for (let i = 0; i < LIMITS.uploadsUnderWay; i++) budgets.uploaded('user ada');
    budgets.uploaded('user bo');
    clock.advance(60 * 60_000);
    budgets.sweep();
    expect(budgets.size).toBe(0);
  });

  it('[UPLOAD-2] an office opens a document of many pictures', () => {
    const budgets = new Budgets({ clock: new FakeClock() });
    const given = Array.from({ length: 30_000 }, () => budgets.mayFetch('office')).filter(Boolean).length;
    expect(given).toBe(LIMITS.fetchesAtOnce);
    expect(budgets.mayAsk('office')).toBe(true);
  });

  it('[API-13] answers so many requests of one address', () => {
    const clock = new FakeClock();
    const budgets = new Budgets({ clock });
    const answered = () => Array.from({ length: 2_000 }, () => budgets.mayAsk('a')).filter(Boolean).length;
    expect(answered()).toBe(LIMITS.requestsAtOnce);
    clock.advance(2_000);
    expect(answered()).toBe(2 * LIMITS.requestsPerSecond);
    expect([budgets.mayAsk('b'), budgets.mayAsk(undefined)]).toEqual([true, true]);
  });

  it('remember nobody for longer than a budget takes to fill', () => {
    const clock = new FakeClock();
    const budgets = new Budgets({ clock });
    for (let i = 0; i < 1_000; i++) {
      budgets.admit(`${i}`);
      budgets.share(`user ${i}`);
    }
    clock.advance(60_000);
    budgets.sweep();
    expect(budgets.size).toBe(2_000);
    for (let i = 0; i < 1_000; i++) {
      budgets.release(`${i}`);
      budgets.letGo(`user ${i}`);
    }
    budgets.sweep();
    expect(budgets.size).toBe(0);
  });
});

describe('[NET-14] the address that a budget belongs to', () => {
  const from = (remoteAddress: string, forwarded?: string) =>
    ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as Parameters<
      typeof addressOf
    >[0];

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:0:1:aaaa::1', '2001:db8:0:1::/64'],
    ['2001:0DB8:0000:0001::2', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
  ])('of %s is %s', (address, group) => {
    expect(groupOf(address)).toBe(group);
  });

  it('is nobody’s for this machine itself', () => {
    for (const own of ['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])
      expect(addressOf(from(own), 0)).toBeUndefined();
  });

  it('is not what a client writes into a header, unless a proxy is known to stand in front', () => {
    expect(addressOf(from('192.0.2.7', '198.51.100.1'), 0)).toBe('192.0.2.7');
    expect(addressOf(from('127.0.0.1', '198.51.100.1'), 1)).toBe('198.51.100.1');
    expect(addressOf(from('127.0.0.1', '203.0.113.9, 198.51.100.1'), 1)).toBe('198.51.100.1'); // the first is the client's own invention
    expect(addressOf(from('127.0.0.1', '203.0.113.9, 198.51.100.1,10.0.0.2'), 2)).toBe('198.51.100.1');
    expect(addressOf(from('127.0.0.1', '198.51.100.1'), 2)).toBe('198.51.100.1');
    expect(addressOf(from('192.0.2.7', 'unknown'), 1)).toBe('192.0.2.7');
    expect(addressOf(from('192.0.2.7'), 1)).toBe('192.0.2.7');
  });
});
