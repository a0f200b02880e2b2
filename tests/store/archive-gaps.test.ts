import { describe, expect, test } from 'vitest';
import type { GapReason } from '#src/events.ts';
import {
  danmaku,
  MINUTE,
  type Opened,
  observed,
  openArchiveFile,
  polled,
  ROOM,
  T0,
} from './archive-fixture.ts';

const gaps = (opened: Opened) => opened.rows('SELECT from_ms, to_ms, reason FROM gaps ORDER BY from_ms');
const down = (atMs: number, reason: GapReason) => observed(false, { atMs, reason });
const up = (atMs: number) => observed(true, { atMs });

describe('gaps', () => {
  test('before the socket is up for the first time nothing was observed', () => {
    const opened = openArchiveFile();
    opened.writer.commit([polled({ atMs: T0 })], null);
    expect(gaps(opened)).toEqual([{ from_ms: T0, to_ms: null, reason: 'waiting' }]);
    opened.writer.commit([up(T0 + MINUTE)], null);
    expect(gaps(opened)).toEqual([]);
    expect(opened.rows('SELECT first_seen_ms, observed, name FROM rooms')).toEqual([
      { first_seen_ms: T0 + MINUTE, observed: 1, name: '山雀' },
    ]);
  });

  test('down opens, up closes, saying it twice changes nothing', () => {
    const opened = openArchiveFile();
    const batch = [up(T0), down(T0 + MINUTE, 'disconnected'), up(T0 + 2 * MINUTE)];
    opened.writer.commit(batch, null);
    const once = [{ from_ms: T0 + MINUTE, to_ms: T0 + 2 * MINUTE, reason: 'disconnected' }];
    expect(gaps(opened)).toEqual(once);
    opened.writer.commit(batch, null);
    opened.writer.commit([down(T0 + MINUTE, 'disconnected')], null);
    expect(gaps(opened)).toEqual(once);
  });

  test('another reason is another gap, without a hole between', () => {
    const opened = openArchiveFile();
    const again = down(T0 + 2 * MINUTE, 'disconnected');
    opened.writer.commit([up(T0), down(T0 + MINUTE, 'disconnected'), again], null);
    opened.writer.commit([down(T0 + 3 * MINUTE, 'waiting'), up(T0 + 4 * MINUTE)], null);
    expect(gaps(opened)).toEqual([
      { from_ms: T0 + MINUTE, to_ms: T0 + 3 * MINUTE, reason: 'disconnected' },
      { from_ms: T0 + 3 * MINUTE, to_ms: T0 + 4 * MINUTE, reason: 'waiting' },
    ]);
  });

  test('after a restart what was observed has a gap from when it last lived until it is up again', () => {
    let opened = openArchiveFile();
    opened.writer.commit([up(T0), danmaku(), polled({ room: 7002 as typeof ROOM, atMs: T0 })], null);
    opened.writer.tick(T0 + MINUTE);
    opened = opened.reopen();
    const alive = Number(
      opened.rows<{ value: string }>("SELECT value FROM meta WHERE key = 'alive_ms'")[0]?.value,
    );
    expect(alive).toBeGreaterThanOrEqual(T0 + MINUTE);
    expect(opened.rows(`SELECT from_ms, to_ms, reason FROM gaps WHERE room = ${ROOM}`)).toEqual([
      { from_ms: alive, to_ms: null, reason: 'process-down' },
    ]);
    // The other room waits since it is known: no second gap.
    expect(opened.rows('SELECT reason FROM gaps WHERE room = 7002')).toEqual([{ reason: 'waiting' }]);
    opened.writer.commit([up(alive + MINUTE)], null);
    expect(opened.rows(`SELECT to_ms FROM gaps WHERE room = ${ROOM}`)).toEqual([{ to_ms: alive + MINUTE }]);
  });

  test('a clock that was set back while the process was down leaves no gap that nothing closes', () => {
    let opened = openArchiveFile();
    opened.writer.commit([up(T0)], null);
    const aheadMs = Date.now() + 60 * MINUTE;
    opened.writer.tick(aheadMs);
    opened = opened.reopen();
    const upMs = Date.now();
    opened.writer.commit([up(upMs)], null);
    expect(opened.rows('SELECT * FROM gaps WHERE to_ms IS NULL OR to_ms > from_ms + 60000')).toEqual([]);
  });
});
