/** Tells Discord which commands there are, only when they changed: it allows 200 creations a day. */
import { isDeepStrictEqual } from 'node:util';
import { type APIApplicationCommand, DiscordAPIError, HTTPError, type REST, Routes } from 'discord.js';
import { backoffMs, sleep } from '#src/lib/backoff.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Command } from '#src/sdk.ts';

export interface Registration {
  readonly rest: REST;
  readonly applicationId: string;
  /** Registers in this guild only (instant); null: globally. The other scope is left alone. */
  readonly guildId: string | null;
  readonly commands: readonly Command['data'][];
  readonly log: Log;
}

/** Between tries: a Discord that is away for a minute must not leave people without commands until a restart. */
const RETRY = { baseMs: 5_000, maxMs: 600_000 };

/** Calls `register` until it does not throw, or the signal aborts. Never rejects. */
export async function registerUntilDone(
  register: () => Promise<void>,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      await register();
      return;
    } catch (error) {
      if (signal.aborted) return;
      const waitMs = backoffMs(attempt, RETRY);
      log.error({ waitMs }, `the commands could not be registered: ${describeError(error)}`);
      await sleep(waitMs, signal);
    }
  }
}

/** Makes Discord's list ours; the answer is the id of each command by name. Throws DiscordAPIError. */
export async function register(registration: Registration): Promise<ReadonlyMap<string, string>> {
  const { rest, applicationId, guildId, commands, log } = registration;
  const route =
    guildId === null
      ? Routes.applicationCommands(applicationId)
      : Routes.applicationGuildCommands(applicationId, guildId);
  let registered = await readRegistered(rest, route, log);
  const isChanged = !isSameList(commands, registered, guildId !== null);
  if (isChanged) registered = (await rest.put(route, { body: commands })) as APIApplicationCommand[];
  log.info({ commands: commands.length, guildId, changed: isChanged }, 'commands registered');
  return new Map(registered.map((command) => [command.name, command.id]));
}

/** A server that does not tell the list still takes one. */
async function readRegistered(
  rest: REST,
  route: `/${string}`,
  log: Log,
): Promise<readonly APIApplicationCommand[]> {
  const query = new URLSearchParams({ with_localizations: 'true' });
  try {
    return (await rest.get(route, { query })) as APIApplicationCommand[];
  } catch (error) {
    const status = error instanceof DiscordAPIError || error instanceof HTTPError ? error.status : 0;
    if (status !== 404 && status !== 405) throw error;
    log.warn(`Discord does not tell which commands it has (HTTP ${status}): registering them all`);
    return [];
  }
}

function isSameList(
  ours: readonly Command['data'][],
  theirs: readonly APIApplicationCommand[],
  inGuild: boolean,
): boolean {
  if (ours.length !== theirs.length) return false;
  const byName = new Map(theirs.map((command) => [command.name, command]));
  return ours.every((command) => {
    const other = byName.get(command.name);
    return other !== undefined && isDeepStrictEqual(canonical(command, inGuild), canonical(other, inGuild));
  });
}

/** The parts that we decide. Discord keeps `contexts` of global commands only. */
const DECIDED = [
  'name',
  'name_localizations',
  'description',
  'description_localizations',
  'options',
  'default_member_permissions',
  'nsfw',
] as const;

function canonical(command: object, inGuild: boolean): unknown {
  const keys: readonly string[] = inGuild ? DECIDED : [...DECIDED, 'contexts'];
  return strip(Object.fromEntries(Object.entries(command).filter(([key]) => keys.includes(key))));
}

/** Without what means the same as nothing: null, false, empty lists and objects (Discord fills some in, leaves some out). */
function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, strip(inner)] as const)
    .filter(([, inner]) => !isNothing(inner));
  return Object.fromEntries(kept);
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
