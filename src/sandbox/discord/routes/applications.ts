/** The application, its commands, the bot's own user, and the servers it is in. */
import { type Answer, type Call, NO_CONTENT, ok, type Route } from '../call.ts';
import { COMMANDS_MAX, readCommandForm, readCommandForms } from '../command-form.ts';
import {
  DiscordFault,
  missingAccess,
  unknownCommand,
  unknownGuild,
  unknownMember,
  unknownUser,
} from '../fault.ts';
import { gatewayUrl } from '../gateway.ts';
import { channelJson, guildJson, memberJson, roleJson } from '../guild-json.ts';
import { usersById } from '../messages.ts';
import { permissionsOf } from '../permissions.ts';
import type { Command, Guild, Json } from '../shapes.ts';
import type { World } from '../world.ts';

const CREATIONS_PER_DAY_MAX = 200;
const SESSION_STARTS = 1000;

function applicationJson(world: World): Json {
  return {
    id: world.applicationId,
    name: world.bot.username,
    ...{ icon: null, description: '', bot_public: true, bot_require_code_grant: false, flags: 0 },
    ...{
      verify_key: '0'.repeat(64),
      hook: true,
      type: null,
      team: null,
      integration_types_config: { 0: {} },
    },
    ...{ flags_new: '0', redirect_uris: [], interactions_endpoint_url: null, eligible_oauth2_scopes: [] },
    ...{ role_connections_verification_url: null, explicit_content_filter: 0 },
    approximate_guild_count: world.guilds.size,
    ...{ approximate_user_install_count: 0, approximate_user_authorization_count: 0 },
    owner: usersById(world, [world.ownerId])[0],
    bot: world.bot,
  };
}

function scopeOf({ world, params }: Call): string {
  if (params.application_id !== world.applicationId)
    throw new DiscordFault(403, 20012, 'You are not authorized to perform this action on this application');
  const { guild_id } = params;
  if (guild_id === undefined) return 'global';
  if (!world.guilds.has(guild_id)) throw missingAccess();
  return guild_id;
}

/** What Discord keeps: ids, and what was left out written in its defaults. */
function keep(world: World, scope: string, form: Json, before: Command | undefined): Command {
  const isGlobal = scope === 'global';
  return {
    application_id: world.applicationId,
    ...(!isGlobal && { guild_id: scope }),
    type: 1,
    nsfw: false,
    default_member_permissions: null,
    name_localizations: null,
    description_localizations: null,
    ...(isGlobal && { contexts: null, dm_permission: true, integration_types: [0] }),
    ...form,
    // Discord keeps these of global commands only.
    ...(!isGlobal && { contexts: null, integration_types: [0] }),
    id: before?.id ?? world.nextId(),
    name: String(form.name),
    version: world.nextId(),
  };
}

function store(call: Call, forms: readonly Json[], isWhole: boolean): Command[] {
  const { world } = call;
  const scope = scopeOf(call);
  const before = world.commands.get(scope) ?? [];
  const made = forms.map((form) =>
    keep(
      world,
      scope,
      form,
      before.find(({ name }) => name === form.name),
    ),
  );
  const added = made.filter(({ name }) => !before.some((known) => known.name === name)).length;
  const created = (world.commandCreations.get(scope) ?? 0) + added;
  if (created > CREATIONS_PER_DAY_MAX)
    throw new DiscordFault(400, 30034, 'Max number of daily application command creates has been reached');
  const others = isWhole ? [] : before.filter(({ name }) => !made.some((command) => command.name === name));
  if (others.length + made.length > COMMANDS_MAX)
    throw new DiscordFault(400, 30032, 'Maximum number of application commands reached (100)');
  world.commandCreations.set(scope, created);
  world.commands.set(scope, [...others, ...made]);
  world.changes.emit('commands');
  return made;
}

function findCommand(call: Call): Command {
  const found = commandsOf(call).find(({ id }) => id === call.params.command_id);
  if (!found) throw unknownCommand();
  return found;
}

const commandsOf = (call: Call) => call.world.commands.get(scopeOf(call)) ?? [];

function replaceOne(call: Call, commands: readonly Command[]): void {
  call.world.commands.set(scopeOf(call), [...commands]);
  call.world.changes.emit('commands');
}

