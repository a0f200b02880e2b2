import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StartError } from '#src/lib/errors.ts';
import { openDatabase } from '#src/store/archive/migrate.ts';
import { type ArchiveOptions, openArchive } from '#src/store/archive.ts';
import { isRefusal } from '#src/store/refusals.ts';
import {
  danmaku,
  gift,
  newFolder,
  openArchiveFile,
  optionsFor,
  ROOM,
  T0,
  viewer,
  watch,
} from './archive-fixture.ts';

function options(file: string, onOutbox: () => void = () => {}): ArchiveOptions {
  return { ...optionsFor(file), log: pino({ level: 'silent' }), onOutbox };
}

/** The one line that a person reads. */
async function refusal(file: string): Promise<string> {
  const error = await openArchive(options(file)).then(
    async (archive) => void (await archive.close()),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartError);
  const { message } = error as StartError;
  expect(message).toContain(file);
  expect(message).not.toContain('\n');
  return message;
}

describe('the file', () => {
  test('is made with its folder, in WAL, fully synchronous, able to shrink', () => {
    const file = join(newFolder(), 'deep', 'new.db');
    const db = openDatabase(file);
    onTestFinished(() => void db.close());
    const pragma = (name: string) => db.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('auto_vacuum')).toBe(2);
    expect(pragma('busy_timeout')).toBe(5_000);
    // A second start finds nothing to do.
    openDatabase(file).close();
  });

  test('of another kind is refused with what to do', async () => {
    const folder = newFolder();
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'these are my notes, not a database; there is a lot of them. '.repeat(30));
    expect(await refusal(text)).toContain('not a SQLite database');
    expect(await refusal(join(text, 'under-a-file.db'))).toContain('cannot be written');
    const directory = join(folder, 'directory.db');
    mkdirSync(directory);
    expect(await refusal(directory)).toContain('cannot be written');
    const foreign = join(folder, 'foreign.db');
    new Database(foreign).exec('CREATE TABLE recipes (name text)').close();
    expect(await refusal(foreign)).toContain('another program');
  });

  test('of a newer version is refused and left as it is', async () => {
    const opened = openArchiveFile();
    opened.writer.commit([danmaku()], 'c-1');
    opened.writer.close();
    const db = new Database(opened.file);
    db.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('of tomorrow', 9999999999999)");
    db.close();
    expect(await refusal(opened.file)).toContain('newer');
    expect(opened.rows('SELECT count(*) AS n FROM danmaku')).toEqual([{ n: 1 }]);
  });

  test('that another program holds is refused after the wait', async () => {
    const file = join(newFolder(), 'held.db');
    const db = new Database(file);
    onTestFinished(() => void db.close());
    db.exec('BEGIN EXCLUSIVE');
    expect(await refusal(file)).toContain('locked');
  });
});

describe('the thread', () => {
  test('answers, tells of what is to deliver, and keeps all across a restart', async () => {
    const file = join(newFolder(), 'thread.db');
    let calls = 0;
    const first = await openArchive(options(file, () => void calls++));
    await first.setWatch(watch({ giftMinMilli: 100 }));
    const events = [danmaku({ id: 'd' }), gift({ id: 'g', blindBox: { giftId: 5, name: '盲盒' } })];
    expect(await first.commit(events, 'c-7')).toEqual({ inserted: 2, repeated: 0 });
    expect(calls).toBe(1);
    await Promise.all([first.close(), first.close()]);
    await expect(first.cursor()).rejects.toThrow('closed');

    const second = await openArchive(options(file));
    onTestFinished(() => second.close());
    expect(await second.cursor()).toBe('c-7');
    expect(await second.commit(events, 'c-8')).toEqual({ inserted: 0, repeated: 2 });
    expect(await second.openOutbox(5)).toMatchObject([{ document: { boxName: '盲盒', count: 1 } }]);
    expect(await second.watches()).toMatchObject([{ room: ROOM, giftMinMilli: 100 }]);
  });

  test('a call that fails is refused whole, and the next one works', async () => {
    const file = join(newFolder(), 'busy.db');
    const archive = await openArchive(options(file));
    onTestFinished(() => archive.close());
    const other = new Database(file);
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    const fault = await archive.commit([danmaku({ id: 'd' })], 'c-1').catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'SQLITE_BUSY' });
    expect(isRefusal(fault)).toBe(false);
    other.exec('ROLLBACK');
    expect(await archive.cursor()).toBeNull();
    expect(await archive.commit([danmaku({ id: 'd' })], 'c-1')).toEqual({ inserted: 1, repeated: 0 });
  });

  test('what no row can hold is told apart from what the disk does', async () => {
    const archive = await openArchive(options(join(newFolder(), 'refused.db')));
    onTestFinished(() => archive.close());
    const beyond = archive.commit([danmaku({ viewer: viewer(2 ** 63) })], 'c-1');
    expect(isRefusal(await beyond.catch((error: unknown) => error))).toBe(true);
    expect(await archive.cursor()).toBeNull();
  });
});

test('a full disk refuses the whole batch; with room again the same batch is stored once', () => {
  const opened = openArchiveFile();
  opened.writer.setWatch(watch({ giftMinMilli: 100 }));
  opened.writer.commit([danmaku({ id: 'first' })], 'c-1');
  const batch = Array.from({ length: 2_000 }, (_, index) =>
    gift({ id: `g${index}`, atMs: T0 + index, name: '长'.repeat(200), comboId: 'combo' }),
  );
  const count = () =>
    opened.rows('SELECT (SELECT count(*) FROM payments) AS p, (SELECT sum(gifts) FROM minutes) AS g');
  const before = count();
  opened.limitPages(300);
  expect(() => opened.writer.commit(batch, 'c-2')).toThrow('full');
  expect(count()).toEqual(before);
  expect(opened.writer.cursor()).toBe('c-1');
  opened.limitPages(1_000_000);
  opened.writer.commit(batch, 'c-2');
  expect(count()).toEqual([{ p: 2_000, g: 2_000 }]);
  const [item] = opened.writer.openOutbox(1);
  expect(item?.document).toMatchObject({ count: 2_000 });
});
