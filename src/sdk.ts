/** All that commands/ and plugins/ may see of the rest. */
import type {
  APIApplicationCommandChannelOption,
  APIApplicationCommandOptionChoice,
  APIApplicationCommandStringOption,
  AutocompleteInteraction,
  ChatInputCommandInteraction,
  InteractionEditReplyOptions,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { CollectorStatus, ResolvedRoom } from '#src/bilibili/collectors.ts';
import type { Charts } from '#src/charts/charts.ts';
import type { RoomId } from '#src/events.ts';
import type { Log } from '#src/lib/log.ts';
import type { GuildSettings, Language, Range, RoomRow, SessionRow } from '#src/shapes.ts';
import type { Archive } from '#src/store/archive.ts';
import type { Queries } from '#src/store/queries.ts';

export type { CollectorStatus, ResolvedRoom } from '#src/bilibili/collectors.ts';
export type { Charts, Metric } from '#src/charts/charts.ts';
export { stepFor } from '#src/charts/step.ts';
export type { GapReason, LiveEvent, RoomId } from '#src/events.ts';
export { UserError } from '#src/lib/errors.ts';
export { plainText } from '#src/lib/escape.ts';
export { formatMilli, milliOfCny } from '#src/lib/money.ts';
export type * from '#src/shapes.ts';
export type { Archive } from '#src/store/archive.ts';
export type { Queries } from '#src/store/queries.ts';

/** The rooms that are watched, and by whom. */
export interface RoomDirectory {
  /** Rooms watched in a guild; `isOperator` adds the operator's own (`ROOMS`, the page). From memory, at once. */
  inGuild(guildId: string, isOperator: boolean): readonly RoomRow[];
  all(): readonly RoomRow[];
  find(room: RoomId): RoomRow | null;
  status(room: RoomId): CollectorStatus | null;
  /** Resolves what a person typed: a room id, a short id, a live.bilibili.com URL. Asks Bilibili. UserError says what is allowed. */
  resolve(text: string): Promise<ResolvedRoom>;
  /** Starts collecting after a watch was added or removed. */
  refresh(): Promise<void>;
  /** True when the page or `ROOMS` holds the room. */
  isOperatorRoom(room: RoomId): boolean;
  /** Why the page cannot take the room back (a channel or `ROOMS` holds it), for people; null when it can. */
  keeperOf(room: RoomId): string | null;
  /** Channels that watch the room and cannot be posted to any more. From memory, at once. */
  pausedIn(room: RoomId): readonly { readonly channelId: string; readonly reason: string }[];
  addOnPage(room: ResolvedRoom): Promise<void>;
  removeFromPage(room: RoomId): Promise<void>;
}

/** How the bot itself is, for /status, the page and /metrics. */
export interface Health {
  readonly version: string;
  readonly startedMs: number;
  readonly rssBytes: number;
  readonly loopDelayP99Ms: number;
  readonly eventsTotal: number;
  readonly eventsPerSecond: number;
  readonly rooms: {
    readonly connected: number;
    readonly connecting: number;
    readonly waiting: number;
    readonly failed: number;
  };
  readonly outbox: { readonly open: number; readonly oldestMs: number | null; readonly failed: number };
  readonly journal: { readonly events: number; readonly dropped: number };
  readonly storeBytes: number;
  /** Time from an event on the socket to the request to Discord, p99 of the last 1000; null before the first. */
  readonly deliveryP99Ms: number | null;
  readonly discord: 'off' | 'connecting' | 'ready' | 'failed';
  readonly bilibili: string | null;
  readonly unknownCommands: Readonly<Record<string, number>>;
  readonly lastErrors: readonly { readonly atMs: number; readonly message: string }[];
  /** Parts that are not ready, by name; empty when all are. */
  readonly notReady: readonly string[];
}

/** What a command may use. */
export interface CommandContext {
  readonly queries: Queries;
  readonly archive: Archive;
  readonly rooms: RoomDirectory;
  readonly charts: Charts;
  readonly health: () => Promise<Health>;
  /** Plans the periodic reports anew, after one came or went or a time zone changed. */
  readonly planReports: () => Promise<void>;
  readonly guild: GuildSettings;
  /** Language of the answer: the user's locale where we speak it, else the guild's. */
  readonly language: Language;
  readonly isOperator: boolean;
  /** Whether this member may see money in this guild. */
  readonly seesMoney: boolean;
  readonly now: () => number;
  readonly log: Log;
  readonly format: Format;
  readonly input: CommandInput;
  /** Every command there is, for /help. */
  readonly commands: readonly CommandEntry[];
}

/** A command as people see it; `mention` is clickable once Discord has given it an id. */
export interface CommandEntry {
  readonly data: Command['data'];
  readonly mention: string;
}

/** Reads the options that many commands share. */
export interface CommandInput {
  /** The room option, among those watched in this guild; UserError "not watched here" and how to watch it otherwise. */
  room(interaction: ChatInputCommandInteraction): Promise<RoomRow>;
  /** The same, but null for a room that is not watched here. UserError when several fit. */
  findRoom(interaction: ChatInputCommandInteraction): RoomRow | null;
  /** The channel option, or here; UserError says which permission the bot lacks to post there. */
  channel(interaction: ChatInputCommandInteraction<'cached' | 'raw'>): Promise<string>;
  /** The period option. `stream` is the current or last broadcast; UserError when none was seen yet. */
  period(interaction: ChatInputCommandInteraction, room: RoomRow): Promise<ChosenPeriod>;
}

export const PERIODS = ['stream', '1h', '24h', '7d', '30d', 'all'] as const;
export type Period = (typeof PERIODS)[number];

export interface ChosenPeriod {
  readonly period: Period;
  readonly range: Range;
  /** For people, made for Discord already: "last 24 hours". */
  readonly label: string;
  /** The broadcast, when the period is `stream`. */
  readonly session: SessionRow | null;
}

/** Discord's look of things, made in one place (src/discord/format). */
export interface Format {
  /** Text from outside as plain text: no markdown, mention, link or layout trick. */
  text(outside: string, lengthMax?: number): string;
  money(milli: number): string;
  number(value: number): string;
  time(ms: number, style?: 'R' | 'f' | 't' | 'd'): string;
  duration(ms: number): string;
  roomLink(room: { readonly room: RoomId; readonly name: string }): string;
  embed(parts: {
    title?: string;
    description?: string;
    fields?: readonly { name: string; value: string; inline?: boolean }[];
    tone?: 'plain' | 'live' | 'money' | 'warning';
    footer?: string;
    imageName?: string;
  }): NonNullable<InteractionEditReplyOptions['embeds']>[number];
}

export interface Command {
  readonly data: RESTPostAPIChatInputApplicationCommandsJSONBody;
  /** Errors and settings answer only the caller. */
  readonly ephemeral?: boolean;
  /** The answer may hold money: for the caller alone where not everyone may see it (/settings). */
  readonly showsMoney?: boolean;
  /** Runs after the defer; the answer replaces it. UserError is shown as it is. */
  run(
    interaction: ChatInputCommandInteraction<'cached' | 'raw'>,
    context: CommandContext,
  ): Promise<InteractionEditReplyOptions>;
  /** Choices besides those of the shared `room` option. From memory: 100 ms. */
  complete?(
    interaction: AutocompleteInteraction,
    context: CommandContext,
  ): Promise<APIApplicationCommandOptionChoice[]>;
}

/** The permission Manage Server, as Discord wants it on the wire. */
export const MANAGE_SERVER = '32';

/** `room` of contract §3: the registry completes it from the rooms watched in the guild. */
export const roomOption = {
  type: 3,
  name: 'room',
  description: "Room id, live.bilibili.com link, or part of a watched streamer's name",
  description_localizations: {
    'zh-CN': '房间号、live.bilibili.com 链接，或已关注主播名字的一部分',
    ja: 'ルームID、live.bilibili.com のURL、または配信者名の一部',
  },
  required: true,
  autocomplete: true,
  max_length: 200,
} as const satisfies APIApplicationCommandStringOption;

/** `channel` of contract §3: text, announcement and thread channels. */
export const channelOption = {
  type: 7,
  name: 'channel',
  description: 'The channel: this one when left out',
  description_localizations: { 'zh-CN': '频道：不填则为本频道', ja: 'チャンネル：省略するとここ' },
  channel_types: [0, 5, 10, 11, 12],
} as const satisfies APIApplicationCommandChannelOption;

/** `period` of contract §3. */
export const periodOption = {
  type: 3,
  name: 'period',
  description: 'Which time: the current or last broadcast when left out',
  description_localizations: {
    'zh-CN': '时间范围：不填则为当前或最近一场直播',
    ja: '期間：省略すると現在または直近の配信',
  },
  choices: [
    { name: 'broadcast', value: 'stream', name_localizations: { 'zh-CN': '本场直播', ja: '配信' } },
    { name: 'last hour', value: '1h', name_localizations: { 'zh-CN': '最近 1 小时', ja: '直近1時間' } },
    {
      name: 'last 24 hours',
      value: '24h',
      name_localizations: { 'zh-CN': '最近 24 小时', ja: '直近24時間' },
    },
    { name: 'last 7 days', value: '7d', name_localizations: { 'zh-CN': '最近 7 天', ja: '直近7日' } },
    { name: 'last 30 days', value: '30d', name_localizations: { 'zh-CN': '最近 30 天', ja: '直近30日' } },
    { name: 'everything', value: 'all', name_localizations: { 'zh-CN': '全部', ja: '全期間' } },
  ] satisfies { name: string; value: Period; name_localizations: Record<string, string> }[],
} as const satisfies APIApplicationCommandStringOption;
