import { GUARD_KINDS } from '../gifts.ts';
import type { LedgerEntry } from '../ledger.ts';
import { type GuardFacts, guardBuy, userToast, userToastV2 } from '../messages/guard.ts';
import type { Person } from '../room-script.ts';
import { carrier, deliver, drawPerson, record, type Stage } from '../stage.ts';
import type { Room } from '../world.ts';

export type GuardMessage = 'GUARD_BUY' | 'USER_TOAST_MSG' | 'USER_TOAST_MSG_V2';

export interface GuardOptions {
  readonly viewer?: Person;
  /** 1 governor, 2 admiral, 3 captain (default). */
  readonly level?: 1 | 2 | 3;
  /** How many of `unit`. */
  readonly count?: number;
  readonly unit?: string;
  /** Paid in all, 1/1000 CNY; by default the usual price of one, times `count`. */
  readonly paid?: number;
  readonly operation?: 1 | 2 | 3;
  /** Which messages tell it, in this order; all three by default, the purchase first. */
  readonly messages?: readonly GuardMessage[];
  /** Between two of them. */
  readonly gapMs?: number;
  /** Free days follow, told by a toast of their own that is no purchase. */
  readonly hasBonus?: boolean;
}

const MESSAGES = { GUARD_BUY: guardBuy, USER_TOAST_MSG: userToast, USER_TOAST_MSG_V2: userToastV2 } as const;

function drawPayflow(stage: Stage): string {
  return `26${stage.serial()}${String(stage.serial() % 10_000n).padStart(4, '0')}`;
}

/** A purchase of guard months. When only GUARD_BUY tells it, the ledger has the list price: nobody can know more. */
export function guard(stage: Stage, room: Room, options: GuardOptions): LedgerEntry {
  const kind = GUARD_KINDS[options.level ?? 3];
  const count = options.count ?? 1;
  const cmds = options.messages ?? ['GUARD_BUY', 'USER_TOAST_MSG', 'USER_TOAST_MSG_V2'];
  const isListOnly = cmds.every((cmd) => cmd === 'GUARD_BUY');
  room.guards += 1;
  const facts: GuardFacts = {
    person: options.viewer ?? drawPerson(room),
    kind,
    count,
    unit: options.unit ?? '月',
    paid: options.paid ?? (kind.paid[0] ?? kind.listPrice) * count,
    payflowId: drawPayflow(stage),
    atMs: stage.world.now(),
    operation: options.operation ?? 1,
    source: 0,
    anchor: { uid: room.uid, name: room.name },
    roomGuards: room.guards,
  };
  const carriers = cmds.map((cmd) => carrier(cmd));
  for (const [index, cmd] of cmds.entries()) {
    const told = (): void => deliver(room, MESSAGES[cmd](facts), carriers.slice(index, index + 1));
    if (index === 0 || (options.gapMs ?? 0) === 0) told();
    else stage.later(index * (options.gapMs ?? 0), told);
  }
  if (options.hasBonus === true) {
    const bonus: GuardFacts = {
      ...facts,
      payflowId: drawPayflow(stage),
      source: 2,
      count: 7,
      unit: '天',
    };
    stage.later(cmds.length * (options.gapMs ?? 0), () => deliver(room, userToastV2(bonus)));
  }
  const worthMilli = kind.listPrice * count;
  return record(stage, room, 'guard', facts.person, {
    id: isListOnly ? `guard-buy:${facts.person.uid}:${Math.floor(facts.atMs / 1000)}` : facts.payflowId,
    atMs: facts.atMs,
    giftId: kind.giftId,
    giftName: kind.name,
    guardLevel: kind.level,
    count,
    paidMilli: isListOnly ? worthMilli : facts.paid,
    worthMilli,
    carriers,
  });
}
