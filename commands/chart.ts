import { AttachmentBuilder } from 'discord.js';
import { type Command, type Metric, periodOption, roomOption, stepFor, UserError } from '#src/sdk.ts';

/** The metrics that src/charts draws. */
const METRICS: Readonly<Record<Metric, { label: string; 'zh-CN': string; ja: string }>> = {
  activity: {
    label: 'activity: danmaku and chatters',
    'zh-CN': '活跃度：弹幕与发言人数',
    ja: 'コメント数と発言者数',
  },
  revenue: {
    label: 'revenue: gifts, super chats, guards',
    'zh-CN': '收入：礼物、醒目留言、大航海',
    ja: '収益：ギフト、スパチャ、大航海',
  },
};

const FILE_NAME = 'chart.png';
/** Discord shows at most this much of a picture's description. */
const DESCRIPTION_CHARS_MAX = 1024;

export default {
  data: {
    name: 'chart',
    name_localizations: { 'zh-CN': '图表', ja: 'グラフ' },
    description: 'A chart of a room over time',
    description_localizations: { 'zh-CN': '直播间随时间变化的图表', ja: 'ルームの推移グラフ' },
    contexts: [0],
    options: [
      roomOption,
      {
        type: 3,
        name: 'metric',
        description: 'What to draw',
        description_localizations: { 'zh-CN': '绘制内容', ja: '描く内容' },
        required: true,
        choices: Object.entries(METRICS).map(([value, { label, ...name_localizations }]) => ({
          name: label,
          value,
          name_localizations,
        })),
      },
      periodOption,
    ],
  },
  showsMoney: true,
  async run(interaction, { input, queries, charts, format, guild, language, seesMoney }) {
    const room = await input.room(interaction);
    const metric = readMetric(interaction.options.getString('metric', true));
    if (metric === 'revenue' && !seesMoney)
      throw new UserError('This server does not show you money. `metric:activity` can be drawn.');
    const { range, label } = await input.period(interaction, room);
    const series = await queries.series(room.room, range, stepFor(range));
    const picture = await charts.draw({ metric, room, series, range, timeZone: guild.timeZone, language });
    const description = picture.description.slice(0, DESCRIPTION_CHARS_MAX);
    return {
      embeds: [
        format.embed({
          title: `${metric === 'revenue' ? 'Revenue' : 'Activity'} of ${format.text(room.name, 60)}`,
          description: `${format.roomLink(room)}, ${label}`,
          tone: metric === 'revenue' ? 'money' : 'plain',
          imageName: FILE_NAME,
        }),
      ],
      files: [new AttachmentBuilder(picture.png, { name: FILE_NAME, description })],
    };
  },
} satisfies Command;

function readMetric(text: string): Metric {
  if (Object.hasOwn(METRICS, text)) return text as Metric;
  throw new UserError(`\`metric\` is one of: ${Object.keys(METRICS).join(', ')}.`);
}
