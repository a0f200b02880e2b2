import type { Command, CommandContext, RoomRow, WatchRow } from '#src/sdk.ts';

/** An embed's description holds 4096 characters. */
const DESCRIPTION_CHARS_MAX = 4000;

export default {
  data: {
    name: 'rooms',
    name_localizations: { 'zh-CN': '直播间', ja: 'ルーム一覧' },
    description: 'The live rooms that are watched here: live or not, audience, connection',
    description_localizations: {
      'zh-CN': '这里关注的直播间：是否开播、观众、连接状态',
      ja: 'ここでウォッチ中のルーム：配信状況、視聴者数、接続状態',
    },
    contexts: [0],
  },
  async run(interaction, context) {
    const { rooms, format, isOperator } = context;
    const watched = [...rooms.inGuild(interaction.guildId, isOperator)].sort(byLiveThenName);
    if (watched.length === 0)
      return {
        embeds: [
          format.embed({
            title: 'No room is watched here yet',
            description:
              'Somebody with Manage Server can start with `/watch room:` and a room id or a live.bilibili.com link.',
          }),
        ],
      };
    const paused = (await context.archive.watches()).filter(
      (watch) => watch.guildId === interaction.guildId && watch.paused !== null,
    );
    const lines = await Promise.all(
      watched.map(
        async (room) => (await describeRoom(room, context)) + describePaused(room, paused, context),
      ),
    );
    const live = watched.filter((room) => room.liveStatus === 'live').length;
    return {
      embeds: [
        format.embed({
          title: `${watched.length === 1 ? '1 room' : `${format.number(watched.length)} rooms`}, ${live} live`,
          description: joinWithin(lines, DESCRIPTION_CHARS_MAX),
          tone: live > 0 ? 'live' : 'plain',
        }),
      ],
    };
  },
} satisfies Command;

function byLiveThenName(a: RoomRow, b: RoomRow): number {
  const live = Number(b.liveStatus === 'live') - Number(a.liveStatus === 'live');
  return live || a.name.localeCompare(b.name);
}

async function describeRoom(row: RoomRow, { queries, rooms, format }: CommandContext): Promise<string> {
  const snapshot = row.liveStatus === 'live' ? await queries.snapshot(row.room) : null;
  const status = rooms.status(row.room);
  const facts = [describeState(row, format)];
  if (snapshot !== null) {
    if (snapshot.watched !== null) facts.push(`${format.number(snapshot.watched)} watched`);
    if (snapshot.online !== null) facts.push(`${format.number(snapshot.online)} online`);
    facts.push(`${format.number(snapshot.danmakuPerMinute)} danmaku/min`);
  }
  facts.push(describeConnection(status?.connection, status?.reason, format));
  const title = row.liveStatus === 'live' && row.title !== '' ? `\n${format.text(row.title, 60)}` : '';
  return `**${format.roomLink({ room: row.room, name: row.name.slice(0, 60) })}** (\`${row.room}\`)${title}\n${facts.join(' · ')}`;
}

const PAUSED_SHOWN = 3;

/** A channel that was lost is told here: there it cannot be. */
function describePaused(row: RoomRow, paused: readonly WatchRow[], { format }: CommandContext): string {
  const own = paused.filter(({ room }) => room === row.room);
  const shown = own
    .slice(0, PAUSED_SHOWN)
    .map(
      ({ channelId, paused: reason }) =>
        `\n⚠️ Nothing is posted in <#${channelId}>: ${format.text(reason ?? '', 100)}. Mend that, then \`/watch\` takes it up again.`,
    );
  const more = own.length > PAUSED_SHOWN ? `\n⚠️ and ${own.length - PAUSED_SHOWN} more channels` : '';
  return shown.join('') + more;
}

function describeState(row: RoomRow, format: CommandContext['format']): string {
  if (row.liveStatus !== 'live') return row.liveStatus;
  return row.liveSinceMs === null ? '**live**' : `**live** since ${format.time(row.liveSinceMs, 'R')}`;
}

function describeConnection(
  connection: string | undefined,
  reason: string | null | undefined,
  format: CommandContext['format'],
): string {
  if (connection === undefined) return 'not connected';
  return reason ? `${connection}: ${format.text(reason, 100)}` : connection;
}

function joinWithin(lines: readonly string[], charsMax: number): string {
  let text = '';
  for (const [index, line] of lines.entries()) {
    const next = text === '' ? line : `${text}\n\n${line}`;
    if (next.length > charsMax) return `${text}\n\nand ${lines.length - index} more`;
    text = next;
  }
  return text;
}
