/** What pictures and their descriptions say, by language. A key that one language lacks is a type error. */
import type { Language } from '#src/shapes.ts';

const en = {
  locale: 'en-US',
  titles: {
    activity: (room: string) => `${room} · Activity`,
    revenue: (room: string) => `${room} · Revenue`,
  },
  danmaku: 'Danmaku',
  chatters: 'Active chatters',
  online: 'Viewers online',
  perStep: (step: string) => `per ${step}`,
  notObserved: 'Not observed',
  gifts: 'Gifts',
  superChats: 'Super chats',
  guards: 'Guards',
  unobserved: 'No data: the room was not observed in this time',
  quiet: { activity: 'Nobody wrote anything in this time', revenue: 'No revenue in this time' },
  days: (count: number) => (count === 1 ? 'day' : `${count} days`),
  hours: (count: number) => (count === 1 ? 'hour' : `${count} h`),
  minutes: (count: number) => (count === 1 ? 'minute' : `${count} min`),
  long: { day: 'd', hour: 'h', minute: 'min', lessThanMinute: 'less than a minute' },
  sumDanmaku: (count: string) => `${count} danmaku`,
  peak: (count: string, time: string) => `peak ${count} at ${time}`,
  mostChatters: (count: string) => `up to ${count} chatters`,
  mostOnline: (count: string) => `up to ${count} online`,
  revenue: (money: string) => `${money} in all`,
  part: (name: string, money: string) => `${name} ${money}`,
  gaps: (count: number, length: string) =>
    `${count === 1 ? '1 stretch' : `${count} stretches`} not observed (${length})`,
  noGaps: 'observed without a gap',
  separator: ', ',
};

export type Words = typeof en;

const zh: Words = {
  locale: 'zh-CN',
  titles: { activity: (room) => `${room} · 活跃度`, revenue: (room) => `${room} · 收入` },
  danmaku: '弹幕',
  chatters: '发言人数',
  online: '在线人数',
  perStep: (step) => `每${step}`,
  notObserved: '未观测',
  gifts: '礼物',
  superChats: '醒目留言',
  guards: '大航海',
  unobserved: '无数据：这段时间没有观测该直播间',
  quiet: { activity: '这段时间没有弹幕', revenue: '这段时间没有收入' },
  days: (count) => (count === 1 ? '天' : ` ${count} 天`),
  hours: (count) => (count === 1 ? '小时' : ` ${count} 小时`),
  minutes: (count) => (count === 1 ? '分钟' : ` ${count} 分钟`),
  long: { day: '天', hour: '小时', minute: '分钟', lessThanMinute: '不到 1 分钟' },
  sumDanmaku: (count) => `${count} 条弹幕`,
  peak: (count, time) => `峰值 ${count}（${time}）`,
  mostChatters: (count) => `最多 ${count} 人发言`,
  mostOnline: (count) => `最高在线 ${count}`,
  revenue: (money) => `共 ${money}`,
  part: (name, money) => `${name} ${money}`,
  gaps: (count, length) => `${count} 段未观测（${length}）`,
  noGaps: '全程已观测',
  separator: '，',
};

const ja: Words = {
  locale: 'ja-JP',
  titles: { activity: (room) => `${room} · アクティビティ`, revenue: (room) => `${room} · 収益` },
  danmaku: 'コメント',
  chatters: '発言者数',
  online: '視聴者数',
  perStep: (step) => `${step}ごと`,
  notObserved: '未観測',
  gifts: 'ギフト',
  superChats: 'スーパーチャット',
  guards: '大航海',
  unobserved: 'データなし：この時間は観測していません',
  quiet: { activity: 'この時間のコメントはありません', revenue: 'この時間の収益はありません' },
  days: (count) => `${count}日`,
  hours: (count) => `${count}時間`,
  minutes: (count) => `${count}分`,
  long: { day: '日', hour: '時間', minute: '分', lessThanMinute: '1分未満' },
  sumDanmaku: (count) => `コメント${count}件`,
  peak: (count, time) => `最大 ${count}（${time}）`,
  mostChatters: (count) => `発言者は最大${count}人`,
  mostOnline: (count) => `視聴者は最大${count}人`,
  revenue: (money) => `合計 ${money}`,
  part: (name, money) => `${name} ${money}`,
  gaps: (count, length) => `未観測 ${count}か所（${length}）`,
  noGaps: '欠測なし',
  separator: '、',
};

export const WORDS: Readonly<Record<Language, Words>> = { en, 'zh-CN': zh, ja };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A bucket's length as a unit: "5 min", "hour", "2 days". */
export function nameStep(stepMs: number, words: Words): string {
  if (stepMs % DAY_MS === 0) return words.days(stepMs / DAY_MS);
  if (stepMs % HOUR_MS === 0) return words.hours(stepMs / HOUR_MS);
  return words.minutes(Math.round((stepMs / MINUTE_MS) * 100) / 100);
}

/** A length of time in its two largest units: "2 h 5 min". */
export function nameLength(ms: number, { long }: Words): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 1) return long.lessThanMinute;
  const parts: [number, string][] = [
    [Math.floor(minutes / 1440), long.day],
    [Math.floor(minutes / 60) % 24, long.hour],
    [minutes % 60, long.minute],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
