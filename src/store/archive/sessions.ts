/** Carries out what the session reducer says: rows, sums, and what channels are told of it. */
import type { LiveEnded, LiveStarted, RoomId, RoomPolled } from '#src/events.ts';
import {
  type SessionLimits,
  type Signal,
  type Span,
  type Step,
  spans,
  stepSession,
} from '#src/stats/session.ts';
import type { Alerts } from './alerts.ts';
import type { Batch } from './batch.ts';
import type { Gaps } from './gaps.ts';
import type { Db } from './migrate.ts';
import type { Rooms } from './rooms.ts';
import { openSessionRows, type SessionRecord, type SessionRows } from './session-rows.ts';
import { openRoomStates, type RoomStates } from './session-state.ts';

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

interface SessionParts {
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

/** What channels are told of a broadcast: one card for it and those that go on with it. */
function openCards({ alerts, gaps, limits }: SessionParts, rows: SessionRows) {
  return {
    /** `creates` false: brings a card that was posted up to date. */
    tellLive(record: SessionRecord, eventMs: number, creates: boolean, batch: Batch): void {
      const { room, card, session } = record;
      const resumed = card !== session;
      const startedMs = resumed ? rows.cardSums(card).startedMs : record.startedMs;
      const live = { endedMs: null, peakOnline: null, totals: null };
      const broadcast = { card: String(card), startedMs, resumed, ...live };
      alerts.stream(batch, room, broadcast, { eventMs, creates, unfolds: false });
    },
    /** Tells the ends that are old enough; answers the rooms. */
    tellEnds(batch: Batch): RoomId[] {
      return rows.due(batch.nowMs - limits.endDelayMs).map((record) => {
        const { room, card, session } = record;
        const endedMs = record.endedMs ?? batch.nowMs;
        rows.change(record, { ...record, endTold: true });
        const { peakOnline, startedMs, peakWatched: _, ...sums } = rows.cardSums(card);
        const revenueMilli = sums.giftMilli + sums.superChatMilli + sums.guardMilli;
        const totals = { ...sums, revenueMilli, gaps: gaps.within(room, startedMs, endedMs) };
        const broadcast = {
          card: String(card),
          startedMs,
          endedMs,
          peakOnline,
          totals,
          resumed: session !== card,
        };
        alerts.stream(batch, room, broadcast, { eventMs: endedMs, creates: true, unfolds: true });
        return room;
      });
    },
  };
}

type Cards = ReturnType<typeof openCards>;

/** Carries out a step; `eventMs` is the time of what caused it. */
function openSteps(rows: SessionRows, states: RoomStates, cards: Cards) {
  function update(room: RoomId, old: SessionRecord, span: Span, eventMs: number, batch: Batch): void {
    const isLive = span.endedMs === null;
    const next = { ...old, ...span, endTold: isLive ? false : old.endTold };
    rows.change(old, next);
    states.set(room, { last: next, offlineSinceMs: null });
    const changed = span.startedMs !== old.startedMs || old.endTold;
    if (isLive && changed) cards.tellLive(next, eventMs, false, batch);
  }

  function start(room: RoomId, step: Extract<Step, { type: 'start' }>): SessionRecord {
    const { last } = states.get(room);
    const endedMs = step.lastEndedMs ?? last?.endedMs ?? null;
    // Where the new broadcast takes over the card, the old end is not told for itself.
    if (last !== null) rows.change(last, { ...last, endedMs, endTold: last.endTold || step.resumed });
    const record = rows.add(room, step.span, step.resumed && last !== null ? last.card : null);
    states.set(room, { last: record, floorMs: endedMs ?? 0, offlineSinceMs: null });
    return record;
  }

  return (event: LiveStarted | LiveEnded | RoomPolled, step: Step, batch: Batch): void => {
    const { room, atMs } = event;
    const { last } = states.get(room);
    if (step.type === 'doubt') states.set(room, { offlineSinceMs: step.offlineSinceMs });
    else if (step.type === 'update' && last !== null) update(room, last, step.span, atMs, batch);
    else if (step.type === 'start') {
      const record = start(room, step);
      // A poll may find a broadcast that began hours ago: its age decides how it is told.
      const isLate = event.kind === 'room-polled' && !step.resumed;
      cards.tellLive(record, isLate ? record.startedMs : atMs, true, batch);
    }
  };
}

function isReplay(event: LiveStarted | LiveEnded | RoomPolled): boolean {
  if (event.kind === 'live-started') return false;
  return event.kind === 'live-ended' ? event.replay : event.liveStatus === 'replay';
}

export function openSessions(parts: SessionParts): Sessions {
  const { db, rooms, limits } = parts;
  const rows = openSessionRows(db);
  const states = openRoomStates(db, rows);
  const cards = openCards(parts, rows);
  const take = openSteps(rows, states, cards);

  /** True when a LIVE's key names an older broadcast than the last: a late copy. */
  function isOfOlder(room: RoomId, liveKey: string | null): boolean {
    if (liveKey === null || liveKey === states.last(room)?.liveKey) return false;
    return rows.findByKey(room, liveKey) !== null;
  }

  return {
    seen: states.seen,
    on(event, batch) {
      const { room } = event;
      const signal = signalOf(event);
      if (signal.type !== 'ended' && isOfOlder(room, signal.liveKey)) return;
      take(event, stepSession(states.get(room), signal, limits), batch);
      const isLive = states.last(room)?.endedMs === null;
      rooms.setStatus(room, isLive ? 'live' : isReplay(event) ? 'replay' : 'offline');
    },
    takeTitle(room) {
      const { last } = states.get(room);
      if (last?.endedMs === null) rows.takeTitle(last.session);
    },
    locate(room, atMs) {
      const last = states.last(room);
      if (last === null) return null;
      if (atMs >= last.startedMs) return spans(last, atMs) ? last.session : null;
      const older = rows.at(room, atMs);
      return older !== null && spans(older, atMs) ? older.session : null;
    },
    tellEnds(batch) {
      for (const room of cards.tellEnds(batch)) states.forget(room);
    },
    clear: states.clear,
  };
}
