/** The state of the stand-in: servers, channels, messages, commands. Everything that changes is told to listeners. */
import { EventEmitter } from 'node:events';
import { BOT_PERMISSIONS, EVERYONE_PERMISSIONS, type GuildSpec } from './preset.ts';
import type { Channel, Command, Guild, Member, Role, StoredMessage, User } from './shapes.ts';

const DISCORD_EPOCH_MS = 1_420_070_400_000;
const SEQUENCE_BITS = 22n;
/** Messages kept of a channel; the oldest goes. */
export const MESSAGES_MAX = 2000;

export interface Changes {
  message: [StoredMessage];
  commands: [];
  channels: [];
  /** What the gateway tells bots: name, payload, guild. */
  dispatch: [string, object];
}

export interface World {
  readonly now: () => number;
  readonly nextId: () => string;
  /** Where the stand-in's pictures are fetched, without a slash at the end. */
  origin: string;
  readonly bot: User;
  readonly applicationId: string;
  readonly ownerId: string;
  readonly guilds: Map<string, Guild>;
  readonly channels: Map<string, Channel>;
  readonly messages: Map<string, StoredMessage[]>;
  /** By scope: a guild's id, or `global`. */
  readonly commands: Map<string, Command[]>;
  /** Commands created since the start (not updated), by scope: Discord allows 200 a day. */
  readonly commandCreations: Map<string, number>;
  readonly changes: EventEmitter<Changes>;
}

/** Snowflakes from the clock: sortable by time, never the same twice. */
export function snowflakes(now: () => number): () => string {
  let last = 0n;
  return () => {
    const wanted = BigInt(Math.max(0, Math.floor(now()) - DISCORD_EPOCH_MS)) << SEQUENCE_BITS;
    last = wanted > last ? wanted : last + 1n;
    return String(last);
  };
}

export function createWorld(specs: readonly GuildSpec[], now: () => number, botName: string): World {
  const nextId = snowflakes(now);
  const bot: User = { ...createUser('1100000000000000900', botName, null), bot: true };
  const world: World = {
    now,
    nextId,
    origin: '',
    bot,
    applicationId: bot.id,
    ownerId: '',
    guilds: new Map(),
    channels: new Map(),
    messages: new Map(),
    commands: new Map(),
    commandCreations: new Map(),
    changes: new EventEmitter(),
  };
  world.changes.setMaxListeners(0);
  for (const spec of specs) addGuild(world, spec);
  const first = [...world.guilds.values()][0];
  return Object.assign(world, { ownerId: first?.ownerId ?? nextId() });
}

export function createUser(id: string, username: string, globalName: string | null): User {
  const user = { id, username, global_name: globalName, discriminator: '0', avatar: null } as const;
  return { ...user, flags: 0, public_flags: 0, primary_guild: null };
}

function addGuild(world: World, spec: GuildSpec): void {
  const id = spec.id ?? world.nextId();
  const joinedAt = new Date(world.now()).toISOString();
  const roles = createRoles(world, id, spec);
  const members = (spec.members ?? [{ name: 'owner', isOwner: true }]).map(
    (member): Member => ({
      user: createUser(member.id ?? world.nextId(), member.name, member.displayName ?? null),
      roles: roles.filter(({ name }) => member.roles?.includes(name)).map((role) => role.id),
      joined_at: joinedAt,
    }),
  );
  const ownerAt = spec.members?.findIndex(({ isOwner }) => isOwner === true) ?? 0;
  const ownerId = members[Math.max(0, ownerAt)]?.user.id ?? world.nextId();
  const botRole = roles.filter(({ managed }) => managed).map((role) => role.id);
  members.push({ user: world.bot, roles: botRole, joined_at: joinedAt });
  world.guilds.set(id, {
    id,
    name: spec.name,
    ownerId,
    locale: spec.locale ?? 'en-US',
    roles,
    members,
    joinedAt,
  });
  addChannels(world, id, spec);
}

function createRoles(world: World, guildId: string, spec: GuildSpec): Role[] {
  const role = (id: string, name: string, permissions: bigint, position: number): Role => ({
    id,
    name,
    permissions: String(permissions),
    color: 0,
    position,
    hoist: false,
    managed: false,
    mentionable: false,
  });
  const own = (spec.roles ?? []).map((given, index) => ({
    ...role(given.id ?? world.nextId(), given.name, given.permissions ?? 0n, index + 2),
    color: given.color ?? 0,
    mentionable: given.mentionable ?? false,
  }));
  const botRole = { ...role(world.nextId(), world.bot.username, BOT_PERMISSIONS, 1), managed: true };
  return [role(guildId, '@everyone', EVERYONE_PERMISSIONS, 0), botRole, ...own];
}

function addChannels(world: World, guildId: string, spec: GuildSpec): void {
  let category: string | null = null;
  for (const [position, given] of spec.channels.entries()) {
    const type = given.type ?? 0;
    const channel: Channel = {
      id: given.id ?? world.nextId(),
      guild_id: guildId,
      type,
      name: given.name,
      topic: given.topic ?? null,
      position,
      parent_id: type === 4 ? null : category,
      permission_overwrites: [],
    };
    if (type === 4) category = channel.id;
    world.channels.set(channel.id, channel);
  }
}

export function findGuild(world: World, guildId: string): Guild | null {
  return world.guilds.get(guildId) ?? null;
}

/** The guild's commands first, then the global ones: what `/` lists there. */
export function commandsIn(world: World, guildId: string): Command[] {
  return [...(world.commands.get(guildId) ?? []), ...(world.commands.get('global') ?? [])];
}

export function findMessage(world: World, channelId: string, messageId: string): StoredMessage | null {
  const found = world.messages.get(channelId)?.find(({ id }) => id === messageId);
  return found && !found.deleted ? found : null;
}

export function addMessage(world: World, message: StoredMessage): void {
  const list = world.messages.get(message.channelId) ?? [];
  world.messages.set(message.channelId, list);
  list.push(message);
  if (list.length > MESSAGES_MAX) list.shift();
  world.changes.emit('message', message);
}
