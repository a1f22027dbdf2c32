import { describe, expect, it } from 'vitest';
import { addressOf, groupOf } from '../../server/address.ts';
import { Bucket, Budgets, returnWindow } from '../../server/budgets.ts';
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

  it('[NET-13] without options there are 20,000 connections, and 4,000 of one address', () => {
    const clock = new FakeClock();
    const budgets = new Budgets({ clock });
    const admitted = (address: string | undefined, times: number) => {
      let count = 0;
      for (let i = 0; i < times; i++) if (!budgets.admit(address)) count++;
      return count;
    };
    expect(admitted('a', LIMITS.connectionsPerAddress)).toBe(LIMITS.connectionsPerAddress);
    clock.advance(60_000); // so that it is not the pace
    expect(budgets.admit('a')).toMatchObject({ status: 429, retryAfter: 10 });
    expect(admitted(undefined, LIMITS.connections)).toBe(LIMITS.connections - LIMITS.connectionsPerAddress);
    expect(budgets.admit(undefined)).toMatchObject({ status: 503 });
  });

  it('[NET-13] an office of a thousand people comes back at once, four tabs each; a flood is slowed down', () => {
    const clock = new FakeClock();
    const budgets = new Budgets({ clock });
    for (let i = 0; i < LIMITS.upgradesAtOnce; i++) expect(budgets.admit('office')).toBeUndefined();
    for (let i = 0; i < LIMITS.upgradesAtOnce; i++) budgets.release('office');
    expect(budgets.admit('office')).toMatchObject({ status: 429 });
    clock.advance(1_000);
    let admitted = 0;
    for (let i = 0; i < 4_000; i++) if (!budgets.admit('office')) admitted++;
    expect(admitted).toBe(LIMITS.upgradesPerSecond);
  });

  describe('[NET-19] an address whose connections are closed for what they said', () => {
    const MALFORMED = 4400;
    const refusals = (budgets: Budgets, address = 'a') => {
      const refusal = budgets.admit(address);
      if (!refusal) budgets.release(address);
      return refusal;
    };
    const violate = (budgets: Budgets, times: number, code: number | undefined = MALFORMED) => {
      for (let i = 0; i < times; i++) budgets.closing('a', code);
    };

    it('waits when there were more than a hall of people makes, as long as it takes to pay, and nobody else does', () => {
      const clock = new FakeClock();
      const budgets = new Budgets({ clock });
      violate(budgets, LIMITS.violationsAtOnce);
      expect(refusals(budgets)).toBeUndefined();
      violate(budgets, 3);
      expect(refusals(budgets)).toMatchObject({ status: 429, retryAfter: 3 });
      expect(refusals(budgets, 'b')).toBeUndefined();
      clock.advance(2_999);
      expect(refusals(budgets)).toMatchObject({ status: 429, retryAfter: 1 });
      clock.advance(1);
      expect(refusals(budgets)).toBeUndefined();
    });

    it('waits longer the more there were, and never longer than half a minute', () => {
      const clock = new FakeClock();
      const budgets = new Budgets({ clock });
      violate(budgets, LIMITS.violationsAtOnce + 10);
      expect(refusals(budgets)).toMatchObject({ retryAfter: 10 });
      violate(budgets, 10_000);
      expect(refusals(budgets)).toMatchObject({ retryAfter: LIMITS.violationPauseMs / 1_000 });
      clock.advance(LIMITS.violationPauseMs);
      expect(refusals(budgets)).toBeUndefined();
    });

    it('may go on at one a second', () => {
      const clock = new FakeClock();
      const budgets = new Budgets({ clock });
      violate(budgets, LIMITS.violationsAtOnce);
      for (let second = 0; second < 100; second++) {
        clock.advance(1_000 / LIMITS.violationsPerSecond);
        violate(budgets, 1);
        expect(refusals(budgets)).toBeUndefined();
      }
    });

    it('waits for frames that no WebSocket has too, and not for what a client of ours or a network does', () => {
      const budgets = new Budgets({ clock: new FakeClock() });
      for (const code of [4401, 4403, 4404, 4429, 4508, 4509, 1011, 1012, 1013]) violate(budgets, 100, code);
      expect(refusals(budgets)).toBeUndefined();
      for (let i = 0; i <= LIMITS.violationsAtOnce; i++) budgets.closing('a');
      for (let i = 0; i < 100; i++) budgets.closing(undefined, MALFORMED); // this machine itself
      expect([refusals(budgets)?.status, budgets.admit(undefined)]).toEqual([429, undefined]);
    });

    it('is forgotten when it has paid', () => {
      const clock = new FakeClock();
      const budgets = new Budgets({ clock });
      violate(budgets, 10);
      clock.advance(9_000);
      budgets.sweep();
      expect(budgets.size).toBe(1);
      clock.advance(1_000);
      budgets.sweep();
      expect(budgets.size).toBe(0);
    });
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

  it('[UPLOAD-8] one uploader begins a hundred at once, and one a second', () => {
    const clock = new FakeClock();
    const budgets = new Budgets({ clock });
    const begun = () => {
      let count = 0;
      for (; budgets.mayUpload('user ada'); count++) budgets.uploaded('user ada');
      return count;
    };
    expect(begun()).toBe(LIMITS.uploadsAtOnce);
    clock.advance(60_000);
    expect(begun()).toBe(LIMITS.uploadsPerMinute);
  });

  it('[STOP-4] a few are asked to return at once, many within so many seconds', () => {
    expect([0, 1, 1_000].map(returnWindow)).toEqual([0, LIMITS.returnMs, 1_000 * LIMITS.returnMs]);
    const many = LIMITS.returnMostMs / LIMITS.returnMs;
    expect([many, many + 1].map(returnWindow)).toEqual([LIMITS.returnMostMs, LIMITS.returnMostMs]);
  });

  it('[UPLOAD-2] an office opens a document of many pictures', () => {
    const clock = new FakeClock();
    const budgets = new Budgets({ clock });
    const given = Array.from({ length: 30_000 }, () => budgets.mayFetch('office')).filter(Boolean).length;
    expect(given).toBe(LIMITS.fetchesAtOnce);
    expect(budgets.mayAsk('office')).toBe(true);
    clock.advance(1_000);
    const more = Array.from({ length: 30_000 }, () => budgets.mayFetch('office')).filter(Boolean).length;
    expect(more).toBe(LIMITS.fetchesPerSecond);
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
