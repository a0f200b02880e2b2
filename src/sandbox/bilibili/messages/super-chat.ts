import type { Person } from '../room-script.ts';
import { medalInfo, uinfo } from './person.ts';

export interface SuperChatFacts {
  readonly person: Person;
  readonly face: string;
  readonly roomId: number;
  readonly id: number;
  /** Whole CNY. */
  readonly price: number;
  readonly text: string;
  readonly atMs: number;
}

/** [least price, seconds shown, colours]: the dearer the longer. */
const GRADES = [
  [2000, 7200, '#FFD8D8', '#AB1A32'],
  [1000, 3600, '#FFE7E4', '#E54D4D'],
  [500, 1800, '#FFEAD2', '#E09443'],
  [100, 300, '#FFF1C5', '#E2B52B'],
  [50, 120, '#DBFFFD', '#427D9E'],
  [0, 60, '#EDF5FF', '#2A60B2'],
] as const;

export function superChatSeconds(price: number): number {
  return GRADES.find(([least]) => price >= least)?.[1] ?? 60;
}

/** `data` of SUPER_CHAT_MESSAGE, and what getInfoByRoom lists while it is shown. */
export function superChatBody(facts: SuperChatFacts): object {
  const second = Math.floor(facts.atMs / 1000);
  const seconds = superChatSeconds(facts.price);
  const [, , light, dark] = GRADES.find(([least]) => facts.price >= least) ?? GRADES[5];
  const { person } = facts;
  return {
    background_bottom_color: dark,
    background_color: light,
    background_color_end: dark,
    background_color_start: dark,
    background_icon: '',
    background_image: '',
    background_price_color: dark,
    color_point: 0.7,
    dmscore: 120,
    end_time: second + seconds,
    gift: { gift_id: 12000, gift_name: '醒目留言', num: 1 },
    group_medal: { is_lighted: 0, medal_id: 0, name: '' },
    id: facts.id,
    is_mystery: false,
    is_ranked: 0,
    is_send_audit: 0,
    medal_info: medalInfo(person.medal, true),
    message: facts.text,
    message_font_color: '#A3F6FF',
    message_trans: '',
    price: facts.price,
    rate: 1000,
    start_time: second,
    time: seconds,
    token: facts.id.toString(16).toUpperCase().padStart(8, '0'),
    trans_mark: 0,
    ts: second,
    uid: person.uid,
    uinfo: uinfo(person, facts.face),
    user_info: {
      face: facts.face,
      face_frame: '',
      guard_level: person.guardLevel,
      is_main_vip: 0,
      is_svip: 0,
      is_vip: 0,
      level_color: '#969696',
      manager: person.isAdmin ? 1 : 0,
      name_color: person.guardLevel > 0 ? '#00D1F1' : '#666666',
      title: '',
      uname: person.name,
      user_level: person.userLevel,
    },
  };
}

export function superChatMessage(facts: SuperChatFacts): object {
  return { cmd: 'SUPER_CHAT_MESSAGE', data: superChatBody(facts), roomid: facts.roomId };
}

/** The twin with a translation; some servers write its ids as strings. */
export function superChatJpn(facts: SuperChatFacts, translation: string, hasTextIds: boolean): object {
  const ids = hasTextIds ? { id: String(facts.id), uid: String(facts.person.uid) } : {};
  return {
    cmd: 'SUPER_CHAT_MESSAGE_JPN',
    data: { ...superChatBody(facts), ...ids, message_jpn: translation },
    roomid: hasTextIds ? String(facts.roomId) : facts.roomId,
  };
}

export function superChatDelete(ids: readonly number[], roomId: number): object {
  return { cmd: 'SUPER_CHAT_MESSAGE_DELETE', data: { ids }, roomid: roomId };
}
