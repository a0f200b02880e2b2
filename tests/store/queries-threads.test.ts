import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { StartError, UserError } from '#src/lib/errors.ts';
import { Reader } from '#src/store/queries/reader.ts';
import { openFile, SEEDED_ROOM, type SeededFile } from './queries-file.ts';

const ROOM = asRoomId(SEEDED_ROOM);
let file: SeededFile;

beforeEach(async () => {
  file = await openFile();
  file.addRoom(1);
});
afterEach(() => file.close());

/** Rows that take SQLite a while to look through. */
function fillMany(rows: number): void {
  file.db.exec(`WITH RECURSIVE n(at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM n WHERE at < ${rows - 1})
    INSERT INTO danmaku (room, at_ms, viewer, hash, event_id, text)
    SELECT ${SEEDED_ROOM}, 1000 + at, 1 + at % 5000, at, 'd' || at, '哈哈哈' FROM n`);
}

describe('reader threads', () => {
  it('answer many questions at once, each with its own answer', async () => {
    for (let at = 0; at < 50; at += 1) file.addDanmaku({ atMs: 1_000 + at, viewer: 1 });
    const queries = await file.open(1_000_000, { threads: 2 });
    const asked = Array.from({ length: 50 }, (_, at) =>
      queries.totals(ROOM, { fromMs: 1_000, toMs: 1_000 + at }).then((totals) => totals.danmaku),
    );
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 50 }, (_, at) => at));
    await queries.close();
  });

  it('see what was written after they were opened', async () => {
    const queries = await file.open(1_000_000);
    expect((await queries.totals(ROOM)).danmaku).toBe(0);
    file.addDanmaku({ atMs: 5_000, viewer: 1 });
    expect((await queries.totals(ROOM)).danmaku).toBe(1);
    await queries.close();
  });

  it('refuse a file that is not there or is no database', async () => {
    await expect(file.open(1, { file: join(file.folder, 'none.db') })).rejects.toBeInstanceOf(StartError);
  });

  it('tell more than may wait to come back later, and answer the others', async () => {
    const queries = await file.open(1_000_000, { threads: 1, waitingMax: 3 });
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => queries.room(ROOM)));
    const refused = asked.filter((one) => one.status === 'rejected');
    expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(4);
    expect(refused.every((one) => one.reason instanceof UserError)).toBe(true);
    expect((await queries.room(ROOM))?.name).toBe('云雀');
    await queries.close();
  });

  it('are replaced when a question takes too long; the next one is answered', async () => {
    fillMany(400_000);
    const queries = await file.open(1_000_000, { threads: 1, timeoutMs: 25 });
    const slow = await queries
      .series(ROOM, { fromMs: 0, toMs: 401_000 }, 1_000)
      .catch((error: unknown) => error);
    expect(slow).toBeInstanceOf(UserError);
    // The new thread may need longer than one question may take.
    await expect.poll(() => queries.room(ROOM).catch(() => null), { timeout: 10_000 }).not.toBeNull();
    await queries.close();
  });

  it('keep one thread free of searches', async () => {
    fillMany(300_000);
    const queries = await file.open(1_000_000, { threads: 2 });
    const done: string[] = [];
    const search = () => queries.danmaku(ROOM, { limit: 1, q: '没有' }).then(() => done.push('search'));
    const searches = [search(), search(), search()];
    await queries.room(ROOM).then(() => done.push('room'));
    await Promise.all(searches);
    expect(done).toEqual(['room', 'search', 'search', 'search']);
    await queries.close();
  });

  it('leave no question open when they are closed', async () => {
    fillMany(200_000);
    const queries = await file.open(1_000_000, { threads: 1 });
    const asked = [queries.series(ROOM, { fromMs: 0, toMs: 201_000 }, 1_000), queries.room(ROOM)];
    const settled = Promise.allSettled(asked);
    await queries.close();
    expect((await settled).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    await expect(queries.room(ROOM)).rejects.toThrow('closed');
  });

  it('say a fault of the database as it is, not as one of the asker', async () => {
    const queries = await file.open(1_000_000);
    file.db.exec('ALTER TABLE rooms RENAME TO elsewhere');
    const fault = await queries.rooms().catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Error);
    expect(fault).not.toBeInstanceOf(UserError);
    expect(String(fault)).toContain('no such table: rooms');
    await queries.close();
  });

  it('cannot write', () => {
    const reader = new Reader(file.file);
    expect(() => reader.find('DELETE FROM rooms RETURNING room')).toThrow(/readonly/);
    reader.close();
  });
});
