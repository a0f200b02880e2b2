import { blindBox, combo, gift, giftsTogether } from './acts/gifts.ts';
import { guard } from './acts/guards.ts';
import { audience, changeRoom, live, noise, preparing } from './acts/room-state.ts';
import { interact, say, superChat } from './acts/talk.ts';
import type { Stage } from './stage.ts';
import type { Act } from './story.ts';
import type { TimedAct } from './timeline.ts';
import type { Room } from './world.ts';

/** Makes an act of the story happen. */
export function perform(stage: Stage, room: Room, act: Act): void {
  switch (act.kind) {
    case 'chat':
      say(stage, room, act);
      return;
    case 'emoticon':
      say(stage, room, act);
      return;
    case 'mirror':
      say(stage, room, { viewer: act.viewer, text: act.text, isMirror: true });
      return;
    case 'interact':
      interact(stage, room, act);
      return;
    case 'gifts': {
      const [only, ...more] = act.items;
      if (only !== undefined && more.length === 0) gift(stage, room, { viewer: act.viewer, ...only });
      else giftsTogether(stage, room, act.items, { viewer: act.viewer });
      return;
    }
    case 'combo':
      combo(stage, room, act);
      return;
    case 'blind-box':
      blindBox(stage, room, act);
      return;
    case 'super-chat': {
      const { deletedAfterMs, ...options } = act;
      superChat(stage, room, deletedAfterMs === null ? options : { ...options, deletedAfterMs });
      return;
    }
    case 'guard':
      guard(stage, room, act);
      return;
    case 'noise':
      noise(stage, room, act.noise);
      return;
    case 'title':
      if (act.title !== room.title) changeRoom(room, act.title);
      return;
    case 'live':
      if (room.status !== 1) live(stage, room, act);
      return;
    case 'preparing':
      if (room.status === 1) preparing(stage, room);
      return;
    case 'audience':
      audience(room, {
        watched: room.watched + act.watchedBy,
        online: Math.max(1, Math.round((room.crowd.length / 2) * act.onlineShare)),
        likes: room.likes + act.likesBy,
      });
      return;
  }
}

/** Things that were begun and go on by themselves: hits of a combo, twins of a guard. */
export interface FollowUps {
  later(delayMs: number, act: () => void): void;
  /** Does all of them now, in the order of their times, and those that they bring about. */
  runAll(): void;
  clear(): void;
}

/** @param speed How many times as fast as the clock. */
export function openFollowUps(speed: number): FollowUps {
  const waiting = new Map<NodeJS.Timeout, { dueMs: number; act: () => void }>();
  return {
    later(delayMs, act) {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        act();
      }, delayMs / speed);
      waiting.set(timer, { dueMs: performance.now() + delayMs / speed, act });
    },
    runAll() {
      while (waiting.size > 0) {
        const due = [...waiting].sort(([, a], [, b]) => a.dueMs - b.dueMs);
        for (const [timer, { act }] of due) {
          clearTimeout(timer);
          waiting.delete(timer);
          act();
        }
      }
    },
    clear() {
      for (const timer of waiting.keys()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

interface Track {
  readonly room: Room;
  readonly story: Iterator<TimedAct>;
  next: TimedAct | null;
  elapsedMs: number;
  hasBegun: boolean;
}

export interface Runner {
  /** A watcher is there: the room's story begins, unless it has. */
  begin(roomId: number): void;
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
  close(): void;
}

/** Acts of one room in one tick; what is left is done in the next. */
const TICK_ACTS_MAX = 500;
/** A process that slept does not make up for more than this. */
const TICK_MS_MAX = 1000;

/** Plays the rooms' stories by the clock. */
export function openRunner(
  stage: Stage,
  tracks: ReadonlyMap<Room, Iterator<TimedAct>>,
  pacing: { readonly speed: number; readonly tickMs: number },
  isPaused: boolean,
): Runner {
  const byRoom = new Map<number, Track>();
  for (const [room, story] of tracks) {
    const next = story.next();
    const hasBegun = room.script.begins === 'start';
    byRoom.set(room.roomId, { room, story, next: next.done ? null : next.value, elapsedMs: 0, hasBegun });
  }
  let paused = isPaused;
  let lastMs = performance.now();
  const tick = (): void => {
    const nowMs = performance.now();
    const passedMs = Math.min(nowMs - lastMs, TICK_MS_MAX) * pacing.speed;
    lastMs = nowMs;
    if (paused) return;
    for (const track of byRoom.values()) {
      if (!track.hasBegun) continue;
      track.elapsedMs += passedMs;
      for (let acts = 0; track.next !== null && track.next.atMs <= track.elapsedMs; acts += 1) {
        if (acts === TICK_ACTS_MAX) break;
        perform(stage, track.room, track.next.act);
        const next = track.story.next();
        track.next = next.done ? null : next.value;
      }
    }
  };
  const timer = setInterval(tick, pacing.tickMs);
  return {
    begin(roomId) {
      const track = byRoom.get(roomId);
      if (track !== undefined) track.hasBegun = true;
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      lastMs = performance.now();
    },
    get isPaused() {
      return paused;
    },
    close: () => clearInterval(timer),
  };
}
