/** Wanted messages per channel and key, and what became of them (design §2, promise 5). */
import type { AlertDocument } from '#src/alerts/document.ts';
import { type OutboxItem, PAGE_CHANNEL } from '#src/store/archive.ts';
import type { AlertRules } from './alerts.ts';
import type { Batch, Wanted } from './batch.ts';
import type { Db } from './migrate.ts';

/** What nobody could be told for this long is not news any more. */
const OPEN_MS_MAX = 24 * 60 * 60_000;
const KEPT_MS = 30 * 24 * 60 * 60_000;
const KEPT_MAX = 50_000;
/** A fold speaks for at most this many documents; the next ones get another. */
const FOLD_MAX = 5_000;

interface ItemRow {
  id: number;
  channel_id: string;
  key: string;
  document: string;
  version: number;
  delivered_version: number;
  message_id: string | null;
  attempted_ms: number | null;
  event_ms: number;
  created_ms: number;
}

interface Outbox {
  /** Writes what the batch wants; says in the batch whether something is left to deliver. */
  flush(batch: Batch): void;
  open(limit: number): OutboxItem[];
  hasOpen(): boolean;
  markAttempted(ids: readonly number[], nowMs: number): void;
  markDelivered(done: readonly { id: number; version: number; messageId: string }[]): void;
  markFailed(id: number, error: string, nowMs: number): void;
  fold(
    channelId: string,
    ids: readonly number[],
    reason: 'burst' | 'late',
    nowMs: number,
    joinMs: number,
  ): void;
  /** Nothing more is posted for a room that the channel no longer watches. */
  dropRoom(channelId: string, room: number, nowMs: number): void;
  expire(nowMs: number): void;
  trim(nowMs: number): void;
}

const OPEN = "state = 'open' AND delivered_version < version";

