/** One batch of events into rows, counters, broadcasts and wanted messages. Runs inside a transaction. */
import type { LiveEvent, RoomChanged, RoomId, RoomPolled } from '#src/events.ts';
import { unreachable } from '#src/lib/errors.ts';
import type { Alerts } from './alerts.ts';
import type { Batch } from './batch.ts';
import type { DanmakuStore } from './danmaku.ts';
import type { Gaps } from './gaps.ts';
import type { Gifts } from './gifts.ts';
import type { Guards } from './guards.ts';
import type { Rooms } from './rooms.ts';
import type { Sessions } from './sessions.ts';
import type { SuperChats } from './super-chats.ts';
import type { Tally } from './tally.ts';

export interface CommitParts {
  readonly rooms: Rooms;
  readonly gaps: Gaps;
  readonly sessions: Sessions;
  readonly danmaku: DanmakuStore;
  readonly gifts: Gifts;
  readonly superChats: SuperChats;
  readonly guards: Guards;
  readonly tally: Tally;
  readonly alerts: Alerts;
}

function onPolled(parts: CommitParts, event: RoomPolled, batch: Batch): void {
  const { rooms, gaps, sessions } = parts;
  const { room, atMs, shortId, name, title, area, coverUrl } = event;
  if (rooms.ensure(room, atMs)) gaps.startUnobserved(room, atMs);
  rooms.change(room, { shortId, uid: event.uid > 0 ? event.uid : null, name, title, area, coverUrl });
  sessions.on(event, batch);
  sessions.takeTitle(room);
}

function onChanged({ rooms, sessions }: CommitParts, { room, title, area }: RoomChanged): void {
  rooms.change(room, { title, area });
  sessions.takeTitle(room);
}

/**
 * First the state of the rooms, in order: when a broadcast began and ended, what was observed. Rows find their
 * broadcast by time, so they come after, whatever order they came in.
 */
function takeState(parts: CommitParts, events: readonly LiveEvent[], batch: Batch): void {
  const seenRooms = new Set<RoomId>();
  for (const event of events) {
    const { room } = event;
    if (event.kind === 'room-polled') {
      onPolled(parts, event, batch);
      continue;
    }
    if (event.kind === 'observed') {
      parts.gaps.observe(event);
      continue;
    }
    if (!seenRooms.has(room)) {
      seenRooms.add(room);
      parts.gaps.seen(room, event.atMs);
    }
    if (event.kind === 'live-started' || event.kind === 'live-ended') parts.sessions.on(event, batch);
    else if (event.kind === 'room-changed') onChanged(parts, event);
    parts.sessions.seen(room, event.atMs);
  }
}

function takeRow(parts: CommitParts, event: LiveEvent, batch: Batch): void {
  switch (event.kind) {
    case 'danmaku':
      parts.danmaku.add(event, batch);
      break;
    case 'gift':
      parts.gifts.add(event, batch);
      break;
    case 'interaction':
      parts.danmaku.addInteraction(event, batch);
      break;
    case 'watched':
    case 'online':
    case 'likes':
      parts.tally.gauge(event);
      break;
    case 'super-chat':
      parts.superChats.add(event, batch);
      break;
    case 'super-chat-translated':
      parts.superChats.translate(event, batch);
      break;
    case 'super-chats-deleted':
      parts.superChats.takeDown(event, batch);
      break;
    case 'guard':
      parts.guards.add(event, batch);
      break;
    case 'guard-held':
      parts.guards.hold(event, batch);
      break;
    case 'recalled':
      parts.danmaku.recall(event);
      break;
    case 'room-warned':
      parts.alerts.warning(batch, event);
      break;
    case 'live-started':
    case 'live-ended':
    case 'room-polled':
    case 'room-changed':
    case 'observed':
      break;
    default:
      unreachable(event);
  }
}

/** Takes all events into `batch`; sums, viewers and messages are written by their flush after it. */
export function takeEvents(parts: CommitParts, events: readonly LiveEvent[], batch: Batch): void {
  takeState(parts, events, batch);
  for (const event of events) takeRow(parts, event, batch);
}
