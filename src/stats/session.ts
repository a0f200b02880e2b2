/**
 * Which broadcast a room is in, from what its socket and the polls say (design §2, promise 6). Pure: the
 * archive keeps the state and carries out the steps.
 */

/** A broadcast as far as it is known. */
export interface Span {
  readonly liveKey: string | null;
  readonly startSecond: number | null;
  /** Floored to the second, so that gifts (their times are seconds) of the first second count. */
  readonly startedMs: number;
  readonly endedMs: number | null;
  /** Time of the last LIVE: a PREPARING from before it is a late copy. */
  readonly liveMs: number;
}

/** What is known of a room's broadcasts before a signal. */
export interface RoomTime {
  readonly last: Span | null;
  /** End of the broadcast before `last`; nothing starts before it. */
  readonly floorMs: number;
  /** The last thing that was seen on the room's socket; null when nothing was. */
  readonly lastEventMs: number | null;
  /** The first of the polls in a row that found the room offline while a broadcast was open. */
  readonly offlineSinceMs: number | null;
}

export type Signal =
  | {
      readonly type: 'live';
      readonly atMs: number;
      readonly liveKey: string | null;
      readonly startSecond: number | null;
    }
  | { readonly type: 'ended'; readonly atMs: number }
  | {
      readonly type: 'polled';
      readonly atMs: number;
      readonly isLive: boolean;
      readonly liveKey: string | null;
      readonly startSecond: number | null;
    };

type LiveSignal = Exclude<Signal, { type: 'ended' }>;

export interface SessionLimits {
  readonly endDelayMs: number;
  readonly resumeMs: number;
}

export type Step =
  | { readonly type: 'none' }
  /** A poll found the room offline: the next one that does, half an `endDelayMs` later at least, ends the broadcast. */
  | { readonly type: 'doubt'; readonly offlineSinceMs: number }
  /** The last broadcast is now known so: moved, ended, reopened. */
  | { readonly type: 'update'; readonly span: Span }
  /** A new broadcast; `lastEndedMs` ends the one before when that was still open. */
  | {
      readonly type: 'start';
      readonly span: Span;
      readonly lastEndedMs: number | null;
      /** Within `resumeMs` of the last end: goes on with its card. */
      readonly resumed: boolean;
    };

const NONE: Step = { type: 'none' };
/** Two tellings of one start may differ by this much. */
const START_SKEW_MS = 5_000;
/** A start without `live_time` is dated by our own clock, which may be this much behind the server's. */
const CLOCK_SKEW_MS = 60_000;

