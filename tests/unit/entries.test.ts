import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../server/limits.ts';
import { Line } from '../../server/line.ts';
import { Entries } from '../../server/sockets/entries.ts';
import { Turns } from '../support/turns.ts';

// Connections that ask to be let into documents, all in one turn of the event loop.

const FEW = LIMITS.turnBytes / LIMITS.entryBytes;

function door() {
  const clock = new Turns();
  const line = new Line(clock);
  /** For whom it was asked, in order. */
  const entered: string[] = [];
  const connection = (name: string) => {
    const entries = new Entries({ clock, line });
    const ask = async () => {
      const turn = entries.turn();
      if (turn) await turn;
      entered.push(name);
    };
    return { ask, end: () => entries.end() };
  };
  return { clock, entered, connection };
}

describe('[JOIN-10] the auth rule', () => {
  it('is asked at once for who is alone', () => {
    const { entered, connection } = door();
    void connection('ada').ask();
    expect(entered).toEqual(['ada']);
  });

  it('is asked few times a turn, whoever asks', async () => {
    const { clock, entered, connection } = door();
    for (let i = 0; i < 3 * FEW; i++) void connection(`${i}`).ask();
    const counts: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await clock.rest();
      counts.push(entered.length);
      await clock.end();
    }
    expect(counts).toEqual([FEW, 2 * FEW, 3 * FEW]);
  });

  it('is asked for the first of somebody else before the rest of a thousand', async () => {
    const { clock, entered, connection } = door();
    const eve = connection('eve');
    for (let i = 0; i < 1_000; i++) void eve.ask();
    void connection('ada').ask();
    for (let turn = 0; turn < 2; turn++) await clock.end();
    expect(entered).toContain('ada');
    expect(entered.length).toBeLessThan(4 * FEW);
  });

  it('is asked for the documents of one connection in their order', async () => {
    const { clock, entered, connection } = door();
    const { ask } = connection('ada');
    const order: number[] = [];
    for (let i = 0; i < 3 * FEW; i++) void ask().then(() => order.push(i));
    while (clock.tasks > 0) await clock.end();
    expect(order).toEqual(Array.from({ length: 3 * FEW }, (_, i) => i));
    expect(entered).toHaveLength(3 * FEW);
  });

  it('is not waited for by a connection that has ended: its turns go to the others', async () => {
    const { clock, entered, connection } = door();
    const eve = connection('eve');
    for (let i = 0; i < 1_000; i++) void eve.ask();
    eve.end();
    for (let turn = 0; turn < 3; turn++) await clock.end();
    expect(clock.tasks).toBe(0);
    expect(entered).toHaveLength(1_000);
  });
});
