/** A commit of 1000 danmaku with all that hangs on it, against bare prepared inserts into the same table and indexes. */
import path from 'node:path';
import { asRoomId, type Danmaku } from '#src/events.ts';
import { type Db, openDatabase } from '#src/store/archive/migrate.ts';
import { openWriter } from '#src/store/archive/writer.ts';
import { temporaryFolder } from '../support/bot.ts';
import { type Bench, percentile, perSecond, times } from './figures.ts';

const BATCH = 1_000;
const CHATTERS = 2_000;
const ROUNDS_MIN = 20;
const ROOM = asRoomId(7001);
const RATIO_MIN = 0.9;
const OPTIONS = {
  ...{ pageChannel: false, giftMinMilli: 100_000, endDelayMs: 60_000, resumeMs: 120_000 },
  guardHoldMs: 5_000,
};

/** A second of chat in a room: ids and times go on from batch to batch. */
function talk(batch: number, startMs: number): Danmaku[] {
  return Array.from({ length: BATCH }, (_, index): Danmaku => {
    const number = batch * BATCH + index;
    const uid = 70_000_001 + ((number * 7919) % CHATTERS);
    return {
      kind: 'danmaku',
      room: ROOM,
      id: String(1_000_000_000_000_000_000n + BigInt(number)),
      atMs: startMs + number,
      viewer: { key: `u:${uid}`, uid, name: `观众${uid}` },
      text: `晚安，第${number}句话`,
      medal: number % 3 === 0 ? { name: '小团子', level: number % 40 } : null,
      guardLevel: 0,
      userLevel: number % 60,
      isAdmin: false,
      emoticonUrl: null,
    };
  });
}

/** The reference: the same table, the same two indexes, the same durability, nothing else. */
function openRaw(db: Db): (events: readonly Danmaku[]) => void {
  const insert = db.prepare<(string | number | null)[]>(
    `INSERT INTO danmaku (room, at_ms, viewer, hash, event_id, text, name, medal_name, medal_level,
       guard_level, user_level, flags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return db.transaction((events: readonly Danmaku[]) => {
    for (const { room, atMs, id, viewer, text, medal, guardLevel, userLevel } of events)
      insert.run(
        ...[room, atMs, viewer.uid, Number(BigInt(id) & 0xffff_ffffn), id, text, null],
        ...[medal?.name ?? null, medal?.level ?? null, guardLevel, userLevel, 0],
      );
  });
}

function timeOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

export const bench: Bench = async ({ seconds }) => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, 'own.db');
  const writer = openWriter({ file, ...OPTIONS });
  const rawDb = openDatabase(path.join(folder.path, 'raw.db'));
  const raw = openRaw(rawDb);
  const startMs = Date.now();
  writer.tick(startMs);
  const [own, bare]: [number[], number[]] = [[], []];
  const endMs = performance.now() + Math.min(seconds, 20) * 1000;
  let batch = 0;
  for (; own.length < ROUNDS_MIN || performance.now() < endMs; batch += 1) {
    const events = talk(batch, startMs);
    bare.push(timeOf(() => raw(events)));
    own.push(timeOf(() => writer.commit(events, `bench:${batch}`)));
  }
  const [{ stored } = { stored: 0 }] = rawDb
    .prepare<[string], { stored: number }>(`SELECT count(*) AS stored FROM danmaku WHERE event_id >= ?`)
    .all('');
  writer.close();
  rawDb.close();
  if (stored !== batch * BATCH) throw new Error(`the reference has ${stored} of ${batch * BATCH} rows`);
  const rate = (durations: readonly number[]) => (BATCH / percentile(durations, 0.5)) * 1000;
  const ratio = rate(own) / rate(bare);
  return [
    {
      what: `commit of ${BATCH} danmaku (dedupe, viewers, rollups, cursor)`,
      value: `${times(ratio)} (${perSecond(rate(own))})`,
      reference: `bare insert ${perSecond(rate(bare))}`,
      reach: `≥ ${times(RATIO_MIN)}`,
      isReached: ratio >= RATIO_MIN,
    },
  ];
};
