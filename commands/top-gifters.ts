import { type Command, periodOption, roomOption, type TopRow, UserError } from '#src/sdk.ts';

const LIMIT_DEFAULT = 10;
const NAME_CHARS_MAX = 40;

export default {
  data: {
    name: 'top-gifters',
    name_localizations: { 'zh-CN': '送礼榜', ja: 'ギフトランキング' },
    description: 'Who gave the most in a room: gifts, super chats and guards together',
    description_localizations: {
      'zh-CN': '直播间送礼排行：礼物、醒目留言与大航海合计',
      ja: 'ルームで最も贈った人：ギフト、スーパーチャット、大航海の合計',
    },
    contexts: [0],
    options: [
      roomOption,
      periodOption,
      {
        type: 4,
        name: 'limit',
        description: 'How many people (10 when left out)',
        description_localizations: { 'zh-CN': '人数（默认 10）', ja: '人数（省略時 10）' },
        min_value: 1,
        max_value: 25,
      },
    ],
  },
  showsMoney: true,
  async run(interaction, { input, queries, format, seesMoney }) {
    if (!seesMoney)
      throw new UserError(
        'This server does not show you money, so there is no ranking by it. Its managers decide that.',
      );
    const room = await input.room(interaction);
    const chosen = await input.period(interaction, room);
    const range = chosen.period === 'all' ? undefined : chosen.range;
    const limit = Math.min(Math.max(interaction.options.getInteger('limit') ?? LIMIT_DEFAULT, 1), 25);
    const [rows, totals] = await Promise.all([
      queries.top(room.room, 'value', limit, range),
      chosen.session ?? queries.totals(room.room, range),
    ]);
    const paid = rows.filter((row) => row.valueMilli > 0);
    const line = (row: TopRow) =>
      `${row.rank}. **${format.text(row.name, NAME_CHARS_MAX) || 'an invisible name'}** ${format.money(row.valueMilli)}${row.gifts > 0 ? ` · ${format.number(row.gifts)} ${row.gifts === 1 ? 'gift' : 'gifts'}` : ''}`;
    const list =
      paid.length === 0
        ? 'Nobody with a name paid anything in this time. A longer `period` may show more.'
        : paid.map(line).join('\n');
    const masked =
      totals.maskedMilli > 0
        ? `\n\n${format.money(totals.maskedMilli)} more came from people whom Bilibili masks: they cannot be ranked.`
        : '';
    return {
      embeds: [
        format.embed({
          title: `Top gifters of ${format.text(room.name, 60)}`,
          description: `${format.roomLink(room)}, ${chosen.label}\n\n${list}${masked}`,
          tone: 'money',
          footer: `${format.money(totals.revenueMilli)} in all, from ${format.number(totals.payers)} people with a name`,
        }),
      ],
    };
  },
} satisfies Command;
