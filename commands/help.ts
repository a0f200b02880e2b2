import { type Command, type CommandEntry, MANAGE_SERVER } from '#src/sdk.ts';

/** An embed's description holds 4096 characters. */
const DESCRIPTION_CHARS_MAX = 4000;

export default {
  data: {
    name: 'help',
    name_localizations: { 'zh-CN': '帮助', ja: 'ヘルプ' },
    description: 'What Livelark does and which commands it has',
    description_localizations: { 'zh-CN': 'Livelark 的功能与命令', ja: 'Livelark の機能とコマンド' },
    contexts: [0],
  },
  ephemeral: true,
  async run(interaction, { commands, format }) {
    const isManaged = ({ data }: CommandEntry) => data.default_member_permissions === MANAGE_SERVER;
    const line = ({ data, mention }: CommandEntry) =>
      `${mention} ${data.description_localizations?.[interaction.locale] ?? data.description}`;
    const forAll = commands.filter((entry) => !isManaged(entry)).map(line);
    const forManagers = commands.filter(isManaged).map(line);
    const text = [
      'Livelark watches Bilibili live rooms: it posts what happens there, and answers from what it has seen.',
      `**For everybody**\n${forAll.join('\n')}`,
      `**With Manage Server**\n${forManagers.join('\n')}`,
      '`room` is a room id, a live.bilibili.com link, or part of a name; `period` is the current or last broadcast when left out.',
    ].join('\n\n');
    return {
      embeds: [format.embed({ title: 'Livelark', description: text.slice(0, DESCRIPTION_CHARS_MAX) })],
    };
  },
} satisfies Command;
