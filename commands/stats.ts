import {
  type ChosenPeriod,
  type Command,
  type CommandContext,
  type Gap,
  type GapReason,
  periodOption,
  roomOption,
  type Totals,
} from '#src/sdk.ts';

const MINUTE_MS = 60_000;

export default {
  data: {
    name: 'stats',
    name_localizations: { 'zh-CN': '统计', ja: '統計' },
    description: 'Danmaku, viewers, gifts and money of a room, with what was not observed',
    description_localizations: {
      'zh-CN': '直播间的弹幕、观众、礼物与收入统计，并标明未观测到的部分',
      ja: 'ルームのコメント、視聴者、ギフト、金額の統計（観測できなかった時間も表示）',
    },
    contexts: [0],
    options: [roomOption, periodOption],
  },
  showsMoney: true,
  async run(interaction, context) {
    const { input, queries, format, seesMoney } = context;
    const room = await input.room(interaction);
    const chosen = await input.period(interaction, room);
    const range = chosen.period === 'all' ? undefined : chosen.range;
    const totals = chosen.session ?? (await queries.totals(room.room, range));
    const observedMs = spanMs(chosen) - gapsMs(totals.gaps);
    const title = chosen.session?.title ? `\n${format.text(chosen.session.title, 100)}` : '';
    return {
      embeds: [
        format.embed({
          title: `Statistics of ${format.text(room.name, 60)}`,
          description: `${format.roomLink(room)}, ${chosen.label}${title}${describeEmpty(totals)}`,
          fields: [
            ...describeChat(totals, observedMs, chosen, format),
            ...(seesMoney ? describeMoney(totals, observedMs, format) : describeCounts(totals, format)),
            ...describeHonesty(totals, spanMs(chosen), context),
          ],
          tone: chosen.session !== null && chosen.session.endedMs === null ? 'live' : 'plain',
          ...(seesMoney ? {} : { footer: 'This server does not show you money.' }),
        }),
      ],
    };
  },
} satisfies Command;

type Format = CommandContext['format'];

const spanMs = ({ range }: ChosenPeriod) => range.toMs - range.fromMs;

const REASONS: Readonly<Record<GapReason, string>> = {
  'not-watched': 'the room was not watched yet',
  waiting: 'waiting for a free connection',
  disconnected: 'the connection was lost',
  'half-open': 'the connection went silent',
  throttled: 'Bilibili refused for a while',
  'auth-refused': 'Bilibili refused the login',
  'process-down': 'the bot was not running',
};

const describeReason = (reason: string, format: Format) =>
  Object.hasOwn(REASONS, reason) ? REASONS[reason as GapReason] : format.text(reason, 100);

/** Time that lies in any gap: they may overlap. */
function gapsMs(gaps: readonly Gap[]): number {
  let sumMs = 0;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const { fromMs, toMs } of gaps.toSorted((a, b) => a.fromMs - b.fromMs)) {
    sumMs += Math.max(0, toMs - Math.max(fromMs, endMs));
    endMs = Math.max(endMs, toMs);
  }
  return sumMs;
}

function describeEmpty(totals: Totals): string {
  const isEmpty = totals.danmaku === 0 && totals.gifts === 0 && totals.revenueMilli === 0;
  return isEmpty ? '\nNothing was seen in this time.' : '';
}

function describeChat(totals: Totals, observedMs: number, { session }: ChosenPeriod, format: Format) {
  const perMinute = averagePer(totals.danmaku, observedMs, MINUTE_MS);
  const perChatter = totals.chatters === 0 ? null : (totals.danmaku - totals.maskedDanmaku) / totals.chatters;
  const fields = [
    {
      name: 'Danmaku',
      value: `**${format.number(totals.danmaku)}**${perMinute === null ? '' : `\n${oneDecimal(perMinute, format)} a minute`}`,
      inline: true,
    },
    {
      name: 'Chatters',
      value: `**${format.number(totals.chatters)}**${perChatter === null ? '' : `\n${oneDecimal(perChatter, format)} danmaku each`}`,
      inline: true,
    },
  ];
  const peaks = [
    session?.peakWatched == null ? null : `${format.number(session.peakWatched)} watched`,
    session?.peakOnline == null ? null : `${format.number(session.peakOnline)} online at most`,
  ].filter((part) => part !== null);
  if (peaks.length > 0) fields.push({ name: 'Audience', value: peaks.join('\n'), inline: true });
  return fields;
}

