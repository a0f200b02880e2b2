/** Gifts of the sandbox. `price` is in seeds a piece: gold seeds cost 1/1000 CNY, silver ones nothing. */
export interface GiftKind {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly coin: 'gold' | 'silver';
}

/** A box of fixed price with one of several things in it. */
export interface BlindBox {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly configId: number;
  /** What may come out, and how often. */
  readonly contents: readonly { readonly gift: GiftKind; readonly weight: number }[];
}

const gold = (id: number, name: string, price: number): GiftKind => ({ id, name, price, coin: 'gold' });
const silver = (id: number, name: string, price: number): GiftKind => ({ id, name, price, coin: 'silver' });

export const FREE_GIFTS = [silver(1, '辣条', 100), silver(30607, '小心心', 5000)] as const;

export const SMALL_GIFTS = [
  gold(31036, '小花花', 100),
  gold(33988, '人气票', 100),
  gold(31164, '粉丝团灯牌', 1000),
  gold(36101, '橘子汽水', 600),
  gold(36102, '猫爪印', 1900),
  gold(36103, '夜宵烤串', 5200),
] as const;

/** For combos that pass ¥100 on the way. */
export const COMBO_GIFTS = [
  gold(36103, '夜宵烤串', 5200),
  gold(36104, '萤火玻璃瓶', 9900),
  gold(36105, '告白纸飞机', 13140),
] as const;

/** ¥100 and more a piece. */
export const BIG_GIFTS = [
  gold(36110, '月亮秋千', 100000),
  gold(36111, '云上钢琴', 233000),
  gold(36112, '鲸落星海', 520000),
  gold(36113, '星际列车', 1245000),
] as const;

export const BLIND_BOXES: readonly BlindBox[] = [
  {
    id: 36200,
    name: '心愿盲盒',
    price: 15000,
    configId: 61,
    contents: [
      { gift: gold(36201, '糖霜饼干', 9000), weight: 55 },
      { gift: gold(36202, '绒毛抱枕', 16000), weight: 38 },
      { gift: gold(36203, '水晶鞋', 40000), weight: 6 },
      { gift: gold(36204, '时光邮局', 200000), weight: 1 },
    ],
  },
  {
    id: 36210,
    name: '调皮盲盒',
    price: 9900,
    configId: 62,
    contents: [
      { gift: gold(36211, '倒霉云', 5000), weight: 60 },
      { gift: gold(36212, '弹簧拳套', 12000), weight: 35 },
      { gift: gold(36213, '金色扫帚', 66600), weight: 5 },
    ],
  },
];

export const ALL_GIFTS: readonly GiftKind[] = [
  ...new Map(
    [
      ...FREE_GIFTS,
      ...SMALL_GIFTS,
      ...COMBO_GIFTS,
      ...BIG_GIFTS,
      ...BLIND_BOXES.flatMap((box) => [
        gold(box.id, box.name, box.price),
        ...box.contents.map(({ gift }) => gift),
      ]),
    ].map((gift) => [gift.id, gift] as const),
  ).values(),
];

/** `listPrice` is what GUARD_BUY says, a month, in gold seeds; `paid` what people really pay. */
export interface GuardKind {
  readonly level: 1 | 2 | 3;
  readonly name: string;
  readonly giftId: number;
  readonly listPrice: number;
  readonly paid: readonly number[];
}

export const GUARD_KINDS: Readonly<Record<1 | 2 | 3, GuardKind>> = {
  1: { level: 1, name: '总督', giftId: 10001, listPrice: 19998000, paid: [15998000, 19998000] },
  2: { level: 2, name: '提督', giftId: 10002, listPrice: 1998000, paid: [1598000, 1998000] },
  3: { level: 3, name: '舰长', giftId: 10003, listPrice: 198000, paid: [138000, 158000, 168000, 198000] },
};
