/** Reads commands/: one slash command a file, file name = command name. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIApplicationCommandOption } from 'discord.js';
import { describeError, StartError } from '#src/lib/errors.ts';
import type { Command } from '#src/sdk.ts';

/** Discord's limits: commands an application, characters a command (names, descriptions and values together). */
const COMMANDS_MAX = 100;
const COMMAND_CHARS_MAX = 8000;
const NAME = /^[-_\p{Ll}\p{Lo}\p{N}]{1,32}$/u;

/** Loads every command of a folder, by name. Throws StartError naming the file that is not one. */
export async function readCommandFolder(folder: string): Promise<ReadonlyMap<string, Command>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  if (files.length > COMMANDS_MAX)
    throw new StartError(`${folder}: ${files.length} commands, Discord allows ${COMMANDS_MAX}`);
  const commands = new Map<string, Command>();
  for (const file of files) {
    const path = join(folder, file);
    const command = readCommand(await importDefault(path), path);
    commands.set(command.data.name, command);
  }
  return commands;
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const loaded: { default?: unknown } = await import(pathToFileURL(path).href);
    return loaded.default;
  } catch (error) {
    throw new StartError(`${path}: cannot be loaded: ${describeError(error)}`, { cause: error });
  }
}

/** A module's default export as a command. Throws StartError naming the file and what is wrong with it. */
function readCommand(exported: unknown, path: string): Command {
  const fault = findFault(exported, basename(path, '.ts'));
  if (fault !== null) throw new StartError(`${path}: ${fault}`);
  return exported as Command;
}

function findFault(exported: unknown, fileName: string): string | null {
  if (typeof exported !== 'object' || exported === null) return 'has no default export that is a command';
  const { data, run } = exported as Partial<Command>;
  if (typeof data !== 'object' || data === null) return '`data` is missing';
  if (typeof run !== 'function') return '`run` is missing';
  if (data.name !== fileName) return `\`data.name\` is ${JSON.stringify(data.name)}, not the file's name`;
  return findDataFault(data);
}

type Described = Pick<APIApplicationCommandOption, 'name' | 'description'> & {
  readonly options?: readonly APIApplicationCommandOption[] | undefined;
};

function findDataFault(data: Described): string | null {
  if (!NAME.test(data.name))
    return `the name ${JSON.stringify(data.name)} is not 1–32 lower-case letters, digits, - or _`;
  const length = data.description?.length ?? 0;
  if (length < 1 || length > 100)
    return `the description of ${data.name} has ${length} characters, not 1–100`;
  const chars = countChars(data);
  if (chars > COMMAND_CHARS_MAX)
    return `${data.name} has ${chars} characters, Discord allows ${COMMAND_CHARS_MAX}`;
  const options = data.options ?? [];
  if (options.length > 25) return `${data.name} has ${options.length} options, Discord allows 25`;
  const optional = options.findIndex((option) => option.required !== true);
  if (optional >= 0 && options.some((option, at) => at > optional && option.required === true))
    return `${data.name} has a required option after one that is not`;
  for (const option of options) {
    const fault = findDataFault(option as Described);
    if (fault !== null) return fault;
  }
  return null;
}

function countChars(part: Described): number {
  const choices = 'choices' in part && Array.isArray(part.choices) ? part.choices : [];
  const own = part.name.length + part.description.length;
  const ofChoices = choices.reduce(
    (sum: number, choice: { name: string; value: unknown }) =>
      sum + choice.name.length + String(choice.value).length,
    0,
  );
  return (part.options ?? []).reduce((sum, option) => sum + countChars(option as Described), own + ofChoices);
}
