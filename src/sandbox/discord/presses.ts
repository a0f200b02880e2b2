/** What a person does in Discord's client: commands, autocomplete, buttons, selects, modals. */
import { fillOptions, type OptionValues } from './command-options.ts';
import type { Interactions, Life } from './interactions.ts';
import { flattenComponents } from './message-form.ts';
import type { Guild, Json, StoredMessage } from './shapes.ts';
import { findGuild, findMessage, type World } from './world.ts';

export interface Who {
  /** The server's owner when left out. */
  readonly userId?: string;
  /** The person's language. */
  readonly locale?: string;
}

export interface CommandPress extends Who {
  readonly command: string;
  /** `name`, or `group name`. */
  readonly subcommand?: string;
  readonly options?: OptionValues;
  /** The first text channel when left out. */
  readonly channelId?: string;
}

export interface AutocompletePress extends CommandPress {
  /** The option that is being typed in. */
  readonly option: string;
  readonly value: string | number;
}

export interface ComponentPress extends Who {
  readonly messageId: string;
  readonly channelId: string;
  readonly customId: string;
}

export interface SelectPress extends ComponentPress {
  readonly values: readonly string[];
}

export interface ModalSubmit {
  /** The interaction that was answered with the modal. */
  readonly interactionId: string;
  /** By `custom_id` of the field. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  readonly locale?: string;
}

export interface Presses {
  command(press: CommandPress): Life;
  autocomplete(press: AutocompletePress): Life;
  component(press: ComponentPress): Life;
  select(press: SelectPress): Life;
  modal(submit: ModalSubmit): Life;
}

/** Every press throws an Error for what Discord's client would not let a person do. */
export function createPresses(world: World, interactions: Interactions): Presses {
  const command = (press: CommandPress, focused: string | null, values: OptionValues) => {
    const place = findPlace(world, press);
    const filled = fillOptions({ world, ...place }, press.command, press.subcommand ?? null, values, focused);
    const { command, options, resolved } = filled;
    const data: Json = {
      ...{ id: command.id, name: command.name, type: 1, options },
      ...(Object.keys(resolved).length > 0 && { resolved }),
      ...(command.guild_id !== undefined && { guild_id: command.guild_id }),
    };
    const kind = focused === null ? 'command' : 'autocomplete';
    return interactions.start(kind, { ...place, name: press.command, data, source: null });
  };
  const component = (press: ComponentPress, values: readonly string[] | null) => {
    const place = findPlace(world, press);
    const { message, part } = findComponent(world, press, place.userId);
    const type = Number(part.type);
    if ((type === 2) !== (values === null)) throw new Error(`${press.customId} is not of that kind`);
    if (values !== null) requireValues(part, values);
    const data = { custom_id: press.customId, component_type: type, ...(values && { values }) };
    return interactions.start('component', { ...place, name: press.customId, data, source: message });
  };
  return {
    command: (press) => command(press, null, press.options ?? {}),
    autocomplete: (press) => command(press, press.option, { ...press.options, [press.option]: press.value }),
    component: (press) => component(press, null),
    select: (press) => component(press, press.values),
    modal: (submit) => submitModal(world, interactions, submit),
  };
}

interface Place {
  readonly guild: Guild;
  readonly channelId: string;
  readonly userId: string;
  readonly locale: string;
}

function findPlace(world: World, press: Who & { readonly channelId?: string }): Place {
  const first = [...world.channels.values()].find(({ type }) => type === 0);
  const channel = press.channelId === undefined ? first : world.channels.get(press.channelId);
  const guild = findGuild(world, channel?.guild_id ?? '');
  if (!channel || !guild) throw new Error(`no channel ${press.channelId}`);
  const userId = press.userId ?? guild.ownerId;
  return { guild, channelId: channel.id, userId, locale: press.locale ?? 'en-US' };
}

function findComponent(
  world: World,
  { channelId, messageId, customId }: ComponentPress,
  userId: string,
): { message: StoredMessage; part: Json } {
  const message = findMessage(world, channelId, messageId);
  if (!message || (message.ephemeralFor ?? userId) !== userId) throw new Error(`no message ${messageId}`);
  const part = flattenComponents(message.components).find(({ custom_id }) => custom_id === customId);
  if (!part) throw new Error(`message ${messageId} has no component ${customId}`);
  if (part.disabled === true) throw new Error(`${customId} is disabled`);
  return { message, part };
}

function requireValues(part: Json, values: readonly string[]): void {
  const [min, max] = [Number(part.min_values ?? 1), Number(part.max_values ?? 1)];
  if (values.length < min || values.length > max) throw new Error(`wants ${min} to ${max} values`);
  const known = (part.options as { value: string }[] | undefined)?.map(({ value }) => value);
  const unknown = known && values.find((value) => !known.includes(value));
  if (unknown !== undefined) throw new Error(`${part.custom_id} has no option ${unknown}`);
}

function submitModal(
  world: World,
  interactions: Interactions,
  { interactionId, values, locale }: ModalSubmit,
): Life {
  const life = interactions.findById(interactionId);
  const modal = life?.modal;
  if (!life || !modal) throw new Error(`interaction ${interactionId} showed no modal`);
  const components = (modal.components as Json[]).map((top) => fillModalPart(top, values));
  const known = flattenComponents(modal.components as Json[]).map(({ custom_id }) => custom_id);
  const unknown = Object.keys(values).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Error(`the modal has no field ${unknown}`);
  return interactions.start('modal', {
    ...findPlace(world, { channelId: life.channelId, userId: life.userId, ...(locale && { locale }) }),
    name: String(modal.custom_id),
    data: { custom_id: modal.custom_id, components },
    source: life.source,
  });
}

/** A field is in a row (type 1) or in a label (type 18); text displays stay as they are. */
function fillModalPart(top: Json, values: ModalSubmit['values']): Json {
  const fill = (field: Json): Json => {
    const id = String(field.custom_id);
    const value = values[id] ?? (field.type === 4 ? String(field.value ?? '') : []);
    requireField(field, value);
    return { type: field.type, custom_id: id, ...(field.type === 4 ? { value } : { values: value }) };
  };
  if (Array.isArray(top.components)) return { type: 1, components: top.components.map(fill) };
  if (top.component) return { type: top.type, component: fill(top.component as Json) };
  return { type: top.type };
}

function requireField(field: Json, value: string | readonly string[]): void {
  const says = (text: string) => new Error(`${field.custom_id}: ${text}`);
  if (value.length === 0) {
    if (field.required !== false) throw says('is required');
    return;
  }
  if (field.type !== 4) return;
  if (value.length < Number(field.min_length ?? 0)) throw says(`at least ${field.min_length} characters`);
  if (value.length > Number(field.max_length ?? 4000)) throw says(`at most ${field.max_length} characters`);
}
