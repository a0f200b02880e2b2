import {
  type Command,
  type CommandContext,
  channelOption,
  MANAGE_SERVER,
  plainText,
  type ReportEvery,
  type ReportRow,
  roomOption,
  UserError,
} from '#src/sdk.ts';

const EVERY: Readonly<Record<ReportEvery, { label: string; 'zh-CN': string; ja: string }>> = {
  hour: { label: 'every hour', 'zh-CN': '每小时', ja: '毎時' },
  '6h': { label: 'every 6 hours', 'zh-CN': '每 6 小时', ja: '6時間ごと' },
  day: { label: 'every day', 'zh-CN': '每天', ja: '毎日' },
  week: { label: 'every week', 'zh-CN': '每周', ja: '毎週' },
};

const REPORTS_MAX = 25;

export default {
  data: {
    name: 'report',
    name_localizations: { 'zh-CN': '定期报告', ja: '定期レポート' },
    description: 'Charts that are posted by themselves',
    description_localizations: { 'zh-CN': '定时发布的图表', ja: '自動で投稿されるグラフ' },
    contexts: [0],
    default_member_permissions: MANAGE_SERVER,
    options: [
      {
        type: 1,
        name: 'add',
        description: 'Post a chart of a room regularly',
        description_localizations: { 'zh-CN': '定期发布直播间图表', ja: 'ルームのグラフを定期投稿' },
        options: [
          roomOption,
          {
            type: 3,
            name: 'every',
            description: 'How often',
            description_localizations: { 'zh-CN': '频率', ja: '頻度' },
            required: true,
            choices: Object.entries(EVERY).map(([value, { label, ...name_localizations }]) => ({
              name: label,
              value,
              name_localizations,
            })),
          },
          channelOption,
        ],
      },
      {
        type: 1,
        name: 'list',
        description: 'The reports of this server',
        description_localizations: { 'zh-CN': '本服务器的定期报告', ja: 'このサーバーのレポート一覧' },
      },
      {
        type: 1,
        name: 'remove',
        description: 'End a report',
        description_localizations: { 'zh-CN': '移除定期报告', ja: 'レポートを削除' },
        options: [
          {
            type: 4,
            name: 'report',
            description: 'Which report: choose it, or give its number from /report list',
            description_localizations: { 'zh-CN': '要移除的报告（编号）', ja: '削除するレポート（番号）' },
            required: true,
            autocomplete: true,
            min_value: 1,
          },
        ],
      },
    ],
  },
  ephemeral: true,
  async run(interaction, context) {
    const subcommand = interaction.options.getSubcommand();
    if (subcommand === 'add') return addReport(interaction, context);
    return subcommand === 'list' ? listReports(interaction, context) : removeReport(interaction, context);
  },
  async complete(interaction, { archive, rooms }) {
    const typed = String(interaction.options.getFocused()).trim();
    const own = await reportsOf(interaction.guildId, archive);
    return own
      .map((report) => ({ name: nameReport(report, rooms), value: report.id }))
      .filter(
        ({ name, value }) => name.toLowerCase().includes(typed.toLowerCase()) || String(value) === typed,
      )
      .slice(0, 25);
  },
} satisfies Command;

type Run = (
  interaction: Parameters<Command['run']>[0],
  context: CommandContext,
) => ReturnType<Command['run']>;

const addReport: Run = async (interaction, { archive, input, format, planReports }) => {
  const room = await input.room(interaction);
  const every = readEvery(interaction.options.getString('every', true));
  const channelId = await input.channel(interaction);
  const own = await reportsOf(interaction.guildId, archive);
  const same = own.find(
    (report) => report.channelId === channelId && report.room === room.room && report.every === every,
  );
  if (same !== undefined) throw new UserError(`That report is there already: number ${same.id}.`);
  if (own.length >= REPORTS_MAX)
    throw new UserError(
      `This server has ${REPORTS_MAX} reports, which is the most. \`/report remove\` frees one.`,
    );
  const { guildId, user } = interaction;
  const report = await archive.addReport({ guildId, channelId, room: room.room, every, createdBy: user.id });
  await planReports();
  return {
    embeds: [
      format.embed({
        title: 'Report added',
        description: `A chart of ${format.roomLink(room)} will be posted in <#${channelId}> ${EVERY[every].label}, for the time before it.`,
        footer: `Number ${report.id}. /report remove ends it.`,
      }),
    ],
  };
};

const listReports: Run = async (interaction, { archive, rooms, format }) => {
  const own = await reportsOf(interaction.guildId, archive);
  const watched = new Set(rooms.inGuild(interaction.guildId, true).map(({ room }) => room));
  const lines = own.map((report) => {
    const room = rooms.find(report.room);
    const name = room === null ? `room ${report.room}` : format.roomLink(room);
    const last =
      report.lastPeriodMs === null ? 'none posted yet' : `last for ${format.time(report.lastPeriodMs, 'f')}`;
    return `\`${report.id}\` ${name} in <#${report.channelId}>, ${EVERY[report.every].label}; ${watched.has(report.room) ? last : '**nothing is posted: the room is not watched here**'}`;
  });
  return {
    embeds: [
      format.embed({
        title: own.length === 0 ? 'No reports yet' : 'Reports of this server',
        description:
          own.length === 0
            ? '`/report add` posts a chart of a room every hour, day or week.'
            : lines.join('\n'),
      }),
    ],
  };
};

const removeReport: Run = async (interaction, { archive, format, planReports }) => {
  const id = interaction.options.getInteger('report', true);
  if (!(await archive.removeReport(interaction.guildId, id)))
    throw new UserError(`This server has no report with the number ${id}. \`/report list\` shows them.`);
  await planReports();
  return {
    embeds: [format.embed({ title: 'Report ended', description: `Report ${id} is no longer posted.` })],
  };
};

function readEvery(text: string): ReportEvery {
  if (Object.hasOwn(EVERY, text)) return text as ReportEvery;
  throw new UserError(`\`every\` is one of: ${Object.keys(EVERY).join(', ')}.`);
}

async function reportsOf(
  guildId: string | null,
  archive: CommandContext['archive'],
): Promise<readonly ReportRow[]> {
  return (await archive.reports()).filter((report) => report.guildId === guildId);
}

/** A choice is plain text of at most 100 characters. */
function nameReport(report: ReportRow, rooms: CommandContext['rooms']): string {
  const name = plainText(rooms.find(report.room)?.name ?? '', 40);
  return `${report.id}: ${name} (${report.room}), ${EVERY[report.every].label}`;
}
