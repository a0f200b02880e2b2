import {
  likesUpdate,
  liveMessage,
  type NoiseKind,
  noiseMessage,
  onlineRankCount,
  preparingMessage,
  roomChange,
  warningMessage,
  watchedChange,
} from '../messages/room.ts';
import type { Area } from '../room-script.ts';
import { deliver, drawPerson, type Stage } from '../stage.ts';
import type { Room } from '../world.ts';

export interface LiveOptions {
  readonly title?: string;
  /** When the stream arrives after the button; 0 (default): both LIVE at once. */
  readonly gapMs?: number;
  /** Goes on with the broadcast that ended last instead of a new one. */
  readonly isResumed?: boolean;
}

/** A broadcast starts: LIVE with `live_time`, then LIVE without. Returns its `live_key`. */
export function live(stage: Stage, room: Room, options: LiveOptions): string {
  const { world } = stage;
  const last = world.ledger.broadcasts.findLast(({ roomId }) => roomId === room.roomId);
  const resumed = options.isResumed === true ? last : undefined;
  room.status = 1;
  room.liveKey = resumed?.liveKey ?? (stage.serial() % 10n ** 18n).toString();
  room.startSecond = resumed?.startSecond ?? Math.floor(world.now() / 1000);
  if (resumed === undefined) Object.assign(room, { watched: 0, likes: 0 });
  const { roomId, liveKey, startSecond } = room;
  if (options.title !== undefined && options.title !== room.title) changeRoom(room, options.title);
  world.ledger.beginBroadcast({ roomId, liveKey, startSecond, title: room.title });
  deliver(room, liveMessage(roomId, liveKey, startSecond, true));
  const arrived = (): void => deliver(room, liveMessage(roomId, liveKey, startSecond, false));
  if ((options.gapMs ?? 0) === 0) arrived();
  else stage.later(options.gapMs ?? 0, arrived);
  return liveKey;
}

/** A broadcast ends. The message may be lost on purpose; the room's state changes all the same. */
export function preparing(stage: Stage, room: Room, isReplay = false): void {
  const { world } = stage;
  const atMs = world.now();
  world.ledger.endBroadcast(room.roomId, atMs);
  Object.assign(room, { status: isReplay ? 2 : 0, liveKey: '0', startSecond: 0, online: 0 });
  if (world.faults.lostPreparing.delete(room.roomId)) return;
  deliver(room, preparingMessage(room.roomId, isReplay, atMs, (stage.serial() % 10n ** 17n).toString()));
}

export function changeRoom(room: Room, title: string, area: Area = room.area): void {
  Object.assign(room, { title, area });
  deliver(room, roomChange(title, area, room.liveKey, room.startSecond));
}

export interface AudienceOptions {
  readonly watched?: number;
  readonly online?: number;
  readonly likes?: number;
}

/** WATCHED_CHANGE, ONLINE_RANK_COUNT and LIKE_INFO_V3_UPDATE for the numbers that are given. */
export function audience(room: Room, options: AudienceOptions): void {
  Object.assign(room, options);
  if (options.watched !== undefined) deliver(room, watchedChange(options.watched));
  if (options.online !== undefined) deliver(room, onlineRankCount(options.online, room.random.chance(0.5)));
  if (options.likes !== undefined) deliver(room, likesUpdate(options.likes));
}

export function warn(room: Room, text: string, isCutOff: boolean): void {
  deliver(room, warningMessage(room.roomId, text, isCutOff));
}

/** A message that counts nothing. */
export function noise(stage: Stage, room: Room, kind: NoiseKind): void {
  deliver(room, noiseMessage(kind, room.roomId, drawPerson(room).uid, stage.world.now()));
}
