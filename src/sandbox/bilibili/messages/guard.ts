import type { GuardKind } from '../gifts.ts';
import type { Person } from '../room-script.ts';

/** What is said about one purchase of guard months. `paid` is the total, in gold seeds. */
export interface GuardFacts {
  readonly person: Person;
  readonly kind: GuardKind;
  readonly count: number;
  readonly unit: string;
  readonly paid: number;
  readonly payflowId: string;
  readonly atMs: number;
  /** 1 new, 2 renewed, 3 renewed by itself. */
  readonly operation: 1 | 2 | 3;
  /** 2: free days that follow a paid purchase. */
  readonly source: 0 | 2;
  readonly anchor: { readonly uid: number; readonly name: string };
  readonly roomGuards: number;
}

const WORDS = { 1: '开通', 2: '续费', 3: '自动续费' } as const;

function toast(facts: GuardFacts): string {
  const amount = facts.count > 1 || facts.unit !== '月' ? `${facts.count}个${facts.unit}` : '';
  return `<%${facts.person.name}%> 在主播${facts.anchor.name}的直播间${WORDS[facts.operation]}了${amount}${facts.kind.name}，今天是TA陪伴主播的第1天`;
}

/** GUARD_BUY: comes first and knows the list price only. */
export function guardBuy(facts: GuardFacts): object {
  const second = Math.floor(facts.atMs / 1000);
  return {
    cmd: 'GUARD_BUY',
    data: {
      uid: facts.person.uid,
      username: facts.person.name,
      guard_level: facts.kind.level,
      num: facts.count,
      price: facts.kind.listPrice * facts.count,
      gift_id: facts.kind.giftId,
      gift_name: facts.kind.name,
      start_time: second,
      end_time: second,
    },
  };
}

export function userToast(facts: GuardFacts): object {
  const second = Math.floor(facts.atMs / 1000);
  return {
    cmd: 'USER_TOAST_MSG',
    data: {
      anchor_show: true,
      color: '#00D1F1',
      dmscore: 90,
      effect_id: 397,
      end_time: second,
      face_effect_id: 44,
      gift_id: facts.kind.giftId,
      group_name: '',
      group_op_type: 0,
      group_role_name: '',
      guard_level: facts.kind.level,
      is_group: 0,
      is_show: 0,
      num: facts.count,
      op_type: facts.operation,
      payflow_id: facts.payflowId,
      price: facts.paid,
      role_name: facts.kind.name,
      room_effect_id: 590,
      room_gift_effect_id: 0,
      room_group_effect_id: 1337,
      source: facts.source,
      start_time: second,
      svga_block: 0,
      target_guard_count: facts.roomGuards,
      toast_msg: toast(facts),
      uid: facts.person.uid,
      unit: facts.unit,
      user_show: true,
      username: facts.person.name,
    },
  };
}

export function userToastV2(facts: GuardFacts): object {
  const second = Math.floor(facts.atMs / 1000);
  return {
    cmd: 'USER_TOAST_MSG_V2',
    data: {
      effect_info: { effect_id: 397, face_effect_id: 44, room_effect_id: 590, room_gift_effect_id: 0 },
      gift_info: { gift_id: facts.kind.giftId },
      group_guard_info: null,
      guard_info: {
        end_time: second,
        guard_level: facts.kind.level,
        op_type: facts.operation,
        role_name: facts.kind.name,
        room_guard_count: facts.roomGuards,
        start_time: second,
      },
      option: {
        anchor_show: true,
        color: '#00D1F1',
        is_group: 0,
        is_show: 0,
        source: facts.source,
        svga_block: 0,
        user_show: true,
      },
      pay_info: {
        num: facts.count,
        payflow_id: facts.payflowId,
        price: facts.paid,
        unit: facts.unit,
      },
      receiver_uinfo: { base: { face: '', name: facts.anchor.name }, uid: facts.anchor.uid },
      sender_uinfo: { base: { face: '', name: facts.person.name }, uid: facts.person.uid },
      toast_msg: toast(facts),
    },
  };
}
