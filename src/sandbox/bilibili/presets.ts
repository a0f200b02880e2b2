import type { ActMix, RoomScript } from './room-script.ts';

const area = (id: number, name: string, parentId: number, parentName: string) => ({
  id,
  name,
  parentId,
  parentName,
});

const GAMES_AND_SONGS: readonly RoomScript[] = [
  {
    roomId: 6710021,
    shortId: 721,
    uid: 401700231,
    name: '月见团子Dango',
    title: '【歌回】把星星一颗一颗唱给你听',
    titles: ['【杂谈】今天捡到一只猫', '【歌回】点歌到凌晨'],
    area: area(744, '虚拟Singer', 9, '虚拟主播'),
    followers: 238_114,
    medalName: '小团子',
    status: 1,
    hasCover: true,
    chatter: { perSecond: 4, burst: 4, alertsPerMinute: 2 },
    scenes: [
      { atMs: 1500, act: 'big-gift' },
      { atMs: 4500, act: 'super-chat' },
      { atMs: 7000, act: 'guard' },
      { atMs: 9000, act: 'combo' },
    ],
  },
  {
    roomId: 25510347,
    uid: 3493270000417,
    name: '阿澈不打野',
    title: '单排上分，输了唱歌',
    titles: ['今天一定不上头', '和水友五排'],
    area: area(86, '英雄联盟', 2, '网游'),
    followers: 81_450,
    medalName: '野区人',
    status: 1,
    hasCover: true,
    giftDialect: 'v1',
    chatter: { perSecond: 3, burst: 6, alertsPerMinute: 1 },
    scenes: [
      { atMs: 3000, act: 'guard' },
      { atMs: 6000, act: 'blind-box' },
      { atMs: 8500, act: 'super-chat' },
    ],
  },
  {
    roomId: 23370916,
    uid: 57120488,
    name: '小满的深夜食堂',
    title: '今晚吃一锅热乎乎的关东煮',
    titles: ['凌晨两点的葱油拌面', '冰箱里还剩什么就做什么'],
    area: area(369, '美食', 10, '生活'),
    followers: 45_902,
    medalName: '加个蛋',
    status: 0,
    hasCover: true,
    chatter: { perSecond: 3, burst: 3, alertsPerMinute: 1.5 },
    rhythm: { firstMs: 5000, liveMs: 240_000, offlineMs: 150_000 },
  },
];

const LATE_NIGHT: readonly RoomScript[] = [
  {
    roomId: 1008611,
    shortId: 86,
    uid: 18023377,
    name: '南风电台',
    title: '晚安，听一段海浪',
    titles: ['雨夜读信', '晚安，听一段海浪'],
    area: area(190, '唱见电台', 5, '电台'),
    followers: 12_733,
    medalName: '耳边风',
    status: 1,
    liveForMs: 2 * 3_600_000,
    giftDialect: 'v2',
    chatter: { perSecond: 1.5, burst: 2, alertsPerMinute: 0.5 },
    scenes: [{ atMs: 5000, act: 'super-chat' }],
    rhythm: { firstMs: 80_000, liveMs: 300_000, offlineMs: 180_000 },
  },
  {
    roomId: 31440225,
    uid: 3546720000881932,
    name: 'かざみ風見Kite',
    title: '【初見歓迎】一起来玩拼图吧 / puzzle night',
    titles: ['【作業用】のんびりお絵描き'],
    area: area(371, '虚拟日常', 9, '虚拟主播'),
    followers: 156_008,
    medalName: '风见屋',
    status: 1,
    hasCover: true,
    giftDialect: 'both',
    chatter: { perSecond: 2, burst: 5, alertsPerMinute: 1 },
    scenes: [
      { atMs: 2500, act: 'blind-box' },
      { atMs: 6500, act: 'big-gift' },
    ],
  },
];

/**
 * Five invented streamers for the demo. Within ten seconds of a watcher there is a gift of ¥100 or more, a super
 * chat, a guard and a broadcast that starts; one broadcast ends after a good minute.
 */
export function demoRooms(): RoomScript[] {
  return [...GAMES_AND_SONGS, ...LATE_NIGHT];
}

/** For load: nearly all chat, gifts too small for an alert. */
const BUSY_MIX: ActMix = {
  chat: 740,
  emoticon: 40,
  enter: 100,
  follow: 5,
  'free-gift': 30,
  'bag-gift': 5,
  'small-gift': 65,
  noise: 15,
};

/**
 * `count` live rooms with `perSecond` acts each, evenly spread.
 * @param alertsPerMinute Gifts of ¥100 or more, super chats and guards, in each room.
 */
export function busyRooms(count: number, perSecond: number, alertsPerMinute = 6): RoomScript[] {
  return Array.from({ length: count }, (_, index) => ({
    roomId: 9_000_001 + index,
    uid: 70_000_001 + index,
    name: `繁忙房间${index + 1}`,
    title: `第${index + 1}间，一直在说话`,
    followers: 1000 * (index + 1),
    medalName: `忙${index + 1}`,
    status: 1 as const,
    chatter: { perSecond, alertsPerMinute, mix: BUSY_MIX, crowd: 2000 },
  }));
}

/** `count` rooms in which only what a test does happens. */
export function quietRooms(count: number, status: 0 | 1 | 2 = 1): RoomScript[] {
  return Array.from({ length: count }, (_, index) => ({
    roomId: 8_000_001 + index,
    shortId: 101 + index,
    uid: 60_000_001 + index,
    name: `安静房间${index + 1}`,
    title: `第${index + 1}间`,
    status,
  }));
}
