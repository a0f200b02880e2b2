import {
  type Command,
  channelOption,
  MANAGE_SERVER,
  roomOption,
  UserError,
  type WatchRow,
} from '#src/sdk.ts';

export default {
  data: {
    name: 'unwatch',
    name_localizations: { 'zh-CN': '取消关注', ja: 'ウォッチ解除' },
    description: 'Stop posting about a live room in a channel; what was collected stays',
    description_localizations: {
      'zh-CN': '停止在频道中推送直播间；已收集的内容会保留',
      ja: 'チャンネルへの投稿をやめます（集めた記録は残ります）',
    },
    contexts: [0],
    default_member_permissions: MANAGE_SERVER,
    options: [roomOption, channelOption],
  },
  ephemeral: true,
  async run(interaction, { archive, rooms, input, format }) {
    const room = await input.room(interaction);
    const channelId = interaction.options.getChannel('channel')?.id ?? interaction.channelId;
    const ofRoom = (await archive.watches()).filter(
      (watch) => watch.guildId === interaction.guildId && watch.room === room.room,
    );
    const name = format.text(room.name, 80);
    if (!ofRoom.some((watch) => watch.channelId === channelId))
      throw new UserError(`**${name}** is not watched in <#${channelId}>. ${describeElsewhere(ofRoom)}`);
    await archive.removeWatch(channelId, room.room);
    await rooms.refresh();
    const left = ofRoom.filter((watch) => watch.channelId !== channelId);
    const still = left.length === 0 ? '' : ` It is still watched in ${listChannels(left)}.`;
    return {
      embeds: [
        format.embed({
          title: 'No longer watching',
          description: `Nothing more about ${format.roomLink(room)} will be posted in <#${channelId}>.${still} What was collected stays.`,
        }),
      ],
    };
  },
} satisfies Command;

const CHANNELS_MAX = 20;

function listChannels(watches: readonly WatchRow[]): string {
  const shown = watches.slice(0, CHANNELS_MAX).map((watch) => `<#${watch.channelId}>`);
  return shown.join(', ') + (watches.length > CHANNELS_MAX ? ', …' : '');
}

function describeElsewhere(watches: readonly WatchRow[]): string {
  if (watches.length === 0) return 'No channel of this server watches it; the operator of the bot does.';
  return `Channels that watch it: ${listChannels(watches)}. Name one with \`channel\`.`;
}
