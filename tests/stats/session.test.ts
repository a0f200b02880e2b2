import { describe, expect, test } from 'vitest';
import { type RoomTime, type Signal, type Span, stepSession } from '#src/stats/session.ts';

const T0 = 1_780_000_000_000;
const S0 = T0 / 1000;
const LIMITS = { endDelayMs: 60_000, resumeMs: 120_000 };
const NOTHING: RoomTime = { last: null, floorMs: 0, lastEventMs: null, offlineSinceMs: null };

const live = (atMs: number, liveKey: string | null = null, startSecond: number | null = null): Signal => ({
  type: 'live',
  atMs,
  liveKey,
  startSecond,
});
const ended = (atMs: number): Signal => ({ type: 'ended', atMs });
const polled = (atMs: number, isLive: boolean, startSecond: number | null = null): Signal => ({
  type: 'polled',
  atMs,
  isLive,
  liveKey: null,
  startSecond,
});

/** Feeds signals in order, as the archive does; the broadcasts that came out, oldest first. */
function run(signals: readonly Signal[], lastEventMs: number | null = null): Span[] {
  const done: Span[] = [];
  let time: RoomTime = { ...NOTHING, lastEventMs };
  for (const signal of signals) {
    const step = stepSession(time, signal, LIMITS);
    if (step.type === 'doubt') time = { ...time, offlineSinceMs: step.offlineSinceMs };
    else if (step.type === 'update') time = { ...time, last: step.span, offlineSinceMs: null };
    else if (step.type === 'start') {
      const { last } = time;
      if (last !== null) done.push({ ...last, endedMs: step.lastEndedMs ?? last.endedMs });
      time = { ...time, last: step.span, floorMs: done.at(-1)?.endedMs ?? 0, offlineSinceMs: null };
    }
  }
  return time.last === null ? done : [...done, time.last];
}

const open = (part: Partial<Span> = {}): RoomTime => ({
  ...NOTHING,
  last: { liveKey: 'a', startSecond: S0, startedMs: T0, endedMs: null, liveMs: T0, ...part },
});

describe('one broadcast', () => {
  test('LIVE three times, the first with its start, is one', () => {
    const spans = run([live(T0 + 700, 'a', S0), live(T0 + 4_000, 'a'), live(T0 + 9_000, 'a')]);
    expect(spans).toEqual([
      { liveKey: 'a', startSecond: S0, startedMs: T0, endedMs: null, liveMs: T0 + 9_000 },
    ]);
  });

  test('a LIVE without a start begins at its second', () => {
    expect(run([live(T0 + 999, 'a')])).toMatchObject([{ startedMs: T0, startSecond: null }]);
  });

  test('joined in the middle: the poll has the start, LIVE the key', () => {
    const spans = run([polled(T0 + 3_600_000, true, S0), live(T0 + 3_700_000, 'a')]);
    expect(spans).toMatchObject([{ liveKey: 'a', startSecond: S0, startedMs: T0, endedMs: null }]);
  });

  test('a poll that tells the start some seconds off is of the same broadcast', () => {
    const spans = run([
      live(T0, 'a', S0),
      polled(T0 + 60_000, true, S0 + 3),
      polled(T0 + 120_000, true, S0 - 2),
    ]);
    expect(spans).toMatchObject([{ liveKey: 'a', startSecond: S0, startedMs: T0, endedMs: null }]);
    expect(run([live(T0, 'a', S0), polled(T0 + 60_000, true, S0 + 6)])).toHaveLength(2);
    // The key tells more than the clock.
    expect(run([live(T0, 'a', S0), live(T0 + 3_000, 'b', S0 + 3)])).toHaveLength(2);
  });

  test('a start that is not known is dated by our clock, which may be half a minute slow', () => {
    expect(run([live(T0, 'a'), polled(T0 + 60_000, true, S0 + 30)])).toMatchObject([
      { liveKey: 'a', startedMs: T0, startSecond: S0 + 30, endedMs: null },
    ]);
    expect(run([live(T0, 'a'), polled(T0 + 120_000, true, S0 + 61)])).toHaveLength(2);
  });

  test('a start learnt late moves the broadcast back, not before the end of the one before', () => {
    expect(run([live(T0 + 60_000, 'a'), polled(T0 + 90_000, true, S0)])).toMatchObject([
      { startedMs: T0, startSecond: S0 },
    ]);
    const spans = run([
      live(T0 - 600_000, 'z'),
      ended(T0 + 5_500),
      live(T0 + 60_000, 'a'),
      polled(T0 + 90_000, true, S0),
    ]);
    expect(spans.map((span) => [span.startedMs, span.endedMs])).toEqual([
      [T0 - 600_000, T0 + 5_500],
      [T0 + 5_500, null],
    ]);
  });

  test('a replay or an offline room starts none', () => {
    expect(run([polled(T0, false), ended(T0 + 1)])).toEqual([]);
  });
});

