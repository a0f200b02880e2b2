import type { Person } from '../room-script.ts';
import { hashUid, maskName, medalColour, uinfo } from './person.ts';

export interface Emoticon {
  readonly unique: string;
  readonly url: string;
}

export interface DanmakuFacts {
  readonly person: Person;
  readonly text: string;
  readonly atMs: number;
  /** The stable id: `extra.id_str`. */
  readonly id: string;
  readonly rnd: number;
  readonly face: string;
  readonly emoticon: Emoticon | null;
  /** `DANMU_MSG`, or a form with a suffix, or the mirror of another room's. */
  readonly cmd: string;
}

/** The person as anonymous connections get them: no uid, no medal, the first character of the name. */
function mask(person: Person): Person {
  return { ...person, uid: 0, name: maskName(person.name), medal: null, isAdmin: false };
}

function extra(facts: DanmakuFacts, hash: string): string {
  return JSON.stringify({
    send_from_me: false,
    master_player_hidden: false,
    mode: 0,
    color: 16777215,
    dm_type: facts.emoticon === null ? 0 : 1,
    font_size: 25,
    player_mode: 1,
    show_player_type: 0,
    content: facts.text,
    user_hash: String(Number.parseInt(hash, 16)),
    emoticon_unique: facts.emoticon?.unique ?? '',
    bulge_display: facts.emoticon === null ? 0 : 1,
    recommend_score: 5,
    main_state_dm_color: '',
    objective_state_dm_color: '',
    direction: 0,
    pk_direction: 0,
    quartet_direction: 0,
    anniversary_crowd: 0,
    yeah_space_type: '',
    yeah_space_url: '',
    jump_to_url: '',
    space_type: '',
    space_url: '',
    animation: {},
    emots: null,
    is_audited: false,
    id_str: facts.id,
    icon: null,
    show_reply: true,
    reply_mid: 0,
    reply_uname: '',
    reply_uname_color: '',
    reply_is_mystery: false,
    reply_type_enum: 0,
    hit_combo: 0,
    esports_jump_url: '',
    is_mirror: facts.cmd === 'DANMU_MSG_MIRROR',
  });
}

function meta(facts: DanmakuFacts, person: Person): unknown[] {
  const hash = hashUid(facts.person.uid);
  const { emoticon } = facts;
  const picture = {
    bulge_display: 1,
    emoticon_unique: emoticon?.unique,
    height: 162,
    in_player_area: 1,
    is_dynamic: 0,
    url: emoticon?.url,
    width: 162,
  };
  return [
    0,
    1,
    25,
    16777215,
    facts.atMs,
    facts.rnd,
    0,
    hash,
    0,
    0,
    0,
    '',
    emoticon === null ? 0 : 1,
    emoticon === null ? '{}' : picture,
    '{}',
    { extra: extra(facts, hash), mode: 0, show_player_type: 0, user: uinfo(person, facts.face) },
    { activity_identity: '', activity_source: 0, not_show: 0 },
    0,
  ];
}

function medalArray({ medal }: Person): unknown[] {
  if (medal === null) return [];
  const colour = medalColour(medal);
  return [
    medal.level,
    medal.name,
    medal.anchorName,
    medal.roomId,
    colour,
    '',
    0,
    colour,
    colour,
    colour,
    medal.guardLevel,
    medal.isLit ? 1 : 0,
    medal.ruid,
  ];
}

/** DANMU_MSG as JSON text; `isMasked` as for a watcher without an account. */
export function danmakuText(facts: DanmakuFacts, isMasked: boolean): string {
  const person = isMasked ? mask(facts.person) : facts.person;
  return JSON.stringify({
    cmd: facts.cmd,
    dm_v2: '',
    info: [
      meta(facts, person),
      facts.text,
      [
        person.uid,
        person.name,
        person.isAdmin ? 1 : 0,
        0,
        0,
        10000,
        1,
        person.guardLevel > 0 && !isMasked ? '#00D1F1' : '',
      ],
      medalArray(person),
      [person.userLevel, 0, 6406234, '>50000', 0],
      ['', ''],
      0,
      person.guardLevel,
      null,
      { ts: Math.floor(facts.atMs / 1000), ct: hashUid(facts.rnd).toUpperCase() },
      0,
      0,
      null,
      null,
      0,
      210,
      [person.wealthLevel],
      null,
    ],
  });
}

/** One line of `gethistory`. */
export function historyLine(facts: DanmakuFacts): object {
  const { person } = facts;
  return {
    text: facts.text,
    dm_type: facts.emoticon === null ? 0 : 1,
    uid: person.uid,
    nickname: person.name,
    uname_color: '',
    timeline: new Date(facts.atMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' '),
    isadmin: person.isAdmin ? 1 : 0,
    vip: 0,
    svip: 0,
    medal: medalArray(person),
    title: ['', ''],
    user_level: [person.userLevel, 0, 6406234, '>50000'],
    rank: 10000,
    teamid: 0,
    rnd: String(facts.rnd),
    user_title: '',
    guard_level: person.guardLevel,
    bubble: 0,
    bubble_color: '',
    lpl: 0,
    yeah_space_url: '',
    jump_to_url: '',
    check_info: { ts: Math.floor(facts.atMs / 1000), ct: hashUid(facts.rnd).toUpperCase() },
    emots: null,
    id_str: facts.id,
    wealth_level: person.wealthLevel,
    reply: {
      show_reply: true,
      reply_mid: 0,
      reply_uname: '',
      reply_uname_color: '',
      reply_is_mystery: false,
    },
    group_medal: null,
    user: uinfo(person, facts.face),
  };
}
