/** The story that the end-to-end tests tell and then compare: three rooms, each thing with its twins. */
import type { LedgerTotals } from '#src/sandbox/bilibili/ledger.ts';
import type { Totals as Answered } from '#src/shapes.ts';
import { type Bot, eventually } from '../support/bot.ts';
import { openWorld, type World } from './world.ts';

export const CHATTY = 9_100_001;
export const MASKED = 9_100_002;
export const BY_HAND = 9_100_003;
export const ROOMS = [CHATTY, MASKED, BY_HAND];
export const GIFT_MIN_CNY = 20;
export const STORY_MS = 8_000;

/** What both the ledger and the answers say. */
export type Totals = Omit<Answered, 'gaps' | 'maskedMilli'>;

export function pick(totals: Totals | LedgerTotals): Totals {
  const names = [
    ...([
      'danmaku',
      'chatters',
      'maskedDanmaku',
      'gifts',
      'giftMilli',
      'superChats',
      'superChatMilli',
    ] as const),
    ...(['guards', 'guardMilli', 'revenueMilli', 'payers'] as const),
  ];
  return Object.fromEntries(names.map((name) => [name, totals[name]])) as unknown as Totals;
}

/** What the script knows that it sent to the room of that index. */
export function ledgerOf(world: World, index: number): Totals {
  return pick(world.bilibili.ledger.totals({ roomId: ROOMS[index] ?? 0 }));
}

/** Tells the story, and resolves when the bot has stored all of it. */
export async function tellStory(): Promise<{ world: World; bot: Bot }> {
  const script = { title: '一起聊天', status: 1 as const };
  const world = await openWorld({
    seed: 11,
    rooms: [
      {
        ...script,
        roomId: CHATTY,
        shortId: 911,
        uid: 5_100_001,
        name: '话很多的小鹿',
        giftDialect: 'both',
        chatter: { perSecond: 40, burst: 3, alertsPerMinute: 30 },
      },
      {
        ...script,
        roomId: MASKED,
        uid: 5_100_002,
        name: '安静的白塔',
        giftDialect: 'mixed',
        isMasked: true,
        chatter: { perSecond: 25, alertsPerMinute: 10 },
      },
      { roomId: BY_HAND, uid: 5_100_003, name: '今天也要早起', title: '早起读书', status: 0 },
    ],
  });
  const bot = await world.start();
  await world.watch(bot, CHATTY, 'live-alerts', { 'gift-min': GIFT_MIN_CNY });
  await world.watch(bot, MASKED, 'gifts', { 'gift-min': GIFT_MIN_CNY });
  await world.watch(bot, BY_HAND, 'commands', {
    'gift-min': GIFT_MIN_CNY,
    role: world.discord.guild.roles.find((role) => role.name === 'live-fans')?.id ?? '',
  });
  await playByHand(world);
  await new Promise((resolve) => setTimeout(resolve, STORY_MS));
  await world.bilibili.pause();
  await eventually(async () => {
    const stored = await Promise.all(ROOMS.map((room) => bot.get<Totals>(`/api/rooms/${room}/stats`)));
    return stored.every(
      (totals, index) =>
        totals.revenueMilli === ledgerOf(world, index).revenueMilli &&
        totals.danmaku === ledgerOf(world, index).danmaku,
    );
  });
  return { world, bot };
}

/** Everything that has twins, once each, in a broadcast with a beginning and an end; then a second one. */
async function playByHand({ bilibili }: World): Promise<void> {
  bilibili.live(BY_HAND);
  bilibili.say(BY_HAND, { text: '早上好' });
  bilibili.say(BY_HAND, { text: '镜像弹幕', isMirror: true });
  bilibili.say(BY_HAND, { viewer: null, text: '我是谁' });
  for (const dialect of ['v1', 'v2', 'both'] as const) {
    bilibili.gift(BY_HAND, { dialect, count: 3 });
    bilibili.combo(BY_HAND, { dialect, hits: [1, 2, 10] });
    bilibili.blindBox(BY_HAND, { dialect, count: 5 });
  }
  bilibili.gift(BY_HAND, { fromBag: true });
  bilibili.guard(BY_HAND);
  bilibili.guard(BY_HAND, { level: 2, messages: ['USER_TOAST_MSG_V2'] });
  bilibili.guard(BY_HAND, {
    count: 3,
    messages: ['USER_TOAST_MSG', 'GUARD_BUY', 'USER_TOAST_MSG_V2'],
    hasBonus: true,
  });
  bilibili.guard(BY_HAND, { level: 1, messages: ['GUARD_BUY'] });
  bilibili.superChat(BY_HAND, { price: 50, text: '加油', twin: 'before', isRepeated: true });
  bilibili.superChat(BY_HAND, { price: 100, text: '再来一首', twin: 'after', hasTextIds: true });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  bilibili.preparing(BY_HAND);
}