describe('the end', () => {
  test('is dated at PREPARING; a copy of it, or one from before, changes nothing', () => {
    expect(run([live(T0, 'a'), ended(T0 + 5_000), ended(T0 + 9_000)])).toMatchObject([
      { endedMs: T0 + 5_000 },
    ]);
    expect(run([live(T0, 'a'), ended(T0 - 1)])).toMatchObject([{ endedMs: null }]);
    expect(run([live(T0, 'a'), live(T0 + 9_000, 'a'), ended(T0 + 5_000)])).toMatchObject([{ endedMs: null }]);
  });

  test('PREPARING lost: the second poll in a row ends it at the last thing seen', () => {
    const polls = [polled(T0 + 200_000, false), polled(T0 + 260_000, false)];
    expect(run([live(T0, 'a'), polls[0] as Signal], T0 + 90_000)).toMatchObject([{ endedMs: null }]);
    expect(run([live(T0, 'a'), ...polls], T0 + 90_000)).toMatchObject([{ endedMs: T0 + 90_001 }]);
    expect(run([live(T0, 'a'), ...polls], T0 + 250_000)).toMatchObject([{ endedMs: T0 + 200_000 }]);
    expect(run([live(T0, 'a'), ...polls])).toMatchObject([{ endedMs: T0 + 200_000 }]);
  });

  test('the same poll twice, or a live one between, is no second poll', () => {
    const off = polled(T0 + 200_000, false);
    expect(run([live(T0, 'a', S0), off, off])).toMatchObject([{ endedMs: null }]);
    const spans = run([live(T0, 'a', S0), off, polled(T0 + 260_000, true, S0), polled(T0 + 320_000, false)]);
    expect(spans).toMatchObject([{ endedMs: null }]);
  });

  test('polls of one moment are one: on reconnecting two come within a second', () => {
    const [first, second] = [polled(T0 + 200_000, false), polled(T0 + 200_900, false)];
    expect(run([live(T0, 'a', S0), first, second])).toMatchObject([{ endedMs: null }]);
    expect(run([live(T0, 'a', S0), first, second, polled(T0 + 260_000, false)])).toMatchObject([
      { endedMs: T0 + 200_000 },
    ]);
  });

  test('PREPARING lost and another LIVE: it ends before the new start, which takes over', () => {
    const spans = run([live(T0, 'a'), live(T0 + 900_000, 'b')], T0 + 300_000);
    expect(spans.map((span) => [span.liveKey, span.startedMs, span.endedMs])).toEqual([
      ['a', T0, T0 + 300_001],
      ['b', T0 + 900_000, null],
    ]);
  });
});

describe('flapping', () => {
  test('the same key goes on however late, an unknown one within the delay', () => {
    expect(run([live(T0, 'a'), ended(T0 + 5_000), live(T0 + 900_000, 'a')])).toMatchObject([
      { endedMs: null },
    ]);
    expect(run([live(T0, 'a'), ended(T0 + 5_000), live(T0 + 65_000)])).toMatchObject([{ endedMs: null }]);
    expect(run([live(T0, 'a'), ended(T0 + 5_000), live(T0 + 65_001)])).toHaveLength(2);
  });

  test('a LIVE from before the end does not undo it', () => {
    const spans = run([live(T0, 'a'), ended(T0 + 5_000), live(T0 + 4_000, 'a'), live(T0 + 4_500, 'b')]);
    expect(spans).toMatchObject([{ liveKey: 'a', endedMs: T0 + 5_000 }]);
  });

  test.each([
    [120_000, true],
    [121_000, false],
  ])('another key %i ms after the end: resumed %s', (afterMs, resumed) => {
    const time = open({ endedMs: T0 + 600_000 });
    const step = stepSession(time, live(T0 + 600_000 + afterMs, 'b'), LIMITS);
    expect(step).toMatchObject({ type: 'start', resumed, lastEndedMs: null });
  });

  test('another key in the second of the end starts at the end, not before it', () => {
    const step = stepSession(open({ endedMs: T0 + 700 }), live(T0 + 900, 'b'), LIMITS);
    expect(step).toMatchObject({ type: 'start', resumed: true, span: { startedMs: T0 + 700 } });
  });

  test('a poll that still says live after PREPARING is a cache, later it is a lost LIVE', () => {
    const time = open({ endedMs: T0 + 600_000 });
    expect(stepSession(time, polled(T0 + 630_000, true, S0), LIMITS)).toEqual({ type: 'none' });
    expect(stepSession(time, polled(T0 + 700_000, true, S0), LIMITS)).toMatchObject({
      type: 'update',
      span: { endedMs: null },
    });
    expect(stepSession(time, polled(T0 + 630_000, true, S0 + 620), LIMITS)).toMatchObject({
      type: 'start',
      resumed: true,
    });
  });
});
