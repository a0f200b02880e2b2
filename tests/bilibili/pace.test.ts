import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Circuit } from '#src/bilibili/circuit.ts';
import { HeartbeatWheel } from '#src/bilibili/heartbeat.ts';
import { Pace } from '#src/bilibili/pace.ts';
import { RecentIds } from '#src/bilibili/recent-ids.ts';
import { backoffMs } from '#src/lib/backoff.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('jobs run one at a time, an interval apart, the most urgent first, aborted ones not at all', async () => {
  const pace = new Pace(1000, new AbortController().signal);
  const forever = new AbortController().signal;
  const gone = new AbortController();
  const done: string[] = [];
  const job = (name: string) => async () => void done.push(name);
  const all = [
    pace.run(() => 2, forever, job('first')),
    pace.run(() => 2, forever, job('offline')),
    pace.run(() => 0, forever, job('live')),
    pace.run(() => 0, gone.signal, job('gone')).catch(() => done.push('rejected')),
  ];
  gone.abort(new Error('stopped'));
  await vi.advanceTimersByTimeAsync(0);
  expect(done).toEqual(['first']);
  await vi.advanceTimersByTimeAsync(999);
  expect(done).toEqual(['first']);
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toContain('live');
  expect(done).toContain('rejected');
  expect(done).not.toContain('offline');
  await vi.advanceTimersByTimeAsync(1000);
  expect(done.at(-1)).toBe('offline');
  await Promise.all(all);
});

it('a circuit rests longer each time, up to its limit, and closes with a success', () => {
  let now = 1_780_000_000_000;
  const circuit = new Circuit({ baseMs: 1000, maxMs: 4000 }, () => now);
  const rests = Array.from({ length: 5 }, () => {
    circuit.trip('blocked');
    return circuit.restMs();
  });
  expect(rests.every((rest) => rest >= 500 && rest <= 4000)).toBe(true);
  expect(Math.min(...rests.slice(2))).toBeGreaterThanOrEqual(2000);
  expect(circuit.describe()).toMatch(/^blocked; nothing is asked until/);
  // The clock is set back by a day: it must not rest for a day.
  now -= 86_400_000;
  vi.advanceTimersByTime(4000);
  expect([circuit.restMs(), circuit.describe()]).toEqual([0, null]);
  circuit.trip('blocked');
  circuit.succeed();
  expect([circuit.restMs(), circuit.describe()]).toEqual([0, null]);
});

it('backoff doubles up to its limit and is at least half of that', () => {
  const waits = [0, 1, 2, 3, 40].map((attempt) => backoffMs(attempt, { baseMs: 100, maxMs: 500 }, () => 0));
  expect(waits).toEqual([50, 100, 200, 250, 250]);
  expect(backoffMs(2, { baseMs: 100, maxMs: 500 }, () => 1)).toBe(400);
});

it('one timer beats for all and asks after each answer, but not when the process slept', () => {
  const wheel = new HeartbeatWheel({ heartbeatMs: 30_000, heartbeatGraceMs: 5000, tickMs: 1000 });
  const socket = { beat: vi.fn(), checkAnswer: vi.fn() };
  const leave = wheel.add(socket);
  expect(socket.beat).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(4999);
  expect(socket.checkAnswer).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(socket.checkAnswer).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(30_000);
  expect([socket.beat.mock.calls.length, socket.checkAnswer.mock.calls.length]).toEqual([2, 2]);
  leave();
  expect(vi.getTimerCount()).toBe(0);
});

it('recent ids are known for one generation at least, and are bounded', () => {
  const ids = new RecentIds(100);
  for (let i = 0; i < 1000; i++) expect(ids.add(`${i}`)).toBe(true);
  for (let i = 900; i < 1000; i++) expect(ids.add(`${i}`)).toBe(false);
  expect(ids.add('0')).toBe(true);
});