function prepare(db: Db) {
  const item =
    'id, channel_id, key, document, version, delivered_version, message_id, attempted_ms, event_ms, created_ms';
  const set = `document = excluded.document, version = version + 1, updated_ms = excluded.updated_ms,
    event_ms = max(event_ms, excluded.event_ms), error = NULL,
    delivered_version = CASE excluded.delivered_version WHEN 1 THEN version + 1 ELSE delivered_version END`;
  return {
    upsert: db.prepare<(string | number)[], { state: string; folded_into: number | null }>(
      `INSERT INTO outbox (channel_id, key, room, document, delivered_version, event_ms, created_ms, updated_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel_id, key) DO UPDATE SET ${set},
         state = CASE WHEN state = 'failed' OR (state = 'folded' AND ?) THEN 'open' ELSE state END
       WHERE document <> excluded.document RETURNING state, folded_into`,
    ),
    exists: db
      .prepare<[string, string], number>('SELECT count(*) FROM outbox WHERE channel_id = ? AND key = ?')
      .pluck(),
    open: db.prepare<[number], ItemRow>(
      `SELECT ${item} FROM outbox WHERE ${OPEN}
       AND channel_id NOT IN (SELECT channel_id FROM watches WHERE paused IS NOT NULL) ORDER BY id LIMIT ?`,
    ),
    attempted: db.prepare<[number, number]>('UPDATE outbox SET attempted_ms = ? WHERE id = ?'),
    delivered: db.prepare<[number, string, number]>(
      'UPDATE outbox SET delivered_version = max(delivered_version, ?), message_id = ? WHERE id = ?',
    ),
    failed: db.prepare<[string, number, number]>(
      "UPDATE outbox SET state = 'failed', error = ?, updated_ms = ? WHERE id = ?",
    ),
    openFold: db.prepare<[string, string, number, number], { id: number }>(
      `SELECT id FROM outbox fold WHERE channel_id = ? AND key LIKE ? AND state = 'open' AND created_ms >= ?
       AND (SELECT count(*) FROM outbox WHERE folded_into = fold.id) < ? ORDER BY id DESC LIMIT 1`,
    ),
    insertFold: db.prepare<(string | number)[]>(
      `INSERT INTO outbox (channel_id, key, room, document, version, event_ms, created_ms, updated_ms)
       VALUES (?, ?, ifnull((SELECT room FROM outbox WHERE id = ?), 0), '', 0, ?, ?, ?)`,
    ),
    join: db.prepare<[number, number, number, string]>(
      `UPDATE outbox SET state = 'folded', folded_into = ?, updated_ms = ?
       WHERE id = ? AND channel_id = ? AND state = 'open' AND key NOT LIKE 'fold:%'`,
    ),
    members: db
      .prepare<[number], string>('SELECT document FROM outbox WHERE folded_into = ? ORDER BY id')
      .pluck(),
    remove: db.prepare<[number]>('DELETE FROM outbox WHERE id = ?'),
    foldKey: db.prepare<[number], string>('SELECT key FROM outbox WHERE id = ?').pluck(),
    writeFold: db.prepare<[string, number, number, string]>(
      'UPDATE outbox SET document = ?, version = version + 1, updated_ms = ? WHERE id = ? AND document <> ?',
    ),
    dropRoom: db.prepare<[number, string, number]>(
      `UPDATE outbox SET state = 'failed', error = 'no longer watched', updated_ms = ?
       WHERE channel_id = ? AND room = ? AND ${OPEN}`,
    ),
    expire: db.prepare<[number, number]>(
      `UPDATE outbox SET state = 'failed', error = 'expired', updated_ms = ? WHERE ${OPEN} AND updated_ms < ?`,
    ),
    trimOld: db.prepare<[number]>(`DELETE FROM outbox WHERE NOT (${OPEN}) AND updated_ms < ?`),
    trimMany: db.prepare<[number]>(
      `DELETE FROM outbox WHERE NOT (${OPEN})
       AND id <= (SELECT id FROM outbox WHERE NOT (${OPEN}) ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    ),
  };
}

function itemOf(row: ItemRow): OutboxItem {
  return {
    id: row.id,
    channelId: row.channel_id,
    key: row.key,
    document: JSON.parse(row.document) as AlertDocument,
    version: row.version,
    deliveredVersion: row.delivered_version,
    messageId: row.message_id,
    attemptedMs: row.attempted_ms,
    eventMs: row.event_ms,
    createdMs: row.created_ms,
  };
}

export function openOutbox(db: Db, foldDocuments: AlertRules['foldDocuments']): Outbox {
  const statements = prepare(db);

  /** Sums the documents of a fold again; the reason stands in its key. */
  function refold(fold: number, nowMs: number): void {
    const key = statements.foldKey.get(fold);
    if (key === undefined) return;
    const documents = statements.members.all(fold).map((text) => JSON.parse(text) as AlertDocument);
    if (documents.length === 0) return;
    const reason = key.startsWith('fold:late:') ? 'late' : 'burst';
    const text = JSON.stringify(foldDocuments(documents, reason));
    statements.writeFold.run(text, nowMs, fold, text);
  }

  function write(wanted: Wanted, batch: Batch, dirtyFolds: Set<number>): void {
    const { room, intent, creates, unfolds } = wanted;
    const { channelId, key, eventMs } = intent;
    if (!creates && (statements.exists.get(channelId, key) ?? 0) === 0) return;
    const isPage = channelId === PAGE_CHANNEL;
    const document = JSON.stringify(intent.document);
    const row = [channelId, key, room, document, isPage ? 1 : 0, eventMs, batch.nowMs, batch.nowMs] as const;
    const changed = statements.upsert.get(...row, unfolds ? 1 : 0);
    if (changed === undefined) return;
    if (!isPage) batch.leftToDeliver = true;
    if (changed.state === 'folded' && changed.folded_into !== null) dirtyFolds.add(changed.folded_into);
  }

  return {
    flush(batch) {
      const dirtyFolds = new Set<number>();
      for (const wanted of batch.wanted.values()) write(wanted, batch, dirtyFolds);
      for (const fold of dirtyFolds) refold(fold, batch.nowMs);
      batch.wanted.clear();
    },
    open: (limit) => statements.open.all(limit).map(itemOf),
    hasOpen: () => statements.open.get(1) !== undefined,
    markAttempted(ids, nowMs) {
      for (const id of ids) statements.attempted.run(nowMs, id);
    },
    markDelivered(done) {
      for (const { id, version, messageId } of done) statements.delivered.run(version, messageId, id);
    },
    markFailed: (id, error, nowMs) => void statements.failed.run(error, nowMs, id),
    fold(channelId, ids, reason, nowMs, joinMs) {
      const [first] = ids;
      if (first === undefined) return;
      const prefix = `fold:${reason}:`;
      const existing = statements.openFold.get(channelId, `${prefix}%`, nowMs - joinMs, FOLD_MAX);
      const key = `${prefix}${nowMs}:${first}`;
      const fold =
        existing?.id ??
        Number(statements.insertFold.run(channelId, key, first, nowMs, nowMs, nowMs).lastInsertRowid);
      let joined = 0;
      for (const id of ids) joined += statements.join.run(fold, nowMs, id, channelId).changes;
      if (joined > 0) refold(fold, nowMs);
      else if (existing === undefined) statements.remove.run(fold);
    },
    dropRoom: (channelId, room, nowMs) => void statements.dropRoom.run(nowMs, channelId, room),
    expire: (nowMs) => void statements.expire.run(nowMs, nowMs - OPEN_MS_MAX),
    trim(nowMs) {
      statements.trimOld.run(nowMs - KEPT_MS);
      statements.trimMany.run(KEPT_MAX);
    },
  };
}
