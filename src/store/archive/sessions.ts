/** Carries out what the session reducer says: rows, sums, and what channels are told of it. */
import { LRUCache } from 'lru-cache';
import type { LiveEnded, LiveStarted, RoomId, RoomPolled } from '#src/events.ts';
import { type SessionLimits, type Signal, type Span, spans, stepSession } from '#src/stats/session.ts';
import type { Alerts } from './alerts.ts';
import type { Batch } from './batch.ts';
import type { Gaps } from './gaps.ts';
import type { Db } from './migrate.ts';
import type { Rooms } from './rooms.ts';
import { openSessionRows, type SessionRecord } from './session-rows.ts';

const CACHED_MAX = 10_000;

/** What is remembered of a room between commits; all but `offlineSinceMs` can be read from the rows again. */
interface RoomState {
  last: SessionRecord | null;
  floorMs: number;
  lastEventMs: number | null;
  offlineSinceMs: number | null;
}

export interface Sessions {
  /** Something came through the room's socket. */
  seen(room: RoomId, atMs: number): void;
  on(event: LiveStarted | LiveEnded | RoomPolled, batch: Batch): void;
  /** The room's title or area changed: an open broadcast has them too. */
  takeTitle(room: RoomId): void;
  /** The broadcast that `atMs` belongs to. */
  locate(room: RoomId, atMs: number): number | null;
  /** Tells the ends that are `endDelayMs` old. Call it when all sums are written. */
  tellEnds(batch: Batch): void;
  clear(): void;
}

export interface SessionParts {
  readonly db: Db;
  readonly rooms: Rooms;
  readonly gaps: Gaps;
  readonly alerts: Alerts;
  readonly limits: SessionLimits;
}

function signalOf(event: LiveStarted | LiveEnded | RoomPolled): Signal {
  const { atMs } = event;
  if (event.kind === 'live-ended') return { type: 'ended', atMs };
  const { liveKey, startSecond } = event;
  if (event.kind === 'live-started') return { type: 'live', atMs, liveKey, startSecond };
  return { type: 'polled', atMs, isLive: event.liveStatus === 'live', liveKey, startSecond };
}

