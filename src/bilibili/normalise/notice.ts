/** ROOM_CHANGE, WARNING, CUT_OFF and CUT_OFF_V2 (protocol §4.8). */
import { findTimeMs, isFields, needFields, readText, Unreadable } from '../fields.ts';
import { type Message, messageId, sentAtMs } from '../message.ts';
import type { RoomState } from './room-state.ts';

export function readRoomChange(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  if (typeof data.title !== 'string') throw new Unreadable('data.title is no text');
  const atMs = sentAtMs(message, state.now());
  // Some areas come with a space before them.
  const area = readText(data.area_name).trim();
  state.emit({
    kind: 'room-changed',
    id: messageId(message, atMs),
    room: state.room,
    atMs,
    title: data.title,
    area,
  });
}

function emitWarning(
  message: Message,
  text: string,
  cutOff: boolean,
  state: RoomState,
  atMs = sentAtMs(message, state.now()),
): void {
  const id = `${message.cmd}:${messageId(message, atMs)}`;
  state.emit({ kind: 'room-warned', id, room: state.room, atMs, cutOff, message: text });
}

export function readWarning(message: Message, state: RoomState): void {
  emitWarning(message, readText(message.body.msg), false, state);
}

export function readCutOff(message: Message, state: RoomState): void {
  emitWarning(message, readText(message.body.msg), true, state);
}

/** Its message is a list of labelled lines under a title. */
export function readCutOffV2(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  const cut = isFields(data.cut_off_data) ? data.cut_off_data : {};
  const lines = Array.isArray(cut.cut_off_message_list)
    ? cut.cut_off_message_list
    : Array.isArray(cut.message_list)
      ? cut.message_list
      : [];
  const text = lines
    .slice(0, 20)
    .filter(isFields)
    .map((line) => [readText(line.label), readText(line.content)].filter((part) => part !== '').join('：'))
    .filter((line) => line !== '')
    .join('\n');
  const atMs = findTimeMs(data.timestamp) ?? sentAtMs(message, state.now());
  emitWarning(message, text || readText(cut.cut_off_title), true, state, atMs);
}
