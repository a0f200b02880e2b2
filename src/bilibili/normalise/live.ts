/** LIVE and PREPARING (protocol §4.8). */
import { findInteger } from '../fields.ts';
import { findId, type Message, messageId, sentAtMs } from '../message.ts';
import type { RoomState } from './room-state.ts';

/** The last LIVE or PREPARING of a room's socket: LIVE comes at least twice per start, and again on every re-push. */
export interface LiveSignal {
  liveKey: string | null;
  startSecond: number | null;
  /** Whether LIVE came and no PREPARING since. */
  isLive: boolean;
  startedMs: number;
  endedMs: number | null;
}

export function noLiveSignal(): LiveSignal {
  return { liveKey: null, startSecond: null, isLive: false, startedMs: 0, endedMs: null };
}

/** True when a LIVE says nothing that is not known: told already, not ended since. */
function isRepeat(last: LiveSignal, liveKey: string | null, startSecond: number | null): boolean {
  if (!last.isLive) return false;
  const addsKey = liveKey !== null && liveKey !== last.liveKey;
  const addsStart = startSecond !== null && startSecond !== last.startSecond;
  return !addsKey && !addsStart;
}

export function readLive(message: Message, state: RoomState): void {
  const liveKey = findId(message, 'live_key');
  const time = findInteger(message.body.live_time);
  const startSecond = time !== null && time > 0 ? time : null;
  const last = state.live;
  if (isRepeat(last, liveKey, startSecond)) return;

  const saidMs = sentAtMs(message, startSecond === null ? state.now() : startSecond * 1000);
  // What comes after a PREPARING is of later, whatever the clocks say: dated before, it would pass for a late copy.
  const atMs = Math.max(saidMs, last.endedMs ?? 0);
  // A LIVE after PREPARING is news also of the same key: the stream goes on.
  const parts = [liveKey ?? 'none', startSecond, last.isLive ? null : last.endedMs];
  last.startSecond = startSecond ?? (liveKey === null || liveKey === last.liveKey ? last.startSecond : null);
  last.liveKey = liveKey ?? last.liveKey;
  last.isLive = true;
  last.startedMs = atMs;
  if (liveKey === null && startSecond === null) parts.push(atMs);
  const id = parts.filter((part) => part !== null).join(':');
  state.emit({ kind: 'live-started', id, room: state.room, atMs, liveKey, startSecond });
}

export function readPreparing(message: Message, state: RoomState): void {
  const saidMs = sentAtMs(message, state.now());
  const id = messageId(message, Math.floor(saidMs / 1000));
  const atMs = Math.max(saidMs, state.live.startedMs);
  const replay = findInteger(message.body.round) === 1;
  if (!state.emit({ kind: 'live-ended', id, room: state.room, atMs, replay })) return;
  state.live.isLive = false;
  state.live.endedMs = atMs;
}
