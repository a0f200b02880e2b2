import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openReader, pbMessage, proto, ROOM, readFixtures, STREAMER } from './support.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('gifts', () => {
  it('cost what was charged, not what the combo adds up to', () => {
    expect(readFixtures('SEND_GIFT/gold', 'SEND_GIFT/discounted', 'COMBO_SEND/summary')).toEqual([
      {
        kind: 'gift',
        id: '4800000000000000001',
        room: ROOM,
        atMs: 1780000010000,
        viewer: { key: 'u:500001', uid: 500001, name: '测试小林' },
        giftId: 31036,
        name: '小花花',
        count: 3,
        paidMilli: 300,
        worthMilli: 300,
        comboId: 'batch:gift:combo_id:500001:700001:31036:1780000010.1234',
        coin: 'gold',
        fromBag: false,
        blindBox: null,
        receiver: null,
      },
      expect.objectContaining({ count: 2, paidMilli: 16_000, worthMilli: 20_000 }),
    ]);
  });

  it('out of a box cost the box, silver and backpack nothing', () => {
    expect(readFixtures('SEND_GIFT/blind-box', 'SEND_GIFT/silver', 'SEND_GIFT/backpack')).toMatchObject([
      { paidMilli: 15_000, worthMilli: 20_000, blindBox: { giftId: 32251, name: '心动盲盒' } },
      { paidMilli: 0, count: 5, coin: 'silver', comboId: null },
      { paidMilli: 0, worthMilli: 5200, fromBag: true, coin: 'gold' },
    ]);
  });

  it('for somebody else name the receiver', () => {
    expect(readFixtures('SEND_GIFT/other-receiver')).toMatchObject([
      { receiver: { uid: 700002, name: '嘉宾' } },
    ]);
  });

  it('of masked people count without a person', () => {
    expect(readFixtures('SEND_GIFT/masked')).toMatchObject([
      { paidMilli: 1000, viewer: { key: null, name: '林***' } },
    ]);
  });

  it('with the same tid are one, with ids beyond 2^53 or without any too', () => {
    expect(readFixtures('SEND_GIFT/gold', 'SEND_GIFT/gold')).toHaveLength(1);
    expect(
      readFixtures('SEND_GIFT/tid-as-number', 'SEND_GIFT/tid-as-next-number').map((event) => event.id),
    ).toEqual(['4800000000000000011', '4800000000000000012']);
    const old = readFixtures('SEND_GIFT/no-tid', 'SEND_GIFT/no-tid');
    expect(old.map((event) => event.id)).toEqual(['1780000011:500001:31036']);
  });
});

type ProtoFields = Parameters<typeof proto>[0];

function item(fields: ProtoFields): readonly [number, Buffer] {
  return [10, proto(fields)];
}

const GOLD: ProtoFields = [
  [1, 31036],
  [2, '小花花'],
  [3, 3],
  [5, 100],
  [7, 300],
  [8, 'gold'],
  [9, '4800000000000000001'],
  [10, 1780000010],
];
const SENDER: ProtoFields = [
  [1, 500001],
  [2, '测试小林'],
];
const BOX: ProtoFields = [
  [
    9,
    proto([
      [2, 32251],
      [3, '心动盲盒'],
      [6, 15000],
    ]),
  ],
];

describe('SEND_GIFT_V2', () => {
  it('is the same gift as its SEND_GIFT twin', () => {
    const { reader, events, read } = openReader();
    reader.read(pbMessage('SEND_GIFT_V2', proto([...SENDER, item(GOLD), [11, 1]])));
    read('SEND_GIFT/gold');
    expect(events).toMatchObject([
      { id: '4800000000000000001', count: 3, paidMilli: 300, worthMilli: 300, comboId: null },
    ]);
  });

  it('gives every item, also those that share a tid', () => {
    const { reader, of } = openReader();
    const first = item([
      [1, 32125],
      [3, 5],
      [5, 20000],
      [7, 75000],
      [8, 'gold'],
      [9, '4800000000000000021'],
      [10, 1780000010],
    ]);
    const second = item([
      [1, 32126],
      [3, 5],
      [5, 10000],
      [7, 75000],
      [8, 'gold'],
      [9, '4800000000000000021'],
      [10, 1780000010],
    ]);
    const third = item([
      [1, 32126],
      [5, 10000],
      [7, 15000],
      [8, 'gold'],
      [9, '4800000000000000022'],
      [10, 1780000010],
    ]);
    const message = pbMessage('SEND_GIFT_V2', proto([...SENDER, ...BOX, first, second, third]));
    reader.read(message);
    reader.read(message);
    expect(
      of('gift').map(({ id, count, paidMilli, worthMilli }) => [id, count, paidMilli, worthMilli]),
    ).toEqual([
      ['4800000000000000021', 5, 75_000, 100_000],
      ['4800000000000000021:32126', 5, 75_000, 50_000],
      ['4800000000000000022', 1, 15_000, 10_000],
    ]);
    expect(of('gift').every(({ blindBox }) => blindBox?.giftId === 32251)).toBe(true);
  });

  it('leaves zeros out: masked, free, from the backpack, for another, switched off', () => {
    const { reader, of } = openReader();
    const bag = item([
      [1, 1],
      [7, 900],
      [8, 'gold'],
      [9, '31'],
      [31, proto([[1, 1]])],
    ]);
    const uncertain = item([
      [1, 2],
      [7, 900],
      [9, '32'],
    ]);
    const guest = item([
      [1, 3],
      [7, 900],
      [8, 'gold'],
      [9, '33'],
      [
        29,
        proto([
          [1, '嘉宾'],
          [2, 700002],
        ]),
      ],
    ]);
    const own = item([
      [1, 4],
      [7, 900],
      [8, 'gold'],
      [9, '34'],
      [
        29,
        proto([
          [1, '测试主播'],
          [2, STREAMER],
        ]),
      ],
    ]);
    reader.read(pbMessage('SEND_GIFT_V2', proto([[2, '林***'], bag, uncertain, guest, own])));
    reader.read(
      pbMessage(
        'SEND_GIFT_V2',
        proto([
          ...SENDER,
          item([
            [1, 5],
            [7, 900],
            [8, 'gold'],
            [9, '35'],
          ]),
          [11, 0],
        ]),
      ),
    );
    expect(of('gift')).toMatchObject([
      { fromBag: true, paidMilli: 0, viewer: { key: null, name: '林***' } },
      { coin: 'unknown', paidMilli: 0 },
      { paidMilli: 900, receiver: { uid: 700002, name: '嘉宾' } },
      { paidMilli: 900, receiver: null },
    ]);
  });

  it('with a number that no sum can hold is no gift', () => {
    const { reader, events, counts } = openReader();
    const odd: ProtoFields[] = [
      [...GOLD.filter(([field]) => field !== 7), [7, 2n ** 62n]],
      [...GOLD.filter(([field]) => field !== 10), [10, 2n ** 62n]],
      [...GOLD.filter(([field]) => field !== 3), [3, 2 ** 50]],
    ];
    for (const fields of odd) reader.read(pbMessage('SEND_GIFT_V2', proto([...SENDER, item(fields)])));
    expect(events).toEqual([]);
    expect(counts.all().get('SEND_GIFT_V2!')).toBe(3);
  });
});
