import {
  type Command,
  type CommandContext,
  type DanmakuRow,
  periodOption,
  type Range,
  type RoomRow,
  roomOption,
} from '#src/sdk.ts';

const SHOWN_MAX = 15;
/** A name is looked for among this many of the newest danmaku with the text. */
const SCANNED_MAX = 500;
/** An embed's description holds 4096 characters. */
const DESCRIPTION_CHARS_MAX = 3900;

export default {
  data: {
    name: 'search',
    name_localizations: { 'zh-CN': '搜索弹幕', ja: 'コメント検索' },
    description: 'Find danmaku of a room by their text, newest first; only you see the answer',
    description_localizations: {
      'zh-CN': '按内容搜索直播间弹幕（最新在前，仅自己可见）',
      ja: 'コメントを本文で検索します（新しい順、回答は本人のみ）',
    },
    contexts: [0],
    options: [
      roomOption,
      {
        type: 3,
        name: 'text',
        description: 'Part of the danmaku',
        description_localizations: { 'zh-CN': '弹幕内容的一部分', ja: 'コメントの一部' },
        required: true,
        min_length: 1,
        max_length: 100,
      },
      {
        type: 3,
        name: 'user',
        description: 'Only of this viewer: a uid or part of a name',
        description_localizations: {
          'zh-CN': '仅此观众：UID 或名字的一部分',
          ja: 'この視聴者のみ：UIDまたは名前の一部',
        },
        max_length: 100,
      },
      periodOption,
    ],
  },
  ephemeral: true,
  async run(interaction, context) {
    const { input, format } = context;
    const room = await input.room(interaction);
    const chosen = await input.period(interaction, room);
    const q = interaction.options.getString('text', true);
    const user = interaction.options.getString('user')?.trim() || null;
    const range = chosen.period === 'all' ? undefined : chosen.range;
    const { rows, isAll } = await findRows(room, { q, user, range }, context);
    const lines = rows.map((row) => describeRow(row, format));
    return {
      embeds: [
        format.embed({
          title: `Danmaku with “${format.text(q, 60)}”`,
          description: `${format.roomLink(room)}, ${chosen.label}\n\n${rows.length === 0 ? describeNothing(user, isAll, format) : joinWithin(lines)}`,
          ...(isAll || rows.length === 0 ? {} : { footer: 'The newest ones; there are more.' }),
        }),
      ],
    };
  },
} satisfies Command;

interface Wanted {
  readonly q: string;
  readonly user: string | null;
  readonly range: Range | undefined;
}

async function findRows(room: RoomRow, { q, user, range }: Wanted, { queries }: CommandContext) {
  const uid = user !== null && /^\d{1,16}$/u.test(user) ? Number(user) : undefined;
  const isByName = user !== null && uid === undefined;
  const limit = isByName ? SCANNED_MAX : SHOWN_MAX;
  const { items, next } = await queries.danmaku(room.room, { limit, q, uid, range });
  const shown = items.filter((row) => !row.recalled);
  const fitting = isByName ? shown.filter((row) => fold(row.name).includes(fold(user))) : shown;
  return { rows: fitting.slice(0, SHOWN_MAX), isAll: next === null && fitting.length <= SHOWN_MAX };
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase();

function describeRow(row: DanmakuRow, format: CommandContext['format']): string {
  return `${format.time(row.atMs, 'f')} **${format.text(row.name, 30) || 'an invisible name'}** ${format.text(row.text, 120)}`;
}

function describeNothing(user: string | null, isAll: boolean, format: CommandContext['format']): string {
  if (user === null) return 'No danmaku has that text in this time. A longer `period` may show more.';
  const scanned = isAll ? '' : ` among the newest ${SCANNED_MAX} with that text; their uid finds older ones`;
  return `Nothing of ${format.text(user, 40)} was found${scanned}.`;
}

function joinWithin(lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 1 > DESCRIPTION_CHARS_MAX) break;
    text += `${line}\n`;
  }
  return text.trimEnd();
}
