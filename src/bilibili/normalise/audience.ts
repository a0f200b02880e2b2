/** WATCHED_CHANGE, ONLINE_RANK_COUNT, LIKE_INFO_V3_UPDATE (protocol §4.7): gauges. */
import type { Likes, Online, Watched } from '#src/events.ts';
import { needFields, needInteger } from '../fields.ts';
import { type Message, sentAtMs } from '../message.ts';
import type { RoomState } from './room-state.ts';

function readGauge(
  kind: (Watched | Online | Likes)['kind'],
  field: string,
): (message: Message, state: RoomState) => void {
  return (message, state) => {
    const data = needFields(message.body.data, 'data');
    const count = needInteger(data[field], `data.${field}`);
    const atMs = sentAtMs(message, state.now());
    state.emit({ kind, id: `${atMs}:${count}`, room: state.room, atMs, count });
  };
}

export const readWatched = readGauge('watched', 'num');
/** `online_count` is missing in every other message: `count` always comes. */
export const readOnline = readGauge('online', 'count');
export const readLikes = readGauge('likes', 'click_count');
