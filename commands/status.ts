import type { Command, CommandContext } from '#src/sdk.ts';

const TROUBLED_MAX = 8;
const UNKNOWN_MAX = 8;
const ERRORS_MAX = 3;
/** A field's value holds 1024 characters. */
const FIELD_CHARS_MAX = 1000;

type Health = Awaited<ReturnType<CommandContext['health']>>;
type Format = CommandContext['format'];

export default {
  data: {
    name: 'status',
    name_localizations: { 'zh-CN': '状态', ja: '状態' },
    description: 'How the bot is: connections, rates, delays, errors',
    description_localizations: {
      'zh-CN': '机器人状态：连接、速率、延迟、错误',
      ja: 'ボットの状態：接続、速度、遅延、エラー',
    },
    contexts: [0],
  },
  ephemeral: true,
  async run(interaction, context) {
    const { format, isOperator } = context;
    const health = await context.health();
    const own = context.rooms.inGuild(interaction.guildId, isOperator);
    const isWell = health.notReady.length === 0 && health.rooms.failed === 0 && health.outbox.failed === 0;
    const fields = [
      { name: 'Rooms', value: describeRooms(health, format), inline: true },
      { name: 'Messages', value: describeOutbox(health, format), inline: true },
      { name: 'Events', value: describeEvents(health, format), inline: true },
      { name: 'Process', value: describeProcess(health, format), inline: true },
      ...describeTroubled(own, context),
      ...describeUnknown(health, format),
      ...(isOperator ? describeErrors(health, format) : []),
    ];
    return {
      embeds: [
        format.embed({
          title: 'Livelark',
          description: describeSummary(health, isWell, format),
          fields,
          tone: isWell ? 'plain' : 'warning',
          footer: `Version ${health.version}`,
        }),
      ],
    };
  },
} satisfies Command;

function describeSummary(health: Health, isWell: boolean, format: Format): string {
  const lines = [
    isWell ? 'All parts work.' : 'Not all is well.',
    `Running since ${format.time(health.startedMs, 'R')}.`,
  ];
  if (health.notReady.length > 0) lines.push(`Not ready: ${format.text(health.notReady.join(', '), 200)}.`);
  if (health.bilibili !== null) lines.push(`Bilibili: ${format.text(health.bilibili, 200)}`);
  return lines.join('\n');
}

function describeRooms({ rooms }: Health, format: Format): string {
  const states = ['connected', 'connecting', 'waiting', 'failed'] as const;
  return states
    .filter((state) => state === 'connected' || rooms[state] > 0)
    .map((state) => `${format.number(rooms[state])} ${state}`)
    .join('\n');
}

function describeOutbox({ outbox, deliveryP99Ms, discord }: Health, format: Format): string {
  const lines = [`${format.number(outbox.open)} waiting`];
  if (outbox.oldestMs !== null) lines.push(`oldest ${format.duration(outbox.oldestMs)}`);
  if (outbox.failed > 0) lines.push(`${format.number(outbox.failed)} failed`);
  if (deliveryP99Ms !== null) lines.push(`delivery p99 ${format.number(Math.round(deliveryP99Ms))} ms`);
  lines.push(`Discord ${discord}`);
  return lines.join('\n');
}

function describeEvents({ eventsTotal, eventsPerSecond, journal }: Health, format: Format): string {
  const lines = [
    `${format.number(Math.round(eventsPerSecond * 10) / 10)} a second`,
    `${format.number(eventsTotal)} since the start`,
    `${format.number(journal.events)} in the journal`,
  ];
  if (journal.dropped > 0) lines.push(`**${format.number(journal.dropped)} dropped**`);
  return lines.join('\n');
}

function describeProcess(health: Health, format: Format): string {
  return [
    `loop delay p99 ${format.number(Math.round(health.loopDelayP99Ms * 10) / 10)} ms`,
    `memory ${format.number(Math.round(health.rssBytes / 2 ** 20))} MiB`,
    `store ${format.number(Math.round((health.storeBytes / 2 ** 20) * 10) / 10)} MiB`,
  ].join('\n');
}

/** The rooms of this guild that are not connected, and why. Other guilds' rooms are nobody's business. */
function describeTroubled(own: ReturnType<CommandContext['rooms']['inGuild']>, context: CommandContext) {
  const { rooms, format } = context;
  const troubled = own.flatMap((room) => {
    const status = rooms.status(room.room);
    if (status === null || status.connection === 'connected') return [];
    const reason = status.reason === null ? '' : `: ${format.text(status.reason, 80)}`;
    return [`${format.text(room.name, 40)} (\`${room.room}\`) ${status.connection}${reason}`];
  });
  return fieldOf('Not connected', troubled, TROUBLED_MAX);
}

function describeUnknown({ unknownCommands }: Health, format: Format) {
  const entries = Object.entries(unknownCommands).sort(([, a], [, b]) => b - a);
  const lines = entries.map(([name, times]) => `${format.text(name, 60)} × ${format.number(times)}`);
  return fieldOf('Messages of Bilibili that nobody reads', lines, UNKNOWN_MAX);
}

/** For operators only: an error may name another guild's room. */
function describeErrors({ lastErrors }: Health, format: Format) {
  const newest = [...lastErrors].sort((a, b) => b.atMs - a.atMs);
  const lines = newest.map((error) => `${format.time(error.atMs, 'R')} ${format.text(error.message, 200)}`);
  return fieldOf('Last errors', lines, ERRORS_MAX);
}

function fieldOf(name: string, lines: readonly string[], linesMax: number) {
  if (lines.length === 0) return [];
  const shown: string[] = [];
  let chars = 0;
  for (const line of lines.slice(0, linesMax)) {
    chars += line.length + 1;
    if (chars > FIELD_CHARS_MAX - 20) break;
    shown.push(line);
  }
  if (shown.length < lines.length) shown.push(`and ${lines.length - shown.length} more`);
  return [{ name, value: shown.join('\n') }];
}
