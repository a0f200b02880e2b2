/** Everything that writes the archive, in one thread: builds the parts and runs each call as one transaction. */
import type { LiveEvent } from '#src/events.ts';
import type { Archive, ArchiveOptions, CommitResult } from '#src/store/archive.ts';
import type { Cursor } from '#src/store/hot-store.ts';
import { type AlertRules, openAlerts, RULES } from './alerts.ts';
import { type Batch, newBatch, want } from './batch.ts';
import { openClock } from './clock.ts';
import { type CommitParts, takeEvents } from './commit.ts';
import { openDanmaku } from './danmaku.ts';
import { openGaps } from './gaps.ts';
import { openGifts } from './gifts.ts';
import { openGuards } from './guards.ts';
import { openGuildRows } from './guild-rows.ts';
import { openMeta } from './meta.ts';
import { type Db, explainFault, openDatabase } from './migrate.ts';
import { openOutbox } from './outbox.ts';
import { openPaymentRows } from './payment-rows.ts';
import { openRooms } from './rooms.ts';
import { openSessions } from './sessions.ts';
import { openSuperChats } from './super-chats.ts';
import { openTally } from './tally.ts';
import { openViewers } from './viewers.ts';
import { openWatches } from './watches.ts';

const TRIM_STEP_MS = 60_000;
const OUTBOX_TRIM_STEP_MS = 60 * 60_000;
/** Free pages given back to the disk at a time, so that no call waits for long. */
const VACUUM_PAGES = 1_000;

export type WriterOptions = Omit<ArchiveOptions, 'log' | 'onOutbox'>;

type Sync<F> = F extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never;

/** The archive as its own thread sees it: the same calls, answered at once. */
export type Writer = { readonly [M in keyof Archive]: Sync<Archive[M]> } & {
  /** Whether a call since the last time of asking left something to deliver. */
  takeLeftToDeliver(): boolean;
};

function openParts(db: Db, options: WriterOptions, rules: AlertRules) {
  const rooms = openRooms(db);
  const viewers = openViewers(db);
  const gaps = openGaps(db, rooms);
  const watches = openWatches(db, options);
  const alerts = openAlerts({ rules, rooms, watchesOf: watches.of });
  const sessions = openSessions({ db, rooms, gaps, alerts, limits: options });
  const tally = openTally(db, sessions.locate);
  const rows = openPaymentRows(db, viewers, tally);
  const danmaku = openDanmaku(db, viewers, tally);
  const gifts = openGifts(db, rows, alerts);
  const superChats = openSuperChats(db, rows, alerts);
  const guards = openGuards({ db, rows, viewers, tally, alerts });
  const events: CommitParts = { rooms, gaps, sessions, danmaku, gifts, superChats, guards, tally, alerts };
  const cached = [rooms, viewers, watches, sessions, tally, gifts];
  const outbox = openOutbox(db, rules.foldDocuments);
  const clear = () => {
    for (const part of cached) part.clear();
  };
  return {
    ...events,
    events,
    viewers,
    watches,
    outbox,
    meta: openMeta(db),
    guilds: openGuildRows(db),
    clear,
  };
}

type Parts = ReturnType<typeof openParts>;
type Run = <T>(work: (batch: Batch) => T) => T;

function commit(parts: Parts, run: Run, events: readonly LiveEvent[], cursor: Cursor | null): CommitResult {
  return run((batch) => {
    takeEvents(parts.events, events, batch);
    parts.viewers.flush();
    parts.tally.flush();
    parts.outbox.flush(batch);
    if (cursor !== null) parts.meta.set('cursor', cursor);
    parts.meta.set('alive_ms', String(batch.nowMs));
    return { inserted: batch.inserted, repeated: batch.repeated };
  });
}

/** What time alone does; rows and sums first, because the ends that are told speak of them. */
function openTick(parts: Parts, options: WriterOptions) {
  let trimmedMs = Number.NEGATIVE_INFINITY;
  let outboxTrimmedMs = Number.NEGATIVE_INFINITY;
  let isFirst = true;
  return (batch: Batch): void => {
    const { nowMs } = batch;
    parts.guards.bookLeftOver(options.guardHoldMs, batch);
    parts.viewers.flush();
    parts.tally.flush();
    parts.sessions.tellEnds(batch);
    parts.outbox.flush(batch);
    parts.outbox.expire(nowMs);
    if (nowMs - trimmedMs >= TRIM_STEP_MS) {
      parts.danmaku.trim(nowMs);
      parts.superChats.trim(nowMs);
      trimmedMs = nowMs;
    }
    if (nowMs - outboxTrimmedMs >= OUTBOX_TRIM_STEP_MS) {
      parts.outbox.trim(nowMs);
      outboxTrimmedMs = nowMs;
    }
    // What an earlier life left behind waits for somebody to say so.
    if (isFirst && parts.outbox.hasOpen()) batch.leftToDeliver = true;
    isFirst = false;
    parts.meta.set('alive_ms', String(nowMs));
  };
}

