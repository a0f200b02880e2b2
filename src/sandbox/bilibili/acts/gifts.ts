import { BLIND_BOXES, type BlindBox, type GiftKind, SMALL_GIFTS } from '../gifts.ts';
import type { LedgerEntry } from '../ledger.ts';
import { comboSend, type GiftFacts, type Giver, sendGift } from '../messages/gift.ts';
import { sendGiftV2 } from '../messages/gift-v2.ts';
import { faceUrl } from '../messages/person.ts';
import type { GiftDialect, Person } from '../room-script.ts';
import { carrier, deliver, drawPerson, NOBODY, record, type Stage } from '../stage.ts';
import type { Room } from '../world.ts';

/** How long after the last hit a combo is closed. */
const COMBO_STAY_MS = 3000;

interface GivenOptions {
  /** Null: somebody whom Bilibili does not name. */
  readonly viewer?: Person | null;
  /** By default as the room's script says. */
  readonly dialect?: GiftDialect;
  /** Somebody else than the streamer gets it. */
  readonly receiver?: { readonly uid: number; readonly name: string };
}

export interface GiftOptions extends GivenOptions {
  readonly gift?: GiftKind;
  readonly count?: number;
  readonly fromBag?: boolean;
}

export interface ComboOptions extends GivenOptions {
  readonly gift?: GiftKind;
  /** How many items each hit gives. */
  readonly hits?: readonly number[];
  /** Between two hits; 0 (default) gives all at once. */
  readonly gapMs?: number;
}

export interface BlindBoxOptions extends GivenOptions {
  readonly box?: BlindBox;
  readonly count?: number;
}

interface Charge {
  readonly gift: GiftKind;
  readonly count: number;
  readonly box: BlindBox | null;
  readonly fromBag: boolean;
  readonly comboId: string;
  readonly comboCount: number;
  readonly comboCoin: number;
  readonly isComboStart: boolean;
}

function openGiver(stage: Stage, room: Room, options: GivenOptions): Giver {
  const { viewer, receiver } = options;
  const person = viewer === null ? NOBODY : (viewer ?? drawPerson(room));
  const { origin } = stage.world;
  return {
    person,
    face: faceUrl(origin, person.uid),
    receiver: receiver ?? { uid: room.uid, name: room.name },
    sendMaster:
      receiver === undefined ? null : { uid: receiver.uid, uname: receiver.name, room_id: room.roomId },
    origin,
  };
}

