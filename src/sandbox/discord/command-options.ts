/** What a person filled in, as Discord's client checks it and as Discord sends it to the bot. */
import { channelJson, memberJson, roleJson } from './guild-json.ts';
import { permissionsOf } from './permissions.ts';
import type { Command, Guild, Json } from './shapes.ts';
import { commandsIn, type World } from './world.ts';

export type OptionValue = string | number | boolean;
export type OptionValues = Readonly<Record<string, OptionValue>>;

interface OptionSpec extends Json {
  readonly type: number;
  readonly name: string;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { name: string; value: OptionValue }[];
  readonly options?: readonly OptionSpec[];
}

interface Place {
  readonly world: World;
  readonly guild: Guild;
  readonly channelId: string;
  readonly userId: string;
}

export interface Filled {
  readonly command: Command;
  /** `options` of the interaction's data, nested in the subcommand when there is one. */
  readonly options: Json[];
  readonly resolved: Json;
}

const NOT_SHOWN = 'Discord does not show this command there';

/**
 * The options of a command, typed by what the bot registered. `subcommand` is `name` or `group name`; with `focused`
 * (autocomplete) nothing is required. Throws an Error for what Discord's client would not let a person send.
 */
export function fillOptions(
  place: Place,
  name: string,
  subcommand: string | null,
  values: OptionValues,
  focused: string | null,
): Filled {
  const command = commandsIn(place.world, place.guild.id).find((known) => known.name === name);
  if (!command) throw new Error(`/${name} is not registered in ${place.guild.name}`);
  requireShown(place, command);
  const path = subcommand === null ? [] : subcommand.split(' ');
  let specs = (command.options ?? []) as readonly OptionSpec[];
  const groups: OptionSpec[] = [];
  for (const part of path) {
    const group = specs.find((spec) => spec.name === part && spec.type <= 2);
    if (!group) throw new Error(`/${name} has no subcommand "${part}"`);
    groups.push(group);
    specs = group.options ?? [];
  }
  if (specs.some(({ type }) => type <= 2)) throw new Error(`/${name} wants a subcommand`);
  const resolved: Record<string, Json> = {};
  const filled = fillLeaf(place, name, specs, values, focused, resolved);
  const options = groups.reduceRight<Json[]>(
    (inner, group) => [{ type: group.type, name: group.name, options: inner }],
    filled,
  );
  return { command, options, resolved };
}

function requireShown({ world, guild, channelId, userId }: Place, command: Command): void {
  const channel = world.channels.get(channelId) ?? null;
  const held = permissionsOf(world, guild.id, userId, channel);
  const isAdmin = (held & 8n) !== 0n;
  const wanted = command.default_member_permissions;
  if (typeof wanted === 'string' && !isAdmin) {
    const bits = BigInt(wanted);
    if (bits === 0n || (held & bits) !== bits)
      throw new Error(`${NOT_SHOWN}: it wants permissions ${wanted} (/${command.name})`);
  }
  const contexts = command.contexts;
  if (Array.isArray(contexts) && !contexts.includes(0))
    throw new Error(`${NOT_SHOWN}: not in servers (/${command.name})`);
}

function fillLeaf(
  place: Place,
  command: string,
  specs: readonly OptionSpec[],
  values: OptionValues,
  focused: string | null,
  resolved: Record<string, Json>,
): Json[] {
  const unknown = Object.keys(values).filter((key) => !specs.some(({ name }) => name === key));
  if (unknown.length > 0) throw new Error(`/${command} has no option "${unknown[0]}"`);
  const missing = specs.find((spec) => spec.required && values[spec.name] === undefined);
  if (missing && focused === null) throw new Error(`/${command} wants the option "${missing.name}"`);
  return specs.flatMap((spec) => {
    const value = values[spec.name];
    if (value === undefined) return [];
    const isFocused = spec.name === focused;
    if (!isFocused) requireValue(command, spec, value);
    resolve(place, spec.type, String(value), resolved);
    return [{ type: spec.type, name: spec.name, value, ...(isFocused && { focused: true }) }];
  });
}

function requireValue(command: string, spec: OptionSpec, value: OptionValue): void {
  const says = (text: string) => new Error(`/${command} ${spec.name}: ${text} (given: ${value})`);
  const isNumber = spec.type === 4 || spec.type === 10;
  const wanted = isNumber ? 'number' : spec.type === 5 ? 'boolean' : 'string';
  if (typeof value !== wanted) throw says(`wants a ${wanted}`);
  if (spec.type === 4 && !Number.isInteger(value)) throw says('wants a whole number');
  if (spec.choices?.length && !spec.choices.some((choice) => choice.value === value))
    throw says('is not one of the choices');
  const size = typeof value === 'number' ? value : String(value).length;
  const [min, max] = isNumber ? [spec.min_value, spec.max_value] : [spec.min_length, spec.max_length];
  if (typeof min === 'number' && size < min) throw says(`at least ${min}`);
  if (typeof max === 'number' && size > max) throw says(`at most ${max}`);
}

/** Adds what an option's id stands for (6 user, 7 channel, 8 role, 9 either) to `resolved`. */
function resolve(
  { world, guild, userId }: Place,
  type: number,
  id: string,
  resolved: Record<string, Json>,
): void {
  const put = (kind: string, value: Json) => {
    resolved[kind] = { ...resolved[kind], [id]: value };
  };
  const member = guild.members.find(({ user }) => user.id === id);
  const role = guild.roles.find((known) => known.id === id);
  const channel = world.channels.get(id);
  if (type === 7 && channel) {
    const permissions = String(permissionsOf(world, guild.id, userId, channel));
    const { permission_overwrites: _left, ...shown } = channelJson(channel);
    put('channels', { ...shown, permissions });
  } else if ((type === 6 || type === 9) && member) {
    const { user, ...partial } = memberJson(member);
    put('users', user as Json);
    put('members', { ...partial, permissions: String(permissionsOf(world, guild.id, id, null)) });
  } else if ((type === 8 || type === 9) && role) put('roles', roleJson(role));
  else if (type >= 6 && type <= 9) throw new Error(`nothing in ${guild.name} has the id ${id}`);
}
