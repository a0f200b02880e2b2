import type { LedgerEntry } from '../ledger.ts';
import { type DanmakuFacts, danmakuText, historyLine } from '../messages/danmaku.ts';
import { interactText, interactV2 } from '../messages/interact.ts';
import { faceUrl } from '../messages/person.ts';
import { superChatDelete, superChatJpn, superChatMessage } from '../messages/super-chat.ts';
import type { Person } from '../room-script.ts';
import { carrier, deliver, drawPerson, NOBODY, record, type Stage } from '../stage.ts';
import type { Room } from '../world.ts';

const HISTORY_MAX = 10;
const SUPER_CHATS_MAX = 200;

export interface SayOptions {
  /** Null: somebody whom Bilibili does not name. */
  readonly viewer?: Person | null;
  readonly text?: string;
  /** A picture of the room instead of text. */
  readonly emoticon?: string;
  /** The form `DANMU_MSG:4:0:2:2:2:0`. */
  readonly hasSuffix?: boolean;
  /** Sent as the mirror of another room's danmaku: counts nothing here. */
  readonly isMirror?: boolean;
}

function person(room: Room, viewer: Person | null | undefined): Person {
  return viewer === null ? NOBODY : (viewer ?? drawPerson(room));
}

/** A danmaku. The mirror of another room's is sent, but written into no ledger: null then. */
export function say(stage: Stage, room: Room, options: SayOptions): LedgerEntry | null {
  const { world } = stage;
  const speaker = person(room, options.viewer);
  const cmd =
    options.isMirror === true
      ? 'DANMU_MSG_MIRROR'
      : options.hasSuffix === true
        ? 'DANMU_MSG:4:0:2:2:2:0'
        : 'DANMU_MSG';
  const facts: DanmakuFacts = {
    person: speaker,
    text: options.text ?? '你好',
    atMs: world.now(),
    id: `${stage.serial().toString(16)}${room.random.hex(20)}`,
    rnd: room.random.int(-2147483648, 2147483647),
    face: faceUrl(world.origin, speaker.uid),
    emoticon:
      options.emoticon === undefined
        ? null
        : {
            unique: `room_${room.roomId}_${options.emoticon}`,
            url: `${world.origin}/bfs/live/${options.emoticon}.png`,
          },
    cmd,
  };
  const full = danmakuText(facts, speaker.uid === 0);
  const masked = room.isMasked && speaker.uid !== 0 ? danmakuText(facts, true) : null;
  const told = carrier(cmd);
  deliver(room, full, [told], masked);
  if (options.isMirror === true) return null;
  room.history.push(historyLine(facts));
  room.history.splice(0, Math.max(0, room.history.length - HISTORY_MAX));
  return record(stage, room, 'danmaku', speaker, {
    id: facts.id,
    atMs: facts.atMs,
    text: facts.text,
    isMasked: masked !== null,
    carriers: [told],
  });
}

export interface InteractOptions {
  readonly viewer?: Person;
  /** 1 entered, 2 followed, 3 shared. */
  readonly type?: 1 | 2 | 3;
  readonly isV2?: boolean;
}

/** Somebody came in, followed or shared. Counts no money and no danmaku, so it is in no ledger. */
export function interact(stage: Stage, room: Room, options: InteractOptions): void {
  const { world } = stage;
  const visitor = person(room, options.viewer);
  const type = options.type ?? 1;
  if (type === 2) room.followers += 1;
  const face = faceUrl(world.origin, visitor.uid);
  const facts = { person: visitor, face, roomId: room.roomId, type, atMs: world.now() };
  deliver(room, options.isV2 === false ? interactText(facts) : interactV2(facts));
}

export interface SuperChatOptions {
  readonly viewer?: Person;
  /** Whole CNY, 30 by default. */
  readonly price?: number;
  readonly text?: string;
  /** Where the _JPN twin goes, if there is one. */
  readonly twin?: 'none' | 'before' | 'after';
  readonly translation?: string;
  /** The twin's ids are strings, as older servers have it. */
  readonly hasTextIds?: boolean;
  /** Sent a second time, as the copy of the audit is. */
  readonly isRepeated?: boolean;
  /** Taken down by moderation after this time; what was paid stays paid. */
  readonly deletedAfterMs?: number;
}

export function superChat(stage: Stage, room: Room, options: SuperChatOptions): LedgerEntry {
  const { world } = stage;
  const payer = person(room, options.viewer);
  const price = options.price ?? 30;
  const facts = {
    person: payer,
    face: faceUrl(world.origin, payer.uid),
    roomId: room.roomId,
    id: Number(stage.serial() % 10n ** 15n),
    price,
    text: options.text ?? '加油！',
    atMs: world.now(),
  };
  const twin = options.twin ?? 'none';
  const told = carrier('SUPER_CHAT_MESSAGE');
  const translated = carrier('SUPER_CHAT_MESSAGE_JPN');
  const jpn = (): void =>
    deliver(room, superChatJpn(facts, options.translation ?? '', options.hasTextIds === true), [translated]);
  if (twin === 'before') jpn();
  deliver(room, superChatMessage(facts), [told]);
  if (options.isRepeated === true) deliver(room, superChatMessage(facts));
  if (twin === 'after') jpn();
  room.superChats.push(facts);
  room.superChats.splice(0, Math.max(0, room.superChats.length - SUPER_CHATS_MAX));
  if (options.deletedAfterMs !== undefined)
    stage.later(options.deletedAfterMs, () => deleteSuperChat(room, [facts.id]));
  return record(stage, room, 'super-chat', payer, {
    id: String(facts.id),
    atMs: facts.atMs,
    text: facts.text,
    paidMilli: price * 1000,
    worthMilli: price * 1000,
    carriers: twin === 'none' ? [told] : [told, translated],
  });
}

export function deleteSuperChat(room: Room, ids: readonly number[]): void {
  deliver(room, superChatDelete(ids, room.roomId));
  const left = room.superChats.filter(({ id }) => !ids.includes(id));
  room.superChats.splice(0, room.superChats.length, ...left);
}
