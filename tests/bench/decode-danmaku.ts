/** DANMU_MSG in the shape and the size of the wire (Go's order of keys), of people who do not exist. */

const NAMES = [
  '山间小雾',
  '阿橘不加糖',
  'night_owl_7',
  '一颗薄荷',
  '晚风与海',
  '咕咕喵',
  '电台Radio',
  '柠檬汽水',
];
const WORDS = [
  '晚上好',
  '哈哈哈哈',
  '这首歌好听',
  '主播辛苦了',
  '第一次来',
  '这个操作可以',
  'hello',
  '再来一局',
  '好耶',
];

/** Repeatable numbers in [0, 1) (mulberry32). */
export function openRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Random = () => number;
export const upTo = (random: Random, max: number) => Math.floor(random() * max);
export const pick = <T>(random: Random, list: readonly T[]) => list[upTo(random, list.length)] as T;
export const hex = (random: Random, length: number) =>
  Array.from({ length }, () => upTo(random, 16).toString(16)).join('');

interface Person {
  readonly uid: number;
  readonly name: string;
  readonly face: string;
  readonly level: number;
}

export function personOf(random: Random): Person {
  const uid = random() < 0.3 ? 3_461_560_000_000_000 + upTo(random, 1e9) : upTo(random, 7e8);
  const name = `${pick(random, NAMES)}${upTo(random, 10_000)}`;
  const face = `https://i${upTo(random, 3)}.hdslb.com/bfs/face/${hex(random, 40)}.jpg`;
  return { uid, name, face, level: upTo(random, 40) };
}

export const noOfficial = { desc: '', role: 0, title: '', type: -1 };

export function uinfo(random: Random, { uid, name, face, level }: Person): object {
  const colours = { v2_medal_color_border: '#596FE099', v2_medal_color_end: '#596FE099' };
  const rest = {
    v2_medal_color_level: '#000B7099',
    v2_medal_color_start: '#596FE099',
    v2_medal_color_text: '#FFFFFFFF',
  };
  const look = { color: 9_272_486, color_border: 9_272_486, color_end: 9_272_486, color_start: 9_272_486 };
  const medal = {
    ...{ ...look, guard_icon: '', guard_level: 0, honor_icon: '', id: upTo(random, 1e6), is_light: 1, level },
    ...{
      name: '小夜灯',
      ruid: 700_001,
      score: upTo(random, 1e6),
      typ: 0,
      user_receive_count: 0,
      ...colours,
      ...rest,
    },
  };
  const origin = { face, name };
  const base = {
    ...{ face, is_mystery: false, name, name_color: 0, name_color_str: '', official_info: noOfficial },
    ...{ origin_info: origin, risk_ctrl_info: random() < 0.5 ? null : origin },
  };
  return {
    ...{ base, guard: null, guard_leader: { is_guard_leader: false }, medal: random() < 0.55 ? medal : null },
    ...{ title: { old_title_css_id: '', title_css_id: '' }, uhead_frame: null, uid, wealth: null },
  };
}

function extraOf(random: Random, content: string, unique: string): string {
  const bracket = {
    '[dog]': { emoticon_id: 208, emoji: '[dog]', descript: '[dog]', width: 20, height: 20, count: 1 },
  };
  const icon = random() < 0.5 ? null : { prefix: { type: 1, resource: 'ChronosWealth_4.png' } };
  const reply = {
    show_reply: true,
    reply_mid: 0,
    reply_uname: '',
    reply_uname_color: '',
    reply_is_mystery: false,
  };
  const share = {
    card_type: 0,
    oid_str: '',
    oid_str_1: '',
    origin_oid_str: '',
    share_id: '',
    share_origin: '',
  };
  const card = { ...share, from: '', card_content: null };
  return JSON.stringify({
    ...{
      send_from_me: false,
      master_player_hidden: false,
      mode: 0,
      color: 16_777_215,
      dm_type: unique === '' ? 0 : 1,
    },
    ...{ font_size: 25, player_mode: 1, show_player_type: 0, content, user_hash: String(upTo(random, 4e9)) },
    ...{ emoticon_unique: unique, bulge_display: 0, recommend_score: upTo(random, 10), dm_score: 0 },
    ...{ chronos_force_display: 0, main_state_dm_color: '', objective_state_dm_color: '', direction: 0 },
    ...{
      pk_direction: 0,
      quartet_direction: 0,
      anniversary_crowd: 0,
      yeah_space_type: '',
      yeah_space_url: '',
    },
    ...{ jump_to_url: '', space_type: '', space_url: '', animation: {} },
    ...{
      emots: content.includes('[dog]') ? bracket : null,
      is_audited: false,
      id_str: hex(random, 36),
      icon,
    },
    ...{ ...reply, reply_type_enum: 0, hit_combo: 0, esports_jump_url: '', is_mirror: false },
    ...(random() < 0.4 ? { is_collaboration_member: false, card, voice: null, background_type: 0 } : {}),
  });
}

export function danmaku(random: Random, atMs: number): object {
  const person = personOf(random);
  const { uid, name, level } = person;
  const isSticker = random() < 0.08;
  const text = `${pick(random, WORDS)}${random() < 0.05 ? '[dog]' : ''}${random() < 0.3 ? pick(random, WORDS) : ''}`;
  const unique = isSticker ? `room_9001_${upTo(random, 99)}` : '';
  const url = `http://i0.hdslb.com/bfs/live/${hex(random, 40)}.png`;
  const size = { height: 162, in_player_area: 1, is_dynamic: 0, url, width: 162 };
  const sticker = { bulge_display: 1, emoticon_unique: unique, ...size };
  const colour = 9_272_486;
  const hasMedal = random() < 0.8;
  const activity = { activity_identity: '', activity_source: 0, not_show: 0 };
  const extra = extraOf(random, text, unique);
  const user = { extra, mode: 0, show_player_type: 0, user: uinfo(random, person) };
  const style = [0, 1, 25, 16_777_215, atMs, upTo(random, 4e9) - 2e9, 0, hex(random, 8), 0, 0, 0, ''];
  return {
    cmd: 'DANMU_MSG',
    dm_v2: '',
    info: [
      [...style, isSticker ? 1 : 0, isSticker ? sticker : '{}', '{}', user, activity, 0],
      ...[text, [uid, name, random() < 0.02 ? 1 : 0, 0, 0, 10_000, 1, '']],
      hasMedal
        ? [level, '小夜灯', '夜灯电台', 9001, colour, '', 0, colour, colour, colour, 0, 1, 700_001]
        : [],
      [level, 0, 5_805_790, '>50000', 0],
      ...[['', ''], 0, upTo(random, 20) === 0 ? 3 : 0, null],
      { ct: hex(random, 8).toUpperCase(), ts: Math.floor(atMs / 1000) },
      ...[0, 0, null, null, 0, upTo(random, 999), [upTo(random, 60)], null],
    ],
  };
}
