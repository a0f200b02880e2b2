import { PermissionFlagsBits } from 'discord.js';
import {
  type Command,
  type CommandContext,
  channelOption,
  MANAGE_SERVER,
  milliOfCny,
  type ResolvedRoom,
  type RoomRow,
  roomOption,
  UserError,
  type WatchRow,
} from '#src/sdk.ts';

const GIFT_MIN_CNY = 100;
/** Watches a guild may have: each may hold one of the scarce sockets. */
const WATCHES_MAX = 100;

type Interaction = Parameters<Command['run']>[0];

export default {
  data: {
    name: 'watch',
    name_localizations: { 'zh-CN': '关注', ja: 'ウォッチ' },
    description: 'Post the starts, ends, gifts, super chats and guards of a live room in a channel',
    description_localizations: {
      'zh-CN': '在频道中推送直播间的开播、下播、礼物、醒目留言和大航海',
      ja: '配信の開始・終了、ギフト、スーパーチャット、大航海をチャンネルに投稿します',
    },
    contexts: [0],
    default_member_permissions: MANAGE_SERVER,
    options: [
      {
        ...roomOption,
        description: 'Room id, short id, or live.bilibili.com link',
        description_localizations: {
          'zh-CN': '房间号、短号，或 live.bilibili.com 链接',
          ja: 'ルームID、短縮ID、または live.bilibili.com のURL',
        },
      },
      channelOption,
      {
        type: 10,
        name: 'gift-min',
        description: 'Post gifts from this amount in CNY, combos added up (100 when left out)',
        description_localizations: {
          'zh-CN': '达到此金额（元，连击累计）的礼物才推送，默认 100',
          ja: 'この金額（CNY、コンボ合計）以上のギフトを投稿（省略時 100）',
        },
        min_value: 0.1,
        max_value: 1_000_000,
      },
      {
        type: 8,
        name: 'role',
        description: 'Role to mention when a broadcast starts',
        description_localizations: { 'zh-CN': '开播时提及的身份组', ja: '配信開始時にメンションするロール' },
      },
    ],
  },
  ephemeral: true,
  async run(interaction, context) {
    const channelId = await context.input.channel(interaction);
    const wanted = readWishes(interaction);
    const watches = await context.archive.watches();
    const room = context.input.findRoom(interaction) ?? (await resolveRoom(interaction, context));
    const before = watches.find((watch) => watch.channelId === channelId && watch.room === room.room);
    const held = watches.filter((watch) => watch.guildId === interaction.guildId).length;
    if (before === undefined && held >= WATCHES_MAX)
      throw new UserError(
        `This server has ${WATCHES_MAX} watches, which is the most. \`/unwatch\` frees one.`,
      );
    const watch = await context.archive.setWatch({
      guildId: interaction.guildId,
      channelId,
      room: room.room,
      giftMinMilli: wanted.giftMinMilli ?? before?.giftMinMilli ?? milliOfCny(GIFT_MIN_CNY),
      roleId: wanted.roleId ?? before?.roleId ?? null,
      createdBy: interaction.user.id,
    });
    await context.rooms.refresh();
    const embed = describeWatch(watch, room, before !== undefined, context);
    const warning = findMentionFault(interaction);
    return { embeds: [embed], ...(warning === null ? {} : { content: warning }) };
  },
} satisfies Command;

/** What was given; null where the option was left out. */
function readWishes(interaction: Interaction) {
  const giftMin = interaction.options.getNumber('gift-min');
  if (giftMin !== null && !(giftMin >= 0.1 && giftMin <= 1_000_000))
    throw new UserError('`gift-min` is an amount in CNY, from 0.1 to 1,000,000.');
  const roleId = interaction.options.getRole('role')?.id ?? null;
  if (roleId === interaction.guildId)
    throw new UserError('`role` cannot be @everyone: choose a role that people took themselves.');
  return { giftMinMilli: giftMin === null ? null : milliOfCny(giftMin), roleId };
}

/** Discord drops the mention of such a role without a word, so it is said here. */
function findMentionFault(interaction: Interaction): string | null {
  const role = interaction.options.getRole('role');
  if (role === null || role.mentionable) return null;
  if (interaction.appPermissions.has(PermissionFlagsBits.MentionEveryone)) return null;
  return `<@&${role.id}> will not be notified: let anyone mention it in its settings, or give me the permission **Mention Everyone**.`;
}

async function resolveRoom(interaction: Interaction, { rooms, archive }: CommandContext) {
  const resolved: ResolvedRoom = await rooms.resolve(interaction.options.getString('room', true));
  const { room, shortId, uid, name, title, area, coverUrl } = resolved;
  await archive.putRoom({ room, shortId, uid, name, title, area, coverUrl });
  return resolved;
}

function describeWatch(
  watch: WatchRow,
  room: RoomRow | ResolvedRoom,
  isUpdate: boolean,
  { format, rooms }: CommandContext,
) {
  const status = rooms.status(room.room);
  const posted = [
    watch.roleId === null
      ? 'starts and ends of broadcasts'
      : `starts of broadcasts, mentioning <@&${watch.roleId}>, and their ends`,
    'guards and super chats',
    `gifts from ${format.money(watch.giftMinMilli)}; a combo counts as one`,
  ];
  const fields = [
    { name: 'Room', value: `${format.roomLink(room)} (\`${room.room}\`), ${room.liveStatus}`, inline: true },
    {
      name: 'Connection',
      value: describeConnection(status?.connection, status?.reason, format),
      inline: true,
    },
  ];
  return format.embed({
    title: isUpdate ? 'Watch updated' : 'Watching',
    description: `In <#${watch.channelId}> I will post:\n${posted.map((line) => `- ${line}`).join('\n')}`,
    fields,
    tone: room.liveStatus === 'live' ? 'live' : 'plain',
    footer: 'The same command again changes the watch; /unwatch ends it.',
  });
}

function describeConnection(
  connection: string | undefined,
  reason: string | null | undefined,
  format: CommandContext['format'],
): string {
  if (connection === undefined) return 'about to connect';
  return reason ? `${connection}: ${format.text(reason, 200)}` : connection;
}
