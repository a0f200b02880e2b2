import { drawCrowd } from './crowd.ts';
import { openFeed, type WireOptions } from './feed.ts';
import { openRandom } from './random.ts';
import type { Area, RoomScript } from './room-script.ts';
import type { Room } from './world.ts';

const CROWD_DEFAULT = 300;
const LIVE_FOR_MS_DEFAULT = 40 * 60_000;
const AREA_DEFAULT: Area = { id: 21, name: '视频唱见', parentId: 1, parentName: '娱乐' };

export interface RoomSetting {
  readonly seed: number;
  readonly now: () => number;
  readonly wire: Required<WireOptions>;
  readonly masks: boolean;
  readonly serial: () => bigint;
}

/** The room as its script says it is at the start. */
export function openRoom(script: RoomScript, setting: RoomSetting): Room {
  const { seed, now } = setting;
  const medalName = script.medalName ?? '粉丝';
  const startMs = now() - (script.liveForMs ?? LIVE_FOR_MS_DEFAULT);
  const isLive = script.status === 1;
  const online = Math.floor((script.chatter?.crowd ?? CROWD_DEFAULT) / 2);
  const anchor = { roomId: script.roomId, uid: script.uid, name: script.name, medalName };
  return {
    script,
    roomId: script.roomId,
    shortId: script.shortId ?? 0,
    uid: script.uid,
    name: script.name,
    crowd: drawCrowd(
      openRandom(`${seed} crowd ${script.roomId}`),
      script.chatter?.crowd ?? CROWD_DEFAULT,
      anchor,
    ),
    feed: openFeed(openRandom(`${seed} wire ${script.roomId}`), setting.wire, now),
    random: openRandom(`${seed} room ${script.roomId}`),
    medalName,
    isMasked: script.isMasked ?? setting.masks,
    area: script.area ?? AREA_DEFAULT,
    title: script.title,
    status: script.status ?? 0,
    liveKey: isLive ? (setting.serial() % 10n ** 18n).toString() : '0',
    startSecond: isLive ? Math.floor(startMs / 1000) : 0,
    followers: script.followers ?? 1000,
    watched: isLive ? Math.floor((script.followers ?? 1000) / 10) : 0,
    online: isLive ? online : 0,
    likes: 0,
    guards: Math.floor((script.followers ?? 1000) / 500),
    history: [],
    superChats: [],
  };
}