/** Whether two start seconds are of one broadcast: the socket and the polls may tell them a moment apart. */
export function isSameStart(oneSecond: number, otherSecond: number): boolean {
  return Math.abs(oneSecond - otherSecond) * 1000 <= START_SKEW_MS;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

/** Whether a signal speaks of the broadcast `span`, of another one, or does not say. */
function compare(span: Span, signal: LiveSignal): 'same' | 'different' | 'unknown' {
  const keysKnown = span.liveKey !== null && signal.liveKey !== null;
  if (keysKnown && span.liveKey === signal.liveKey) return 'same';
  const { startSecond } = signal;
  if (startSecond !== null) {
    if (span.startSecond !== null) {
      const isSame = keysKnown
        ? span.startSecond === startSecond
        : isSameStart(span.startSecond, startSecond);
      return isSame ? 'same' : 'different';
    }
    if (startSecond * 1000 > span.startedMs + CLOCK_SKEW_MS) return 'different';
  }
  return keysKnown ? 'different' : 'unknown';
}

function startOf(signal: LiveSignal): number {
  return (signal.startSecond ?? Math.floor(signal.atMs / 1000)) * 1000;
}

/** The span with what the signal adds: key, start second, an earlier start; open again. */
function goOn(span: Span, signal: LiveSignal, floorMs: number): Span {
  const startSecond = span.startSecond ?? signal.startSecond;
  const known = startSecond === null ? span.startedMs : startSecond * 1000;
  return {
    liveKey: span.liveKey ?? signal.liveKey,
    startSecond,
    startedMs: Math.max(floorMs, Math.min(span.startedMs, known)),
    endedMs: null,
    // A poll may answer from a cache: only LIVE itself makes an earlier PREPARING a late copy.
    liveMs: signal.type === 'live' ? Math.max(span.liveMs, signal.atMs) : span.liveMs,
  };
}

function start(time: RoomTime, signal: LiveSignal, limits: SessionLimits): Step {
  const { last } = time;
  const wantedMs = startOf(signal);
  let lastEndedMs: number | null = null;
  let endedMs: number | null = null;
  if (last !== null) {
    endedMs = last.endedMs;
    if (endedMs === null) {
      // Its PREPARING was lost: it ended after the last thing that was seen and before this start.
      const seenMs = time.lastEventMs === null ? wantedMs : time.lastEventMs + 1;
      endedMs = clamp(time.offlineSinceMs ?? seenMs, last.startedMs, wantedMs);
      lastEndedMs = endedMs;
    }
  }
  const startedMs = endedMs === null ? wantedMs : Math.max(wantedMs, endedMs);
  const liveMs = signal.type === 'live' ? signal.atMs : startedMs;
  const { liveKey, startSecond } = signal;
  return {
    type: 'start',
    span: { liveKey, startSecond, startedMs, endedMs: null, liveMs },
    lastEndedMs,
    resumed: endedMs !== null && startedMs - endedMs <= limits.resumeMs,
  };
}

function onLive(time: RoomTime, signal: LiveSignal, limits: SessionLimits): Step {
  const { last } = time;
  if (last === null) return start(time, signal, limits);
  const identity = compare(last, signal);
  if (last.endedMs === null) {
    if (identity === 'different') {
      return startOf(signal) > last.startedMs ? start(time, signal, limits) : NONE;
    }
    return { type: 'update', span: goOn(last, signal, time.floorMs) };
  }
  // Older than the end it would undo: a late copy.
  if (signal.atMs < last.endedMs) return NONE;
  const sinceEndMs = signal.atMs - last.endedMs;
  const again: Step = { type: 'update', span: goOn(last, signal, time.floorMs) };
  if (signal.type === 'live') {
    const goesOn = identity === 'same' || (identity === 'unknown' && sinceEndMs <= limits.endDelayMs);
    return goesOn ? again : start(time, signal, limits);
  }
  const beganBefore = signal.startSecond !== null && signal.startSecond * 1000 < last.endedMs;
  if (identity === 'same' || (identity === 'unknown' && beganBefore)) {
    // Polls lag behind PREPARING by their caches: one counts as a lost LIVE only after the delay.
    return sinceEndMs > limits.endDelayMs ? again : NONE;
  }
  if (identity === 'different') return startOf(signal) > last.startedMs ? start(time, signal, limits) : NONE;
  return sinceEndMs > limits.endDelayMs ? start(time, signal, limits) : NONE;
}

function onOffline(time: RoomTime, atMs: number, limits: SessionLimits): Step {
  const { last, offlineSinceMs, lastEventMs } = time;
  if (last === null || last.endedMs !== null || atMs < last.liveMs) return NONE;
  if (offlineSinceMs === null) return { type: 'doubt', offlineSinceMs: atMs };
  // Two polls of one moment (on reconnecting a batch and room_init) answer from the same stale cache.
  if (atMs - offlineSinceMs < limits.endDelayMs / 2) return NONE;
  const seenMs = lastEventMs === null ? offlineSinceMs : lastEventMs + 1;
  return { type: 'update', span: { ...last, endedMs: clamp(seenMs, last.startedMs, offlineSinceMs) } };
}

/** What a signal does to a room's broadcasts. */
export function stepSession(time: RoomTime, signal: Signal, limits: SessionLimits): Step {
  switch (signal.type) {
    case 'live':
      return onLive(time, signal, limits);
    case 'ended': {
      const { last } = time;
      if (last === null || last.endedMs !== null) return NONE;
      if (signal.atMs < last.startedMs || signal.atMs < last.liveMs) return NONE;
      return { type: 'update', span: { ...last, endedMs: signal.atMs } };
    }
    case 'polled':
      return signal.isLive ? onLive(time, signal, limits) : onOffline(time, signal.atMs, limits);
  }
}

/** Whether something at `atMs` belongs to the broadcast: [startedMs, endedMs), open while live. */
export function spans(span: Pick<Span, 'startedMs' | 'endedMs'>, atMs: number): boolean {
  return atMs >= span.startedMs && (span.endedMs === null || atMs < span.endedMs);
}