function channelCalls(parts: Parts, run: Run) {
  const { watches, guilds, outbox, rooms, gaps } = parts;
  return {
    setWatch: (watch) =>
      run((batch) => {
        const row = watches.set(watch, batch.nowMs);
        batch.leftToDeliver = outbox.hasOpen();
        return row;
      }),
    removeWatch: (channelId, room) =>
      run(({ nowMs }) => {
        outbox.dropRoom(channelId, room, nowMs);
        return watches.remove(channelId, room);
      }),
    pauseChannel: (channelId, reason) =>
      run((batch) => {
        watches.pause(channelId, reason);
        if (reason === null) batch.leftToDeliver = outbox.hasOpen();
      }),
    watches: () => watches.all(),
    putRoom: (room) =>
      run(({ nowMs }) => {
        if (rooms.ensure(room.room, nowMs)) gaps.startUnobserved(room.room, nowMs);
        rooms.change(room.room, room);
      }),
    setOnPage: (room, onPage) =>
      run(({ nowMs }) => {
        if (rooms.ensure(room, nowMs)) gaps.startUnobserved(room, nowMs);
        rooms.setOnPage(room, onPage);
        watches.clear();
      }),
    guildSettings: (guildId) => guilds.settings(guildId),
    setGuildSettings: (settings, changedBy) =>
      run(({ nowMs }) => guilds.setSettings(settings, changedBy, nowMs)),
    addReport: (report) => run(({ nowMs }) => guilds.addReport(report, nowMs)),
    removeReport: (guildId, id) => run(() => guilds.removeReport(guildId, id)),
    reports: () => guilds.reports(),
    putReport: (reportId, periodMs, intent) =>
      run((batch) => {
        const report = guilds.takePeriod(reportId, periodMs);
        if (report === null) return false;
        want(batch, { room: report.room, intent, creates: true, unfolds: false });
        outbox.flush(batch);
        return true;
      }),
  } satisfies Partial<Writer>;
}

/** Opens the database and its parts; `close` closes it. Throws StartError when the file cannot be used. */
export function openWriter(
  options: WriterOptions,
  rules: AlertRules = RULES,
  db: Db = openDatabase(options.file),
): Writer {
  const clock = openClock();
  const parts = openParts(db, options, rules);
  const tick = openTick(parts, options);
  let leftToDeliver = false;

  /** One transaction, all or nothing: after a fault what was cached may be untrue and is forgotten. */
  function run<T>(work: (batch: Batch) => T): T {
    const batch = newBatch(clock.now());
    try {
      const result = db.transaction(() => work(batch)).immediate();
      leftToDeliver ||= batch.leftToDeliver;
      return result;
    } catch (error) {
      parts.clear();
      throw error;
    }
  }

  const aliveMs = parts.meta.get('alive_ms');
  try {
    // Not after now: a clock that was set back would leave gaps that begin after their end.
    if (aliveMs !== null) run(({ nowMs }) => parts.gaps.openAll(Math.min(Number(aliveMs), nowMs)));
  } catch (error) {
    db.close();
    throw explainFault(options.file, error);
  }
  const { outbox } = parts;

  return {
    ...channelCalls(parts, run),
    commit: (events, cursor) => commit(parts, run, events, cursor),
    cursor: () => parts.meta.get('cursor'),
    tick(nowMs) {
      clock.set(nowMs);
      run(tick);
      db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    },
    openOutbox: (limit) => outbox.open(limit),
    markAttempted: (ids, nowMs) => run(() => outbox.markAttempted(ids, nowMs)),
    markDelivered: (done) => run(() => outbox.markDelivered(done)),
    markFailed: (id, error) => run(({ nowMs }) => outbox.markFailed(id, error, nowMs)),
    foldOutbox: (channelId, ids, reason, nowMs, joinMs) =>
      run(() => outbox.fold(channelId, ids, reason, nowMs, joinMs)),
    takeLeftToDeliver() {
      const left = leftToDeliver;
      leftToDeliver = false;
      return left;
    },
    close() {
      try {
        run(({ nowMs }) => parts.meta.set('alive_ms', String(nowMs)));
      } finally {
        db.close();
      }
    },
  };
}