/** Half of them by the old pattern with the time of the first hit, half by a UUID. */
function drawComboId(stage: Stage, room: Room, giver: Giver, gift: GiftKind): string {
  if (gift.coin === 'silver') return '';
  const serial = stage.serial();
  if (room.random.chance(0.5)) {
    const second = Math.floor(stage.world.now() / 1000);
    const tail = String(serial % 10_000n).padStart(4, '0');
    return `batch:gift:combo_id:${giver.person.uid}:${giver.receiver.uid}:${gift.id}:${second}.${tail}`;
  }
  const hex = `${room.random.hex(16)}${serial.toString(16).padStart(16, '0')}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function openFacts(stage: Stage, charge: Charge): GiftFacts {
  const { gift, count, box } = charge;
  const unit = box?.price ?? gift.price;
  return {
    ...charge,
    totalCoin: unit * count,
    discountPrice: gift.coin === 'silver' ? 0 : unit,
    tid: stage.serial().toString(),
    atMs: stage.world.now(),
  };
}

function paidOf({ gift, fromBag, totalCoin }: GiftFacts): number {
  return gift.coin === 'gold' && !fromBag ? totalCoin : 0;
}

/** Tells charges of one giver in the room's dialect and writes each into the ledger once. */
function tell(
  stage: Stage,
  room: Room,
  giver: Giver,
  facts: readonly GiftFacts[],
  options: GivenOptions,
): LedgerEntry[] {
  const asked = options.dialect ?? room.script.giftDialect ?? 'mixed';
  const dialect = asked === 'mixed' ? room.random.pick(['v1', 'v2'] as const) : asked;
  const old = facts.map(() => carrier('SEND_GIFT'));
  const next = facts.map(() => carrier('SEND_GIFT_V2'));
  if (dialect !== 'v2') {
    for (const [index, own] of facts.entries())
      deliver(room, sendGift(own, giver), old.slice(index, index + 1));
  }
  if (dialect !== 'v1') deliver(room, sendGiftV2(facts, giver), next);
  return facts.map((own, index) =>
    record(stage, room, 'gift', giver.person, {
      id: own.tid,
      atMs: own.atMs,
      giftId: own.gift.id,
      giftName: own.gift.name,
      count: own.count,
      paidMilli: paidOf(own),
      worthMilli: own.gift.price * own.count,
      comboId: own.comboId === '' ? null : own.comboId,
      carriers: [
        ...(dialect === 'v2' ? [] : old.slice(index, index + 1)),
        ...(dialect === 'v1' ? [] : next.slice(index, index + 1)),
      ],
    }),
  );
}

/** One gift of `count` items. */
export function gift(stage: Stage, room: Room, options: GiftOptions): LedgerEntry {
  const entries = giftsTogether(stage, room, [options], options);
  const [entry] = entries;
  if (entry === undefined) throw new Error('a gift leaves an entry');
  return entry;
}

/** Several kinds of gifts of one person in one go: one SEND_GIFT_V2 with several items. */
export function giftsTogether(
  stage: Stage,
  room: Room,
  items: readonly Pick<GiftOptions, 'gift' | 'count' | 'fromBag'>[],
  options: GivenOptions,
): LedgerEntry[] {
  const giver = openGiver(stage, room, options);
  const facts = items.map(({ gift: kind = SMALL_GIFTS[0], count = 1, fromBag = false }) =>
    openFacts(stage, {
      gift: kind,
      count,
      box: null,
      fromBag,
      comboId: drawComboId(stage, room, giver, kind),
      comboCount: count,
      comboCoin: kind.price * count,
      isComboStart: true,
    }),
  );
  return tell(stage, room, giver, facts, options);
}

/** A combo: every hit is a charge of its own, with running totals; COMBO_SEND closes it. */
export function combo(stage: Stage, room: Room, options: ComboOptions): void {
  const giver = openGiver(stage, room, options);
  const kind = options.gift ?? SMALL_GIFTS[0];
  const hits = options.hits ?? [1, 1, 1];
  const comboId = drawComboId(stage, room, giver, kind);
  let comboCount = 0;
  const hit = (index: number): void => {
    const count = hits[index];
    if (count === undefined) return;
    comboCount += count;
    const facts = openFacts(stage, {
      gift: kind,
      count,
      box: null,
      fromBag: false,
      comboId,
      comboCount,
      comboCoin: comboCount * kind.price,
      isComboStart: index === 0,
    });
    tell(stage, room, giver, [facts], options);
    const isLast = index === hits.length - 1;
    const next = isLast ? () => deliver(room, comboSend(facts, giver)) : () => hit(index + 1);
    const waitMs = isLast && (options.gapMs ?? 0) > 0 ? COMBO_STAY_MS : (options.gapMs ?? 0);
    if (waitMs === 0) next();
    else stage.later(waitMs, next);
  };
  hit(0);
}

/** `count` boxes opened at once: one charge for each kind of thing that came out, at the box's price. */
export function blindBox(stage: Stage, room: Room, options: BlindBoxOptions): LedgerEntry[] {
  const giver = openGiver(stage, room, options);
  const box = options.box ?? BLIND_BOXES[0];
  if (box === undefined) throw new RangeError('no blind box');
  const weights = Object.fromEntries(box.contents.map(({ weight }, index) => [String(index), weight]));
  const drawn = Array.from({ length: options.count ?? 1 }, () => Number(room.random.weighted(weights)));
  const facts = [...Map.groupBy(drawn, (index) => index)].map(([index, same]) => {
    const kind = box.contents[index]?.gift;
    if (kind === undefined) throw new RangeError('nothing in the box');
    return openFacts(stage, {
      gift: kind,
      count: same.length,
      box,
      fromBag: false,
      comboId: drawComboId(stage, room, giver, kind),
      comboCount: same.length,
      comboCoin: box.price * same.length,
      isComboStart: true,
    });
  });
  return tell(stage, room, giver, facts, options);
}
