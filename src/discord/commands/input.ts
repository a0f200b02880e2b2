/** Reads the options that many commands share (contract §3). */
import type { ChatInputCommandInteraction } from 'discord.js';
import { readChannel } from '#src/discord/commands/channel.ts';
import { findMeant } from '#src/discord/commands/room-search.ts';
import { UserError } from '#src/lib/errors.ts';
import { findRoomNumber } from '#src/lib/room-text.ts';
import {
  type ChosenPeriod,
  type CommandInput,
  type Format,
  PERIODS,
  type Period,
  type Queries,
  type RoomRow,
} from '#src/sdk.ts';

const HOUR_MS = 3_600_000;
const SPANS: Readonly<Record<Exclude<Period, 'stream' | 'all'>, { ms: number; label: string }>> = {
  '1h': { ms: HOUR_MS, label: 'last hour' },
  '24h': { ms: 24 * HOUR_MS, label: 'last 24 hours' },
  '7d': { ms: 7 * 24 * HOUR_MS, label: 'last 7 days' },
  '30d': { ms: 30 * 24 * HOUR_MS, label: 'last 30 days' },
};

export interface InputParts {
  readonly queries: Pick<Queries, 'lastSession'>;
  /** Rooms that the caller may ask about. */
  readonly rooms: readonly RoomRow[];
  readonly format: Format;
  readonly now: () => number;
}

export function createInput(parts: InputParts): CommandInput {
  const findRoom = (interaction: ChatInputCommandInteraction) => {
    const found = findMeant(parts.rooms, interaction.options.getString('room', true));
    if (found.length > 1) throw new UserError(describeSeveral(found, parts.format));
    return found[0] ?? null;
  };
  return {
    findRoom,
    room: async (interaction) => {
      const room = findRoom(interaction);
      if (room === null)
        throw new UserError(describeUnwatched(interaction.options.getString('room', true), parts));
      return room;
    },
    channel: readChannel,
    period: async (interaction, room) => {
      const typed = interaction.options.getString('period') ?? 'stream';
      const period = PERIODS.find((known) => known === typed);
      if (period === undefined) throw new UserError(`period is one of: ${PERIODS.join(', ')}.`);
      return period === 'stream' ? broadcastOf(room, parts) : spanOf(period, room, parts);
    },
  };
}

function describeUnwatched(text: string, { rooms, format }: InputParts): string {
  const number = findRoomNumber(text);
  const typed = format.text(text, 80);
  const how = `Somebody with Manage Server can change that: \`/watch room:${number ?? 'ROOM ID OR LINK'}\`.`;
  const known =
    rooms.length === 0
      ? 'No room is watched here yet.'
      : 'The list of `room` shows what is watched, and so does `/rooms`.';
  return `**${typed}** is not watched here. ${how} ${known}`;
}

const NAMED_MAX = 10;

function describeSeveral(found: readonly RoomRow[], format: Format): string {
  const named = found
    .slice(0, NAMED_MAX)
    .map((room) => `${format.text(room.name, 40)} (\`${room.room}\`)`)
    .join(', ');
  const more = found.length > NAMED_MAX ? `, and ${found.length - NAMED_MAX} more` : '';
  return `Several watched rooms fit: ${named}${more}. Choose one from the list, or give its room id.`;
}

async function broadcastOf(room: RoomRow, { queries, format, now }: InputParts): Promise<ChosenPeriod> {
  const session = await queries.lastSession(room.room);
  if (session === null)
    throw new UserError(
      `No broadcast of **${format.text(room.name, 80)}** has been seen yet. Choose another \`period\`, such as "last 24 hours".`,
    );
  const { startedMs, endedMs } = session;
  const label =
    endedMs === null
      ? `current broadcast, since ${format.time(startedMs, 'f')}`
      : `last broadcast, ${format.time(startedMs, 'f')} to ${format.time(endedMs, 't')}`;
  return { period: 'stream', range: { fromMs: startedMs, toMs: endedMs ?? now() }, label, session };
}

function spanOf(period: Exclude<Period, 'stream'>, room: RoomRow, { format, now }: InputParts): ChosenPeriod {
  const toMs = now();
  if (period === 'all') {
    const fromMs = Math.min(room.firstSeenMs, toMs - 1);
    const label = `everything since ${format.time(room.firstSeenMs, 'd')}`;
    return { period, range: { fromMs, toMs }, label, session: null };
  }
  const { ms, label } = SPANS[period];
  return { period, range: { fromMs: toMs - ms, toMs }, label, session: null };
}
