import { crc32 } from 'node:zlib';
import type { Medal, Person } from '../room-script.ts';

/** What anonymous watchers see of a name: its first character. */
export function maskName(name: string): string {
  return `${[...name][0] ?? ''}***`;
}

/** The hash of the uid that danmaku carry. */
export function hashUid(uid: number): string {
  return crc32(String(uid)).toString(16).padStart(8, '0');
}

/** A face on the sandbox's own origin: nothing is fetched from outside. */
export function faceUrl(origin: string, uid: number): string {
  return `${origin}/bfs/face/${hashUid(uid)}${hashUid(uid + 1)}.png`;
}

const MEDAL_COLOURS = [6067854, 6126494, 9272486, 12478086, 13081892, 398668, 1725515, 2951253] as const;

export function medalColour(medal: Medal): number {
  return MEDAL_COLOURS[Math.min(Math.floor(medal.level / 5), MEDAL_COLOURS.length - 1)] ?? 6067854;
}

const hexColour = (colour: number): string => `#${colour.toString(16).padStart(6, '0').toUpperCase()}`;

function uinfoMedal(medal: Medal): object {
  const colour = medalColour(medal);
  return {
    name: medal.name,
    level: medal.level,
    color_start: colour,
    color_end: colour,
    color_border: colour,
    color: colour,
    id: 0,
    typ: 0,
    is_light: medal.isLit ? 1 : 0,
    ruid: medal.ruid,
    guard_level: medal.guardLevel,
    score: medal.level * 1000,
    guard_icon: '',
    honor_icon: '',
    v2_medal_color_start: `${hexColour(colour)}CC`,
    v2_medal_color_end: `${hexColour(colour)}CC`,
    v2_medal_color_border: `${hexColour(colour)}FF`,
    v2_medal_color_text: '#FFFFFFFF',
    v2_medal_color_level: `${hexColour(colour)}99`,
    user_receive_count: 0,
  };
}

/** UINFO, the person as newer messages carry it. */
export function uinfo(person: Person, face: string): object {
  return {
    uid: person.uid,
    base: {
      name: person.name,
      face,
      name_color: 0,
      is_mystery: false,
      risk_ctrl_info: null,
      origin_info: { name: person.name, face },
      official_info: { role: 0, title: '', desc: '', type: -1 },
      name_color_str: person.guardLevel > 0 ? '#00D1F1' : '',
    },
    medal: person.medal === null ? null : uinfoMedal(person.medal),
    wealth: null,
    title: { old_title_css_id: '', title_css_id: '' },
    guard: person.guardLevel > 0 ? { level: person.guardLevel, expired_str: '2099-12-31 23:59:59' } : null,
    uhead_frame: null,
    guard_leader: { is_guard_leader: false },
  };
}

/** `medal_info` of gifts and super chats; gifts leave out whose room it is. */
export function medalInfo(medal: Medal | null, isSuperChat: boolean): object | null {
  if (medal === null && isSuperChat) return null;
  const colour = medal === null ? 0 : medalColour(medal);
  return {
    anchor_roomid: isSuperChat ? (medal?.roomId ?? 0) : 0,
    anchor_uname: isSuperChat ? (medal?.anchorName ?? '') : '',
    guard_level: medal?.guardLevel ?? 0,
    icon_id: 0,
    is_lighted: medal?.isLit ? 1 : 0,
    medal_color: isSuperChat ? hexColour(colour).toLowerCase() : colour,
    medal_color_border: colour,
    medal_color_end: colour,
    medal_color_start: colour,
    medal_level: medal?.level ?? 0,
    medal_name: medal?.name ?? '',
    special: '',
    target_id: medal?.ruid ?? 0,
  };
}
