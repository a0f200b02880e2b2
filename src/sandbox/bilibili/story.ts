import type { GuardMessage } from './acts/guards.ts';
import { CHINESE, HOSTILE, OTHER, SUPER_CHATS, TRANSLATION } from './chat-lines.ts';
import {
  BIG_GIFTS,
  BLIND_BOXES,
  type BlindBox,
  COMBO_GIFTS,
  FREE_GIFTS,
  type GiftKind,
  GUARD_KINDS,
  SMALL_GIFTS,
} from './gifts.ts';
import { NOISE_KINDS, type NoiseKind } from './messages/room.ts';
import type { Random } from './random.ts';
import type { ActKind, Person, RoomScript, Scene } from './room-script.ts';

/** Something that happens in a room, with all that chance decided about it. */
export type Act =
  | { readonly kind: 'chat'; readonly viewer: Person; readonly text: string; readonly hasSuffix: boolean }
  | { readonly kind: 'emoticon'; readonly viewer: Person; readonly text: string; readonly emoticon: string }
  | { readonly kind: 'interact'; readonly viewer: Person; readonly type: 1 | 2 | 3; readonly isV2: boolean }
  | {
      readonly kind: 'gifts';
      readonly viewer: Person;
      readonly items: readonly {
        readonly gift: GiftKind;
        readonly count: number;
        readonly fromBag: boolean;
      }[];
    }
  | {
      readonly kind: 'combo';
      readonly viewer: Person;
      readonly gift: GiftKind;
      readonly hits: readonly number[];
      readonly gapMs: number;
    }
  | { readonly kind: 'blind-box'; readonly viewer: Person; readonly box: BlindBox; readonly count: number }
  | {
      readonly kind: 'super-chat';
      readonly viewer: Person;
      readonly price: number;
      readonly text: string;
      readonly twin: 'none' | 'before' | 'after';
      readonly translation: string;
      readonly hasTextIds: boolean;
      readonly isRepeated: boolean;
      readonly deletedAfterMs: number | null;
    }
  | {
      readonly kind: 'guard';
      readonly viewer: Person;
      readonly level: 1 | 2 | 3;
      readonly count: number;
      readonly paid: number;
      readonly operation: 1 | 2 | 3;
      readonly messages: readonly GuardMessage[];
      readonly gapMs: number;
      readonly hasBonus: boolean;
    }
  | { readonly kind: 'noise'; readonly noise: NoiseKind }
  | { readonly kind: 'mirror'; readonly viewer: Person; readonly text: string }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'live'; readonly title: string; readonly gapMs: number }
  | { readonly kind: 'preparing' }
  | {
      readonly kind: 'audience';
      readonly watchedBy: number;
      readonly onlineShare: number;
      readonly likesBy: number;
    };

/** Orders in which one purchase is told, seen on the wire; a lone GUARD_BUY and a lone _V2 among them. */
const GUARD_ORDERS: Readonly<Record<string, readonly GuardMessage[]>> = {
  usual: ['GUARD_BUY', 'USER_TOAST_MSG', 'USER_TOAST_MSG_V2'],
  swapped: ['GUARD_BUY', 'USER_TOAST_MSG_V2', 'USER_TOAST_MSG'],
  late: ['USER_TOAST_MSG', 'USER_TOAST_MSG_V2', 'GUARD_BUY'],
  v2: ['USER_TOAST_MSG_V2'],
  old: ['GUARD_BUY', 'USER_TOAST_MSG'],
  lone: ['GUARD_BUY'],
};
const ORDER_WEIGHTS = { usual: 50, swapped: 20, late: 8, v2: 14, old: 5, lone: 3 } as const;
/** The same person does not buy the same level twice within this time, as nobody really does. */
const GUARD_AGAIN_MS = 60_000;

function drawText(random: Random): string {
  const source = random.weighted({ zh: 80, other: 16, hostile: 4 } as const);
  if (source === 'other') return random.pick(OTHER);
  if (source === 'hostile') return random.pick(HOSTILE);
  const line = random.pick(CHINESE);
  return random.chance(0.2) ? `${line}${random.pick(['！', '～', '哈哈', '…', '（', '233', '🌟'])}` : line;
}

/** Draws single acts of a room; keeps who bought guards lately. */
export interface ActDrawer {
  draw(kind: ActKind, atMs: number): Act;
  live(): Act;
}

function drawSuperChat(random: Random, viewer: Person): Act {
  return {
    kind: 'super-chat',
    viewer,
    price: random.pick([30, 30, 30, 30, 30, 50, 50, 100, 100, 500]),
    text: random.pick(SUPER_CHATS),
    twin: random.weighted({ none: 50, after: 40, before: 10 } as const),
    translation: TRANSLATION,
    hasTextIds: random.chance(0.3),
    isRepeated: random.chance(0.1),
    deletedAfterMs: random.chance(0.05) ? random.int(5_000, 20_000) : null,
  };
}

