import { base64, bool, int, message, packed, text } from '../protobuf.ts';
import type { Person } from '../room-script.ts';
import { medalColour, medalInfo, uinfo } from './person.ts';
import { uinfoFields } from './person-fields.ts';

/** `type`: 1 entered, 2 followed, 3 shared. */
export interface InteractFacts {
  readonly person: Person;
  readonly face: string;
  readonly roomId: number;
  readonly type: 1 | 2 | 3;
  readonly atMs: number;
}

/** INTERACT_WORD as JSON text: `trigger_time` counts nanoseconds, which no JSON number of ours can hold. */
export function interactText(facts: InteractFacts): string {
  const { person } = facts;
  const plain = JSON.stringify({
    cmd: 'INTERACT_WORD',
    data: {
      contribution: { grade: 0 },
      contribution_v2: { grade: 0, rank_type: '', text: '' },
      core_user_type: 0,
      dmscore: 9,
      fans_medal: { ...medalInfo(person.medal, false), score: 0 },
      identities: [1],
      is_mystery: false,
      is_spread: 0,
      msg_type: facts.type,
      privilege_type: person.guardLevel,
      relation_tail: { tail_guide_text: '', tail_icon: '', tail_type: 0 },
      roomid: facts.roomId,
      score: facts.atMs,
      spread_desc: '',
      spread_info: '',
      tail_icon: 0,
      tail_text: '',
      timestamp: Math.floor(facts.atMs / 1000),
      trigger_time: 0,
      uid: person.uid,
      uinfo: uinfo(person, facts.face),
      uname: person.name,
      uname_color: '',
    },
  });
  return plain.replace('"trigger_time":0', `"trigger_time":${facts.atMs}055527`);
}

export function interactV2(facts: InteractFacts): object {
  const { person } = facts;
  const { medal } = person;
  const colour = medal === null ? 0 : medalColour(medal);
  const pb = base64(
    int(1, person.uid),
    text(2, person.name),
    packed(4, [1]),
    int(5, facts.type),
    int(6, facts.roomId),
    int(7, Math.floor(facts.atMs / 1000)),
    int(8, facts.atMs),
    ...(medal === null
      ? []
      : [
          message(
            9,
            int(1, medal.ruid),
            int(2, medal.level),
            text(3, medal.name),
            int(4, colour),
            int(5, colour),
            int(6, colour),
            int(7, colour),
            bool(8, medal.isLit),
            int(9, medal.guardLevel),
            int(12, medal.roomId),
          ),
        ]),
    message(12),
    int(15, BigInt(facts.atMs) * 1_000_000n + 985_055n),
    int(16, person.guardLevel),
    text(18, ''),
    message(22, ...uinfoFields(person, facts.face)),
    message(23),
  );
  return { cmd: 'INTERACT_WORD_V2', data: { dmscore: 9, pb } };
}