export function openSessions(parts: SessionParts): Sessions {
  const { db, rooms, gaps, alerts, limits } = parts;
  const rows = openSessionRows(db);
  const states = new LRUCache<number, RoomState>({ max: CACHED_MAX });
  const seenMs = new LRUCache<number, number>({ max: CACHED_MAX });
  const lastEvent = db
    .prepare<[number, number, number], number | null>(
      `SELECT max(at_ms) FROM (SELECT max(at_ms) AS at_ms FROM danmaku WHERE room = ?
       UNION ALL SELECT max(at_ms) FROM payments WHERE room = ?
       UNION ALL SELECT max(minute) * 60000 FROM minutes WHERE room = ?)`,
    )
    .pluck();

  function stateOf(room: RoomId): RoomState {
    let state = states.get(room);
    if (state === undefined) {
      const last = rows.newest(room);
      const floorMs = last === null ? 0 : rows.floorMs(last);
      state = { last, floorMs, lastEventMs: lastEvent.get(room, room, room) ?? null, offlineSinceMs: null };
      states.set(room, state);
    }
    const seen = seenMs.get(room) ?? null;
    if (seen !== null && seen > (state.lastEventMs ?? 0)) state.lastEventMs = seen;
    return state;
  }

  function tellStart(record: SessionRecord, eventMs: number, creates: boolean, batch: Batch): void {
    const { room, card, session } = record;
    const startedMs = card === session ? record.startedMs : rows.cardSums(card).startedMs;
    const broadcast = {
      card: String(card),
      startedMs,
      endedMs: null,
      peakOnline: null,
      totals: null,
      resumed: card !== session,
    };
    alerts.stream(batch, room, broadcast, { eventMs, creates, unfolds: false });
  }

  function update(state: RoomState, old: SessionRecord, span: Span, eventMs: number, batch: Batch): void {
    const reopened = old.endedMs !== null && span.endedMs === null;
    const next = { ...old, ...span, endTold: span.endedMs === null ? false : old.endTold };
    state.last = next;
    state.offlineSinceMs = null;
    rows.change(old, next);
    const changed = span.startedMs !== old.startedMs || (reopened && old.endTold);
    if (changed && span.endedMs === null) tellStart(next, eventMs, false, batch);
  }

  function start(
    room: RoomId,
    state: RoomState,
    step: Extract<ReturnType<typeof stepSession>, { type: 'start' }>,
  ) {
    const { last } = state;
    let floorMs = 0;
    if (last !== null) {
      // The card speaks for the new broadcast now: the old end is not told for itself.
      const endedMs = step.lastEndedMs ?? last.endedMs;
      const ended = { ...last, endedMs, endTold: last.endTold || step.resumed };
      rows.change(last, ended);
      floorMs = endedMs ?? 0;
    }
    const record = rows.add(room, step.span, step.resumed && last !== null ? last.card : null);
    states.set(room, { ...state, last: record, floorMs, offlineSinceMs: null });
    return record;
  }

  /** True when the LIVE's key names an older broadcast than the last: a late copy. */
  function isOfOlder(room: RoomId, state: RoomState, liveKey: string | null): boolean {
    if (liveKey === null || liveKey === state.last?.liveKey) return false;
    return rows.findByKey(room, liveKey) !== null;
  }

  return {
    seen(room, atMs) {
      if (atMs > (seenMs.get(room) ?? 0)) seenMs.set(room, atMs);
    },
    on(event, batch) {
      const { room } = event;
      const state = stateOf(room);
      const signal = signalOf(event);
      if (signal.type !== 'ended' && isOfOlder(room, state, signal.liveKey)) return;
      const step = stepSession(state, signal, limits);
      if (step.type === 'doubt') state.offlineSinceMs = step.offlineSinceMs;
      else if (step.type === 'update' && state.last !== null) {
        update(state, state.last, step.span, event.atMs, batch);
      } else if (step.type === 'start') {
        const record = start(room, state, step);
        // A poll finds a broadcast that may have begun hours ago; the age decides how loudly it is told.
        const eventMs = event.kind === 'room-polled' && !step.resumed ? record.startedMs : event.atMs;
        tellStart(record, eventMs, true, batch);
      }
      const open = states.get(room)?.last?.endedMs === null;
      const replays =
        event.kind === 'live-ended'
          ? event.replay
          : event.kind === 'room-polled' && event.liveStatus === 'replay';
      rooms.setStatus(room, open ? 'live' : replays ? 'replay' : 'offline');
    },
    takeTitle(room) {
      const { last } = stateOf(room);
      if (last?.endedMs === null) rows.takeTitle(last.session);
    },
    locate(room, atMs) {
      const { last } = stateOf(room);
      if (last === null) return null;
      if (atMs >= last.startedMs) return spans(last, atMs) ? last.session : null;
      const older = rows.at(room, atMs);
      return older !== null && spans(older, atMs) ? older.session : null;
    },
    tellEnds(batch) {
      for (const record of rows.due(batch.nowMs - limits.endDelayMs)) {
        const { room, card, endedMs } = record;
        if (endedMs === null) continue;
        rows.change(record, { ...record, endTold: true });
        states.delete(room);
        const { peakOnline, startedMs, peakWatched: _, ...sums } = rows.cardSums(card);
        const revenueMilli = sums.giftMilli + sums.superChatMilli + sums.guardMilli;
        const totals = { ...sums, revenueMilli, gaps: gaps.within(room, startedMs, endedMs) };
        const broadcast = {
          card: String(card),
          startedMs,
          endedMs,
          peakOnline,
          totals,
          resumed: record.session !== card,
        };
        alerts.stream(batch, room, broadcast, { eventMs: endedMs, creates: true, unfolds: true });
      }
    },
    clear() {
      states.clear();
      seenMs.clear();
    },
  };
}
