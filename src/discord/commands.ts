/** The slash commands: loaded from their folder, registered with Discord, run when people use them. */
import type { AutocompleteInteraction, ChatInputCommandInteraction, Client, Interaction } from 'discord.js';
import { seesMoney } from '#src/discord/commands/access.ts';
import { completeOption, type Desk, runCommand } from '#src/discord/commands/dispatch.ts';
import { readCommandFolder } from '#src/discord/commands/folder.ts';
import { createInput } from '#src/discord/commands/input.ts';
import { register } from '#src/discord/commands/registration.ts';
import { createSlots } from '#src/discord/commands/slots.ts';
import type { Log } from '#src/lib/log.ts';
import type { CommandContext, CommandEntry, Format, Language } from '#src/sdk.ts';

export interface CommandsOptions
  extends Pick<
    CommandContext,
    'queries' | 'archive' | 'rooms' | 'charts' | 'health' | 'planReports' | 'now'
  > {
  readonly client: Client;
  /** Absolute path of commands/. */
  readonly folder: string;
  /** Register in this guild only; null: globally. */
  readonly guildId: string | null;
  /** Empty: the application's owner or team, asked from Discord by `register`. */
  readonly operatorIds: readonly string[];
  readonly format: (language: Language) => Format;
  readonly log: Log;
  /** Told of every bug in a command, for the list of last errors. */
  readonly onFault?: ((message: string) => void) | undefined;
}

export interface Commands {
  /** Tells Discord the commands when they changed; once the client is ready. Throws DiscordAPIError. */
  register(): Promise<void>;
  /** Takes no further interaction; resolves when those under way are answered, after `waitMs` at the latest. */
  close(waitMs?: number): Promise<void>;
}

type Caller = ChatInputCommandInteraction<'cached' | 'raw'> | AutocompleteInteraction<'cached' | 'raw'>;

const CLOSE_WAIT_MS = 3_000;
/** Discord takes a first answer for 3 s. */
const SETTINGS_WAIT_MS = 1_000;

/** Loads the commands and answers the client's interactions. Throws StartError naming a file that is no command. */
export async function openCommands(options: CommandsOptions): Promise<Commands> {
  const { client, log } = options;
  const commands = await readCommandFolder(options.folder);
  const operators = new Set(options.operatorIds);
  let ids: ReadonlyMap<string, string> = new Map();
  const list = (): CommandEntry[] =>
    [...commands.values()].map(({ data }) => ({ data, mention: mentionOf(data.name, ids) }));
  const roomsFor = (caller: Caller) => options.rooms.inGuild(caller.guildId, operators.has(caller.user.id));
  const desk: Desk = {
    commands,
    roomsFor,
    contextFor: (caller) =>
      contextOf(caller, options, { isOperator: operators.has(caller.user.id), commands: list() }),
    seesHiddenMoney: (caller) => seesHiddenMoney(caller, options),
    slots: createSlots(),
    log,
    onFault: options.onFault ?? (() => {}),
  };
  const running = new Set<Promise<void>>();
  const listen = (interaction: Interaction) => {
    const work = handle(interaction, desk).finally(() => running.delete(work));
    running.add(work);
  };
  client.on('interactionCreate', listen);
  return {
    async register() {
      const { application } = client;
      if (application === null) throw new Error('commands are registered when the client is ready');
      if (operators.size === 0) for (const id of await findOwners(client, log)) operators.add(id);
      const data = [...commands.values()].map((command) => command.data);
      const { rest } = client;
      ids = await register({
        rest,
        applicationId: application.id,
        guildId: options.guildId,
        commands: data,
        log,
      });
    },
    async close(waitMs = CLOSE_WAIT_MS) {
      client.off('interactionCreate', listen);
      await settled(running, waitMs);
    },
  };
}

function mentionOf(name: string, ids: ReadonlyMap<string, string>): string {
  const id = ids.get(name);
  return id === undefined ? `\`/${name}\`` : `</${name}:${id}>`;
}

async function handle(interaction: Interaction, desk: Desk): Promise<void> {
  if (interaction.isChatInputCommand()) await runCommand(interaction, desk);
  else if (interaction.isAutocomplete()) await completeOption(interaction, desk);
}

async function contextOf(
  caller: Caller,
  options: CommandsOptions,
  known: Pick<CommandContext, 'isOperator' | 'commands'>,
): Promise<CommandContext> {
  const { queries, archive, rooms, charts, health, planReports, now, log } = options;
  const guild = await archive.guildSettings(caller.guildId);
  const language = readLanguage(caller.locale) ?? guild.language;
  const format = options.format(language);
  const input = createInput({
    queries,
    rooms: rooms.inGuild(caller.guildId, known.isOperator),
    format,
    now,
  });
  return {
    ...{ queries, archive, rooms, charts, health, planReports, now, guild, language, format, input },
    ...known,
    seesMoney: seesMoney(guild, caller),
    log: log.child({ command: caller.commandName }),
  };
}

/** A store that does not say so at once must cost neither the defer nor anybody's secret. */
async function seesHiddenMoney(
  caller: Caller,
  { archive, log }: Pick<CommandsOptions, 'archive' | 'log'>,
): Promise<boolean> {
  const late = Promise.withResolvers<true>();
  const timer = setTimeout(late.resolve, SETTINGS_WAIT_MS, true);
  const asked = archive.guildSettings(caller.guildId).then(
    (guild) => guild.moneyFor !== 'everyone' && seesMoney(guild, caller),
    (err: unknown) => {
      log.warn({ err }, 'the settings of a server could not be read: its answer is for the caller alone');
      return true;
    },
  );
  return Promise.race([asked, late.promise]).finally(() => clearTimeout(timer));
}

/** The language of a Discord locale where we speak it. */
function readLanguage(locale: string): Language | null {
  if (locale.startsWith('en')) return 'en';
  if (locale === 'zh-CN' || locale === 'zh-TW') return 'zh-CN';
  return locale === 'ja' ? 'ja' : null;
}

/** Without the owners nobody is an operator, but everything else works. */
async function findOwners(client: Client, log: Log): Promise<string[]> {
  try {
    const owner = (await client.application?.fetch())?.owner ?? null;
    if (owner === null) return [];
    return 'members' in owner ? [...owner.members.keys()] : [owner.id];
  } catch (err) {
    log.warn({ err }, 'Discord did not say who owns the application: OPERATOR_IDS names the operators');
    return [];
  }
}

async function settled(running: ReadonlySet<Promise<void>>, waitMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, waitMs);
  await Promise.race([Promise.allSettled(running), limit.promise]);
  clearTimeout(timer);
}
