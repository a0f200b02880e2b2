/** One wrapper round every command: defer, run, answer, and what people see when that fails. */
import { randomBytes } from 'node:crypto';
import {
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  DiscordAPIError,
  MessageFlags,
} from 'discord.js';
import { findMissingPermission } from '#src/discord/commands/access.ts';
import { findMeant, nameChoice, searchRooms } from '#src/discord/commands/room-search.ts';
import type { Slots } from '#src/discord/commands/slots.ts';
import { ApiError, describeError, UserError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Command, CommandContext, RoomRow } from '#src/sdk.ts';

type Caller = ChatInputCommandInteraction<'cached' | 'raw'> | AutocompleteInteraction<'cached' | 'raw'>;

export interface Desk {
  readonly commands: ReadonlyMap<string, Command>;
  /** Rooms that the caller may ask about; from memory. */
  roomsFor(caller: Caller): readonly RoomRow[];
  contextFor(caller: Caller): Promise<CommandContext>;
  /** True when the caller sees money that others of the server may not; in time for a defer. */
  seesHiddenMoney(caller: Caller): Promise<boolean>;
  readonly slots: Slots;
  readonly log: Log;
  /** Told of every bug, besides the log. */
  readonly onFault: (message: string) => void;
}

const CHOICES_MAX = 25;
const CONTENT_CHARS_MAX = 2000;
/** The token of an interaction lives 15 min; nobody waits that long. */
const RUN_MS_MAX = 60_000;

/** Runs a slash command and answers it. Never throws. */
export async function runCommand(interaction: ChatInputCommandInteraction, desk: Desk): Promise<void> {
  try {
    if (!interaction.inGuild()) {
      await sayAtOnce(interaction, 'Livelark answers in servers only.');
      return;
    }
    const command = desk.commands.get(interaction.commandName);
    if (command === undefined) {
      await sayAtOnce(interaction, 'This command is gone. The list renews itself within an hour.');
      return;
    }
    const release = desk.slots.take(interaction.user.id);
    if (release === null) {
      await sayAtOnce(interaction, 'Too many commands at once. Wait for an answer, then ask again.');
      return;
    }
    using _slot = { [Symbol.dispose]: release };
    await answerCommand(command, interaction, desk);
  } catch (error) {
    logAnswerFault(error, interaction.commandName, desk.log);
  }
}

async function sayAtOnce(interaction: ChatInputCommandInteraction, content: string): Promise<void> {
  await interaction.reply({ content, flags: MessageFlags.Ephemeral });
}

async function answerCommand(
  command: Command,
  interaction: ChatInputCommandInteraction<'cached' | 'raw'>,
  desk: Desk,
): Promise<void> {
  const missing = findMissingPermission(command.data, interaction);
  const isEphemeral =
    command.ephemeral === true ||
    missing !== null ||
    !namesOneRoom(command, interaction, desk) ||
    (command.showsMoney === true && (await desk.seesHiddenMoney(interaction)));
  await interaction.deferReply(isEphemeral ? { flags: MessageFlags.Ephemeral } : {});
  try {
    if (missing !== null) throw new UserError(`/${command.data.name} needs the permission ${missing}.`);
    const answer = await withinTime(command.run(interaction, await desk.contextFor(interaction)));
    await interaction.editReply({ allowedMentions: { parse: [] }, ...answer });
  } catch (error) {
    if (isEveryday(error)) throw error;
    const content = describeFault(error, interaction, desk).slice(0, CONTENT_CHARS_MAX);
    await sayFault(interaction, content, isEphemeral);
  }
}

/** False for a room that will be refused: known before the defer, so that the answer need not be public. */
function namesOneRoom(
  { data }: Command,
  interaction: ChatInputCommandInteraction<'cached' | 'raw'>,
  desk: Desk,
): boolean {
  if (!data.options?.some((option) => option.name === 'room')) return true;
  return findMeant(desk.roomsFor(interaction), interaction.options.getString('room') ?? '').length === 1;
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => limit.reject(new Error(`no answer within ${RUN_MS_MAX} ms`)),
    RUN_MS_MAX,
  ).unref();
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the caller reads about a fault. Everything but a UserError is logged, once. */
function describeFault(error: unknown, interaction: ChatInputCommandInteraction, desk: Desk): string {
  if (error instanceof UserError) return error.message;
  const code = randomBytes(3).toString('hex').toUpperCase();
  const facts = { code, command: interaction.commandName, guildId: interaction.guildId, err: error };
  if (error instanceof ApiError) {
    desk.log.warn(facts, 'a command got no answer from Bilibili or Discord');
    return `The other side did not answer as it should (${error.code}). Try again in a few minutes. Code \`${code}\``;
  }
  desk.log.error(facts, 'a command failed');
  desk.onFault(`/${interaction.commandName}: ${describeError(error)} (${code})`);
  return `Something went wrong on our side; it is in the log. Code \`${code}\``;
}

/** Faults are for the caller only. A public defer cannot be made ephemeral, so it goes and a follow-up comes. */
async function sayFault(
  interaction: ChatInputCommandInteraction,
  content: string,
  isEphemeral: boolean,
): Promise<void> {
  const said = { content, embeds: [], files: [], allowedMentions: { parse: [] } };
  if (isEphemeral || !(await isDeleted(interaction))) await interaction.editReply(said);
  else await interaction.followUp({ ...said, flags: MessageFlags.Ephemeral });
}

/** False when the deferred answer stays: then it has to say the fault, or the caller waits for ever. */
async function isDeleted(interaction: ChatInputCommandInteraction): Promise<boolean> {
  return interaction.deleteReply().then(
    () => true,
    () => false,
  );
}

/** Unknown interaction (too late), already acknowledged, unknown message (dismissed): everyday. */
const EVERYDAY_CODES: ReadonlySet<number | string> = new Set([10062, 40060, 10008]);

const isEveryday = (error: unknown) => error instanceof DiscordAPIError && EVERYDAY_CODES.has(error.code);

function logAnswerFault(err: unknown, command: string, log: Log): void {
  if (isEveryday(err)) log.debug({ command, err }, 'an interaction was gone before its answer');
  else log.error({ command, err }, 'an answer could not be sent to Discord');
}

/** Completes an option: rooms for the shared `room`, else what the command offers. Never throws. */
export async function completeOption(interaction: AutocompleteInteraction, desk: Desk): Promise<void> {
  try {
    if (!interaction.inGuild()) return await interaction.respond([]);
    const focused = interaction.options.getFocused(true);
    if (focused.name === 'room') {
      const found = searchRooms(desk.roomsFor(interaction), focused.value).slice(0, CHOICES_MAX);
      const choices = found.map((room) => ({ name: nameChoice(room), value: String(room.room) }));
      return await interaction.respond(choices);
    }
    const complete = desk.commands.get(interaction.commandName)?.complete;
    const choices = complete ? await complete(interaction, await desk.contextFor(interaction)) : [];
    await interaction.respond(choices.slice(0, CHOICES_MAX));
  } catch (error) {
    logAnswerFault(error, interaction.commandName, desk.log);
  }
}