function drawGuard(random: Random, viewer: Person): Act {
  const level = Number(random.weighted({ '3': 94, '2': 5, '1': 1 } as const)) as 1 | 2 | 3;
  const count = level === 3 && random.chance(0.12) ? 3 : 1;
  const messages = GUARD_ORDERS[random.weighted(ORDER_WEIGHTS)] ?? [];
  return {
    kind: 'guard',
    viewer,
    level,
    count,
    paid: random.pick(GUARD_KINDS[level].paid) * count,
    operation: random.pick([1, 1, 2, 2, 3] as const),
    messages,
    gapMs: random.int(20, 700),
    // Free days follow a paid toast.
    hasBonus: random.chance(0.1) && messages.length > 1,
  };
}

function drawCombo(random: Random, viewer: Person): Act {
  const isSmall = random.chance(0.6);
  return {
    kind: 'combo',
    viewer,
    gift: random.pick(isSmall ? SMALL_GIFTS.slice(0, 3) : COMBO_GIFTS),
    hits: Array.from({ length: random.int(3, 12) }, () => (random.chance(0.2) ? 10 : 1)),
    gapMs: random.int(250, 900),
  };
}

/** @param random The story's own chance. */
export function openActDrawer(script: RoomScript, crowd: readonly Person[], random: Random): ActDrawer {
  const guardsAtMs = new Map<number, number>();
  const someone = (): Person => {
    const person = crowd[Math.floor(random.next() ** 2 * crowd.length)];
    if (person === undefined) throw new RangeError('a story needs people');
    return person;
  };
  const newGuard = (atMs: number): Person => {
    let person = someone();
    for (
      let tries = 0;
      tries < 50 && atMs - (guardsAtMs.get(person.uid) ?? -1e9) < GUARD_AGAIN_MS;
      tries += 1
    )
      person = random.pick(crowd);
    guardsAtMs.set(person.uid, atMs);
    return person;
  };
  const titles = [script.title, ...(script.titles ?? [])];
  const gifts = (items: readonly GiftKind[], count: number, fromBag = false): Act => ({
    kind: 'gifts',
    viewer: someone(),
    items: items.map((gift) => ({ gift, count, fromBag })),
  });
  const draws: Readonly<Record<ActKind, (atMs: number) => Act>> = {
    chat: () => ({ kind: 'chat', viewer: someone(), text: drawText(random), hasSuffix: random.chance(0.02) }),
    emoticon: () => ({
      kind: 'emoticon',
      viewer: someone(),
      text: random.pick(['贴贴', '晚安', '打call', '流泪']),
      emoticon: `emote-${random.int(1, 9)}`,
    }),
    enter: () => ({ kind: 'interact', viewer: someone(), type: 1, isV2: random.chance(0.8) }),
    follow: () => ({ kind: 'interact', viewer: someone(), type: 2, isV2: random.chance(0.8) }),
    share: () => ({ kind: 'interact', viewer: someone(), type: 3, isV2: random.chance(0.8) }),
    'free-gift': () => gifts([random.pick(FREE_GIFTS)], random.int(1, 10)),
    'bag-gift': () => gifts([random.pick(SMALL_GIFTS)], random.int(1, 3), true),
    'small-gift': () => {
      const items = random.chance(0.15) ? [SMALL_GIFTS[0], SMALL_GIFTS[3]] : [random.pick(SMALL_GIFTS)];
      return gifts(items, random.int(1, 5));
    },
    combo: () => drawCombo(random, someone()),
    'blind-box': () => ({
      kind: 'blind-box',
      viewer: someone(),
      box: random.pick(BLIND_BOXES),
      count: random.pick([1, 1, 1, 5, 10]),
    }),
    'big-gift': () => gifts([random.pick([...BIG_GIFTS.slice(0, 2), ...BIG_GIFTS])], 1),
    'super-chat': () => drawSuperChat(random, someone()),
    guard: (atMs) => drawGuard(random, newGuard(atMs)),
    noise: () =>
      random.chance(0.2)
        ? { kind: 'mirror', viewer: someone(), text: drawText(random) }
        : { kind: 'noise', noise: random.pick(NOISE_KINDS) },
    title: () => ({ kind: 'title', title: random.pick(titles) }),
  };
  return {
    draw: (kind, atMs) => draws[kind](atMs),
    live: () => ({ kind: 'live', title: random.pick(titles), gapMs: random.int(500, 3000) }),
  };
}

export function actOfScene(scene: Scene, drawer: ActDrawer): Act {
  if (scene.act === 'live') return drawer.live();
  return scene.act === 'preparing' ? { kind: 'preparing' } : drawer.draw(scene.act, scene.atMs);
}
