/** INTERACT_WORD and INTERACT_WORD_V2 (protocol §4.6): twins have the same uid, type and second. */
import type { Interaction } from '#src/events.ts';
import { isFields, needFields, needInteger, readCount, readText } from '../fields.ts';
import { findId, type Message, sentAtMs } from '../message.ts';
import { needPayload, readUser } from './gift-v2.ts';
import { type RoomState, readViewer } from './room-state.ts';

/** msg_type; 4 and 5 are special and mutual follows. */
const ACTIONS: Readonly<Record<number, Interaction['action']>> = {
  1: 'enter',
  2: 'follow',
  3: 'share',
  4: 'follow',
  5: 'follow',
  6: 'like',
};

interface Word {
  uid: number;
  name: string;
  type: number;
  seconds: number;
  /** Nanoseconds, beyond 2^53; tells masked people of one second apart. */
  triggered: string;
}

function emitWord(message: Message, word: Word, state: RoomState): void {
  const viewer = readViewer(word.uid, word.name);
  const atMs = word.seconds > 0 ? word.seconds * 1000 : sentAtMs(message, state.now());
  const named = `${word.uid}:${word.type}:${Math.floor(atMs / 1000)}`;
  const id = viewer.uid === null ? `${named}:${word.triggered || word.name}` : named;
  state.emit({
    kind: 'interaction',
    id,
    room: state.room,
    atMs,
    viewer,
    action: ACTIONS[word.type] ?? 'other',
  });
}

export function readInteractWord(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  const user = isFields(data.uinfo) ? data.uinfo : {};
  const base = isFields(user.base) ? user.base : {};
  const uid = readCount(data.uid);
  const word: Word = {
    uid,
    name: readText(data.uname) || readText(base.name),
    type: needInteger(data.msg_type, 'data.msg_type'),
    seconds: readCount(data.timestamp),
    triggered: uid === 0 ? (findId(message, 'data', 'trigger_time') ?? '') : '',
  };
  emitWord(message, word, state);
}

export function readInteractWordV2(message: Message, state: RoomState): void {
  const reader = needPayload(message);
  const word: Word = { uid: 0, name: '', type: 0, seconds: 0, triggered: '' };
  let userName = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) word.uid = reader.integer();
    else if (field === 2) word.name = reader.text();
    else if (field === 5) word.type = reader.integer();
    else if (field === 7) word.seconds = reader.integer();
    else if (field === 15) word.triggered = reader.integerText();
    else if (field === 22) userName = readUser(reader.message())[1];
    else reader.skip();
  }
  word.name ||= userName;
  emitWord(message, word, state);
}