function patchCommand(call: Call): Answer {
  const before = findCommand(call);
  const form = readCommandForm({ ...before, ...(call.body as Json) });
  const after = keep(call.world, scopeOf(call), form, before);
  replaceOne(
    call,
    commandsOf(call).map((known) => (known.id === before.id ? after : known)),
  );
  return ok(after);
}

function deleteCommand(call: Call): Answer {
  const { id } = findCommand(call);
  replaceOne(
    call,
    commandsOf(call).filter((known) => known.id !== id),
  );
  return NO_CONTENT;
}

/** Discord leaves the translations out unless they are asked for. */
function listCommands(call: Call): Answer {
  const commands = commandsOf(call);
  if (call.query.with_localizations === 'true') return ok(commands);
  return ok(
    JSON.parse(
      JSON.stringify(commands, (key, value) => (key.endsWith('_localizations') ? undefined : value)),
    ),
  );
}

const commandRoutes = (path: string): Route[] => [
  { method: 'GET', path, run: listCommands },
  { method: 'PUT', path, run: (call) => ok(store(call, readCommandForms(call.body), true)) },
  {
    method: 'POST',
    path,
    run: (call) => ({ status: 201, body: store(call, [readCommandForm(call.body)], false)[0] }),
  },
  { method: 'GET', path: `${path}/{command_id}`, run: (call) => ok(findCommand(call)) },
  { method: 'PATCH', path: `${path}/{command_id}`, run: patchCommand },
  { method: 'DELETE', path: `${path}/{command_id}`, run: deleteCommand },
];

function findGuild({ world, params }: Call): Guild {
  const guild = world.guilds.get(params.guild_id ?? '');
  if (!guild) throw unknownGuild();
  return guild;
}

function guildMember(call: Call): Answer {
  const id = call.params.user_id === '@me' ? call.world.bot.id : call.params.user_id;
  const member = findGuild(call).members.find(({ user }) => user.id === id);
  if (!member) throw unknownMember();
  return ok(memberJson(member));
}

function user({ world, params }: Call): Answer {
  const found = usersById(world, [params.user_id ?? ''])[0];
  if (!found) throw unknownUser();
  return ok(found);
}

function partialGuildJson(world: World, { id, name, ownerId }: Guild): Json {
  const permissions = String(permissionsOf(world, id, world.bot.id, null));
  return { id, name, icon: null, banner: null, owner: ownerId === world.bot.id, permissions, features: [] };
}

function gatewayBot({ world }: Call): Answer {
  const starts = { total: SESSION_STARTS, remaining: SESSION_STARTS, reset_after: 0, max_concurrency: 1 };
  return ok({ url: gatewayUrl(world), shards: 1, session_start_limit: starts });
}

const OWN_USER = { verified: true, mfa_enabled: true, locale: 'en-US', email: null };
const GUILD = '/guilds/{guild_id}';

export const APPLICATION_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/gateway', needsToken: false, run: ({ world }) => ok({ url: gatewayUrl(world) }) },
  { method: 'GET', path: '/gateway/bot', run: gatewayBot },
  { method: 'GET', path: '/users/@me', run: ({ world }) => ok({ ...world.bot, ...OWN_USER }) },
  {
    method: 'GET',
    path: '/users/@me/guilds',
    run: ({ world }) => ok([...world.guilds.values()].map((guild) => partialGuildJson(world, guild))),
  },
  { method: 'GET', path: '/users/{user_id}', run: user },
  { method: 'GET', path: '/applications/@me', run: ({ world }) => ok(applicationJson(world)) },
  { method: 'GET', path: '/oauth2/applications/@me', run: ({ world }) => ok(applicationJson(world)) },
  ...commandRoutes('/applications/{application_id}/commands'),
  ...commandRoutes('/applications/{application_id}/guilds/{guild_id}/commands'),
  { method: 'GET', path: GUILD, run: (call) => ok(guildJson(findGuild(call))) },
  { method: 'GET', path: `${GUILD}/roles`, run: (call) => ok(findGuild(call).roles.map(roleJson)) },
  {
    method: 'GET',
    path: `${GUILD}/channels`,
    run: (call) =>
      ok(
        [...call.world.channels.values()]
          .filter(({ guild_id, type }) => guild_id === findGuild(call).id && type !== 11)
          .map(channelJson),
      ),
  },
  { method: 'GET', path: `${GUILD}/members/{user_id}`, run: guildMember },
];
