/** Danmaku and interactions: one row each, counted only when the row is new. */
import type { Danmaku, Interaction, Recalled } from '#src/events.ts';
import type { Batch } from './batch.ts';
import { hashId } from './hash.ts';
import type { Db } from './migrate.ts';
import type { Tally } from './tally.ts';
import type { Viewers } from './viewers.ts';

const FLAG_ADMIN = 1;
const FLAG_RECALLED = 2;
const FLAG_EMOTICON = 4;
/**
 * A recall names the person and no danmaku: Bilibili takes down what is "recent". Half an hour is more than a
 * busy chat keeps on screen, so nothing recalled stays readable here, and older talk is not hidden with it.
 */
const RECALL_WINDOW_MS = 30 * 60_000;
/** A recall without `send_time` is dated by our clock, which may be behind the server's. */
const RECALL_SKEW_MS = 30_000;
/** Copies of an interaction come within seconds; after this its trace is dropped. */
const INTERACTION_KEPT_MS = 60 * 60_000;

export interface DanmakuStore {
  add(event: Danmaku, batch: Batch): void;
  addInteraction(event: Interaction, batch: Batch): void;
  recall(event: Recalled): void;
  trim(nowMs: number): void;
}

export function openDanmaku(db: Db, viewers: Viewers, tally: Tally): DanmakuStore {
  const insert = db.prepare<(string | number | null)[]>(
    `INSERT INTO danmaku (room, at_ms, viewer, hash, event_id, text, name, medal_name, medal_level,
       guard_level, user_level, flags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const insertInteraction = db.prepare<[number, number, number, number]>(
    'INSERT INTO interactions (at_ms, room, viewer, hash) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const recall = db.prepare<[number, number, number, number]>(
    `UPDATE danmaku SET flags = flags | ${FLAG_RECALLED}
     WHERE room = ? AND viewer = ? AND at_ms >= ? AND at_ms <= ? AND flags & ${FLAG_RECALLED} = 0`,
  );
  const trim = db.prepare<[number]>('DELETE FROM interactions WHERE at_ms < ?');

  return {
    add(event, batch) {
      const { room, atMs, id, viewer, medal } = event;
      const person = viewers.number(viewer, atMs);
      const flags = (event.isAdmin ? FLAG_ADMIN : 0) | (event.emoticonUrl === null ? 0 : FLAG_EMOTICON);
      const { changes } = insert.run(
        room,
        atMs,
        person,
        hashId(id),
        id,
        event.text,
        person === 0 ? viewer.name : null,
        medal === null ? null : medal.name,
        medal === null ? null : medal.level,
        event.guardLevel,
        event.userLevel,
        flags,
      );
      if (changes === 0) {
        batch.repeated += 1;
        return;
      }
      batch.inserted += 1;
      tally.danmaku(room, atMs, person);
    },
    addInteraction(event, batch) {
      const person = viewers.number(event.viewer, event.atMs);
      const { changes } = insertInteraction.run(event.atMs, event.room, person, hashId(event.id));
      if (changes === 0) {
        batch.repeated += 1;
        return;
      }
      batch.inserted += 1;
      tally.interaction(event);
    },
    recall(event) {
      const person = viewers.find(event.viewerKey);
      if (person !== null)
        recall.run(event.room, person, event.atMs - RECALL_WINDOW_MS, event.atMs + RECALL_SKEW_MS);
    },
    trim: (nowMs) => void trim.run(nowMs - INTERACTION_KEPT_MS),
  };
}