function describeMoney(totals: Totals, observedMs: number, format: Format) {
  const perHour = averagePer(totals.revenueMilli, observedMs, 60 * MINUTE_MS);
  const perPayer = totals.payers === 0 ? null : (totals.revenueMilli - totals.maskedMilli) / totals.payers;
  return [
    {
      name: 'Revenue',
      value: `**${format.money(totals.revenueMilli)}**${perHour === null ? '' : `\n${format.money(Math.round(perHour))} an hour`}`,
      inline: true,
    },
    {
      name: 'Payers',
      value: `**${format.number(totals.payers)}**${perPayer === null ? '' : `\n${format.money(Math.round(perPayer))} each`}`,
      inline: true,
    },
    {
      name: 'Gifts',
      value: `${format.number(totals.gifts)}\n${format.money(totals.giftMilli)}`,
      inline: true,
    },
    {
      name: 'Super chats',
      value: `${format.number(totals.superChats)}\n${format.money(totals.superChatMilli)}`,
      inline: true,
    },
    {
      name: 'Guards',
      value: `${format.number(totals.guards)}\n${format.money(totals.guardMilli)}`,
      inline: true,
    },
  ];
}

function describeCounts(totals: Totals, format: Format) {
  return [
    { name: 'Gifts', value: format.number(totals.gifts), inline: true },
    { name: 'Super chats', value: format.number(totals.superChats), inline: true },
    { name: 'Guards', value: format.number(totals.guards), inline: true },
  ];
}

/** What the numbers do not hold: time that nobody observed, and people whom Bilibili masks. */
function describeHonesty(totals: Totals, periodMs: number, { format, seesMoney }: CommandContext) {
  const fields: { name: string; value: string }[] = [];
  const missedMs = gapsMs(totals.gaps);
  if (missedMs > 0 && periodMs > 0) {
    const reasons = [...new Set(totals.gaps.map((gap) => gap.reason))].slice(0, 3);
    const share = percent(missedMs / periodMs);
    fields.push({
      name: 'Not observed',
      value: `${format.duration(missedMs)} (${share}) in ${totals.gaps.length === 1 ? 'one gap' : `${format.number(totals.gaps.length)} gaps`}: ${reasons.map((reason) => describeReason(reason, format)).join(', ')}. Averages leave it out.`,
    });
  }
  const masked: string[] = [];
  if (totals.maskedDanmaku > 0)
    masked.push(`${percent(totals.maskedDanmaku / totals.danmaku)} of the danmaku`);
  if (seesMoney && totals.maskedMilli > 0)
    masked.push(`${percent(totals.maskedMilli / totals.revenueMilli)} of the money`);
  if (masked.length > 0)
    fields.push({
      name: 'Masked by Bilibili',
      value: `${masked.join(' and ')} came from people without a name. They are in the sums, not among chatters and payers.`,
    });
  return fields;
}

/** Null when too little was observed for an average. */
function averagePer(amount: number, observedMs: number, unitMs: number): number | null {
  return observedMs < MINUTE_MS ? null : (amount * unitMs) / observedMs;
}

const oneDecimal = (value: number, format: Format) => format.number(Math.round(value * 10) / 10);

function percent(share: number): string {
  if (!Number.isFinite(share)) return '0 %';
  const value = Math.min(share, 1) * 100;
  if (value > 0 && value < 1) return '< 1 %';
  return value > 99 && value < 100 ? '> 99 %' : `${Math.round(value)} %`;
}
