/** Super chats with what comes apart from them, in any order: translations and removals. */
import type { SuperChat, SuperChatsDeleted, SuperChatTranslated, ViewerKey } from '#src/events.ts';
import type { Alerts } from './alerts.ts';
import type { Batch } from './batch.ts';
import type { Db } from './migrate.ts';
import { FLAG_TAKEN_DOWN, type PaymentRows } from './payment-rows.ts';

/** What comes before its super chat comes seconds before it; after this nobody waits any more. */
const EARLY_KEPT_MS = 24 * 60 * 60_000;

interface Row {
  id: number;
  at_ms: number;
  viewer: number;
  key: ViewerKey | null;
  name: string | null;
  text: string | null;
  translation: string | null;
  paid_milli: number;
  end_ms: number | null;
  flags: number;
}

export interface SuperChats {
  add(superChat: SuperChat, batch: Batch): void;
  translate(event: SuperChatTranslated, batch: Batch): void;
  takeDown(event: SuperChatsDeleted, batch: Batch): void;
  trim(nowMs: number): void;
}

function prepare(db: Db) {
  return {
    row: db.prepare<[number, string], Row>(
      `SELECT p.id, p.at_ms, p.viewer, v.key, ifnull(p.name, v.name) AS name, p.text, p.translation,
         p.paid_milli, p.end_ms, p.flags
       FROM payments p LEFT JOIN viewers v ON v.viewer = p.viewer
       WHERE p.room = ? AND p.kind = 'super-chat' AND p.event_id = ?`,
    ),
    change: db.prepare<[string | null, number, number]>(
      'UPDATE payments SET translation = ?, flags = ? WHERE id = ?',
    ),
    early: db.prepare<[number, string, string | null, number, number]>(
      `INSERT INTO early_super_chats (room, event_id, translation, taken_down, at_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (room, event_id) DO UPDATE SET translation = ifnull(translation, excluded.translation),
         taken_down = max(taken_down, excluded.taken_down)`,
    ),
    take: db.prepare<[number, string], { translation: string | null; taken_down: number }>(
      'DELETE FROM early_super_chats WHERE room = ? AND event_id = ? RETURNING translation, taken_down',
    ),
    trim: db.prepare<[number]>('DELETE FROM early_super_chats WHERE at_ms < ?'),
  };
}

export function openSuperChats(db: Db, rows: PaymentRows, alerts: Alerts): SuperChats {
  const statements = prepare(db);

  /** Changes a stored super chat and the messages that tell of it; keeps the change for one that has not come. */
  function amend(
    event: SuperChatTranslated | SuperChatsDeleted,
    id: string,
    change: { translation: string | null; takenDown: boolean },
    batch: Batch,
  ): void {
    const { room, atMs } = event;
    const row = statements.row.get(room, id);
    if (row === undefined) {
      statements.early.run(room, id, change.translation, change.takenDown ? 1 : 0, atMs);
      return;
    }
    const translation = row.translation ?? change.translation;
    const flags = row.flags | (change.takenDown ? FLAG_TAKEN_DOWN : 0);
    if (translation === row.translation && flags === row.flags) return;
    statements.change.run(translation, flags, row.id);
    const uid = row.viewer > 0 ? row.viewer : null;
    const superChat: SuperChat = {
      kind: 'super-chat',
      id,
      room,
      atMs: row.at_ms,
      viewer: { key: row.key, uid, name: row.name ?? '' },
      text: row.text ?? '',
      translation,
      paidMilli: row.paid_milli,
      endMs: row.end_ms ?? row.at_ms,
    };
    alerts.superChat(batch, superChat, (flags & FLAG_TAKEN_DOWN) !== 0, { creates: false });
  }

  return {
    add(superChat, batch) {
      const row = rows.insert(superChat, batch);
      if (row === null) {
        // The same super chat may come again with its translation.
        if (superChat.translation === null) return;
        const { translation, room, atMs, id } = superChat;
        const event = { kind: 'super-chat-translated', id, room, atMs, superChat: id, translation } as const;
        amend(event, id, { translation, takenDown: false }, batch);
        return;
      }
      const early = statements.take.get(superChat.room, superChat.id);
      const translation = superChat.translation ?? early?.translation ?? null;
      const takenDown = early?.taken_down === 1;
      if (early !== undefined) statements.change.run(translation, takenDown ? FLAG_TAKEN_DOWN : 0, row);
      alerts.superChat(batch, { ...superChat, translation }, takenDown, { creates: true });
    },
    translate(event, batch) {
      amend(event, event.superChat, { translation: event.translation, takenDown: false }, batch);
    },
    takeDown(event, batch) {
      for (const id of event.superChats) amend(event, id, { translation: null, takenDown: true }, batch);
    },
    trim: (nowMs) => void statements.trim.run(nowMs - EARLY_KEPT_MS),
  };
}
