import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../server/limits.ts';
import { SparingLogger } from '../../server/sparing-logger.ts';
import { FakeClock } from '../support/fake-clock.ts';

// A log that clients cannot fill: what is written of many lines of one kind.

type Level = 'debug' | 'info' | 'warn' | 'error';

let clock: FakeClock;
let written: { level: Level; fields: object; message: string }[];
let logger: SparingLogger;

beforeEach(() => {
  clock = new FakeClock();
  written = [];
  const at = (level: Level) => (fields: object, message: string) => void written.push({ level, fields, message });
  logger = new SparingLogger({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, clock);
});

const refuse = (times: number) => {
  for (let i = 0; i < times; i++) logger.info({ i }, 'socket refused');
};
const messages = (of: string) => written.filter(({ message }) => message === of);
const AND_MORE = 'and more of a kind, left out';

describe('lines of one kind', () => {
  it('[OPS-13] are all written while they are few, as they were said', () => {
    refuse(3);
    logger.error({ err: 'why' }, 'session failed');
    clock.advance(LIMITS.logCountMs);
    expect(written.map(({ level, fields, message }) => [level, fields, message])).toEqual([
      ['info', { i: 0 }, 'socket refused'],
      ['info', { i: 1 }, 'socket refused'],
      ['info', { i: 2 }, 'socket refused'],
      ['error', { err: 'why' }, 'session failed'],
    ]);
    expect(clock.timers).toBe(0);
  });

  it('[OPS-13] are counted when they are many, and the count is written when ten seconds are over, at their level', () => {
    refuse(LIMITS.logLinesAtOnce + 1_234);
    expect(messages('socket refused')).toHaveLength(LIMITS.logLinesAtOnce);
    clock.advance(LIMITS.logCountMs - 1);
    expect(messages(AND_MORE)).toEqual([]);
    clock.advance(1);
    const said = { kind: 'socket refused', count: 1_234, seconds: 10 };
    expect(messages(AND_MORE)).toEqual([{ level: 'info', fields: said, message: AND_MORE }]);
    expect(clock.timers).toBe(0);
  });

  it('[OPS-13] go on at a pace as long as there are many, and nothing is uncounted', () => {
    const seconds = 100;
    for (let second = 0; second < seconds; second++) {
      refuse(2_000);
      clock.advance(1_000);
    }
    logger.close();
    const lines = messages('socket refused').length;
    expect(lines).toBeGreaterThanOrEqual(LIMITS.logLinesAtOnce);
    expect(lines).toBeLessThanOrEqual(LIMITS.logLinesAtOnce + seconds * LIMITS.logLinesPerSecond);
    expect(messages(AND_MORE).length).toBeLessThanOrEqual((seconds * 1_000) / LIMITS.logCountMs + 1);
    const left = messages(AND_MORE).reduce((sum, { fields }) => sum + (fields as { count: number }).count, 0);
    expect(lines + left).toBe(seconds * 2_000);
  });

  it('[OPS-13] take nothing from those of another kind', () => {
    refuse(10_000);
    logger.error({}, 'document could not be loaded');
    logger.info({}, 'document could not be loaded'); // another level is another kind
    expect(messages('document could not be loaded')).toHaveLength(2);
  });

  it('[OPS-13] are all written again when it was quiet for a while', () => {
    refuse(10_000);
    clock.advance((LIMITS.logLinesAtOnce / LIMITS.logLinesPerSecond) * 1_000);
    written = [];
    refuse(LIMITS.logLinesAtOnce);
    expect(messages('socket refused')).toHaveLength(LIMITS.logLinesAtOnce);
  });

  it('[OPS-13] are counted at the end, and nothing is left that ticks', () => {
    refuse(LIMITS.logLinesAtOnce + 5);
    logger.close();
    expect(messages(AND_MORE)).toMatchObject([{ fields: { count: 5 } }]);
    logger.close();
    expect(messages(AND_MORE)).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  it('[OPS-13] are all written at the level debug: who asked for that wants them', () => {
    for (let i = 0; i < 1_000; i++) logger.debug({}, 'merging');
    expect(messages('merging')).toHaveLength(1_000);
  });
});
