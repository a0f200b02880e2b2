import { type Command, type CommandContext, roomOption, type SessionRow } from '#src/sdk.ts';

const SESSIONS_MAX = 10;

export default {
  data: {
    name: 'history',
    name_localizations: { 'zh-CN': '历史', ja: '配信履歴' },
    description: 'The last broadcasts of a room',
    description_localizations: { 'zh-CN': '直播间最近的直播场次', ja: 'ルームの最近の配信' },
    contexts: [0],
    options: [roomOption],
  },
  showsMoney: true,
  async run(interaction, context) {
    const { input, queries, format } = context;
    const room = await input.room(interaction);
    const { items, next } = await queries.sessions(room.room, { limit: SESSIONS_MAX });
    const description =
      items.length === 0
        ? `No broadcast of ${format.roomLink(room)} has been seen since ${format.time(room.firstSeenMs, 'f')}.`
        : items.map((session) => describeSession(session, context)).join('\n\n');
    return {
      embeds: [
        format.embed({
          title: `Broadcasts of ${format.text(room.name, 60)}`,
          description,
          ...(next === null ? {} : { footer: `The newest ${SESSIONS_MAX}; there are older ones.` }),
        }),
      ],
    };
  },
} satisfies Command;

function describeSession(session: SessionRow, { format, seesMoney, now }: CommandContext): string {
  const lengthMs = (session.endedMs ?? now()) - session.startedMs;
  const when =
    session.endedMs === null ? `**live** for ${format.duration(lengthMs)}` : format.duration(lengthMs);
  const facts = [
    `${format.number(session.danmaku)} danmaku`,
    `${format.number(session.chatters)} chatters`,
    ...(seesMoney ? [format.money(session.revenueMilli)] : []),
    ...(session.peakOnline === null ? [] : [`${format.number(session.peakOnline)} online at most`]),
    ...(session.gaps.length === 0 ? [] : ['not all of it observed']),
  ];
  const title = format.text(session.title, 80) || 'Untitled';
  return `${format.time(session.startedMs, 'f')}, ${when}\n**${title}**\n${facts.join(' · ')}`;
}
