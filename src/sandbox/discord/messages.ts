/** Messages: made and edited as Discord does, and written as its API writes them. */
import { emptyMessage } from './fault.ts';
import { FLAG_COMPONENTS_V2, type MessageForm, referencedFiles, type UploadedFile } from './message-form.ts';
import { permissionsOf } from './permissions.ts';
import { readPictureSize } from './picture-size.ts';
import type { Json, Pings, StoredFile, StoredMessage, User } from './shapes.ts';
import { addMessage, findGuild, type World } from './world.ts';

const MENTION_EVERYONE_BIT = 1n << 17n;
const FLAG_LOADING = 1 << 7;
const NO_PINGS: Pings = { everyone: false, roles: [], users: [] };

export interface Origin {
  readonly channelId: string;
  readonly author: User;
  readonly ephemeralFor?: string | null;
  readonly interaction?: StoredMessage['interaction'];
  readonly flags?: number;
}

/** Stores a new message; `form` null makes the one that says "is thinking…". Throws 50006 when it is empty. */
export function createMessage(
  world: World,
  origin: Origin,
  form: MessageForm | null,
  files: readonly UploadedFile[],
): StoredMessage {
  const message: StoredMessage = {
    id: world.nextId(),
    channelId: origin.channelId,
    author: origin.author,
    createdMs: world.now(),
    nonce: form?.nonce == null ? null : String(form.nonce),
    ephemeralFor: origin.ephemeralFor ?? null,
    interaction: origin.interaction ?? null,
    content: '',
    embeds: [],
    components: [],
    files: [],
    flags: (origin.flags ?? 0) | (form?.flags ?? 0),
    pings: NO_PINGS,
    editedMs: null,
    edits: 0,
    deleted: false,
    loading: form === null,
  };
  if (form !== null) fill(world, message, form, files);
  addMessage(world, message);
  return message;
}

/** Changes what the form names and leaves the rest. The first content of a deferred answer is not an edit. */
export function editMessage(
  world: World,
  message: StoredMessage,
  form: MessageForm,
  files: readonly UploadedFile[],
): void {
  const wasLoading = message.loading;
  message.flags |= (form.flags ?? 0) & FLAG_COMPONENTS_V2;
  fill(world, message, form, files);
  message.loading = false;
  if (!wasLoading) {
    message.edits += 1;
    message.editedMs = world.now();
  }
  world.changes.emit('message', message);
}

export function deleteMessage(world: World, message: StoredMessage): void {
  message.deleted = true;
  world.changes.emit('message', message);
}

function fill(world: World, message: StoredMessage, form: MessageForm, files: readonly UploadedFile[]): void {
  const after = {
    // Discord trims what is sent.
    content: form.content === undefined ? message.content : (form.content ?? '').trim(),
    embeds: form.embeds === undefined ? message.embeds : ((form.embeds ?? []) as Json[]),
    components: form.components === undefined ? message.components : ((form.components ?? []) as Json[]),
    files: [...keptFiles(message, form), ...files.map((file) => storeFile(world, form, file))],
  };
  const isEmpty =
    after.content === '' && after.embeds.length + after.components.length + after.files.length === 0;
  if (isEmpty) throw emptyMessage();
  Object.assign(message, after);
  message.pings = findPings(world, message, form);
}

/** An edit that names `attachments` keeps only those; one that does not keeps all. */
export function keptFiles(message: StoredMessage, form: Pick<MessageForm, 'attachments'>): StoredFile[] {
  if (form.attachments === undefined) return message.files;
  const ids = new Set((form.attachments ?? []).map(({ id }) => String(id)));
  return message.files.filter(({ id }) => ids.has(id));
}

function storeFile(world: World, form: MessageForm, file: UploadedFile): StoredFile {
  const index = /^files\[(\d+)\]$/.exec(file.field)?.[1];
  const named = (form.attachments ?? []).find(({ id }) => String(id) === index);
  const size = readPictureSize(file.data);
  return {
    id: world.nextId(),
    name: named?.filename ?? file.name,
    contentType: file.contentType,
    data: file.data,
    description: named?.description ?? null,
    widthPx: size?.widthPx ?? null,
    heightPx: size?.heightPx ?? null,
  };
}

/** Who is notified: what the text mentions and `allowed_mentions` lets through. Embeds notify nobody. */
function findPings(world: World, message: StoredMessage, form: MessageForm): Pings {
  const guildId = world.channels.get(message.channelId)?.guild_id ?? '';
  const guild = findGuild(world, guildId);
  if (!guild || message.ephemeralFor !== null) return NO_PINGS;
  const allowed = form.allowed_mentions ?? { parse: ['everyone', 'roles', 'users'] };
  const lets = (kind: 'roles' | 'users', id: string) =>
    (allowed.parse as string[] | undefined)?.includes(kind) || allowed[kind]?.includes(id);
  const channel = world.channels.get(message.channelId) ?? null;
  const mayAll = (permissionsOf(world, guildId, message.author.id, channel) & MENTION_EVERYONE_BIT) !== 0n;
  const idsIn = (pattern: RegExp) => [
    ...new Set([...message.content.matchAll(pattern)].map((match) => match[1] ?? '')),
  ];
  return {
    everyone:
      mayAll &&
      (allowed.parse as string[] | undefined)?.includes('everyone') === true &&
      /@(?:everyone|here)/.test(message.content),
    roles: idsIn(/<@&(\d+)>/g).filter((id) => {
      const role = guild.roles.find((known) => known.id === id);
      return role !== undefined && (role.mentionable || mayAll) && lets('roles', id);
    }),
    users: idsIn(/<@!?(\d+)>/g).filter((id) => lets('users', id)),
  };
}

export const fileUrl = (world: World, { channelId, id }: StoredMessage, file: StoredFile) =>
  `${world.origin}/attachments/${channelId}/${id}/${file.id}/${encodeURIComponent(file.name)}`;

/** A file that an embed shows is not shown again below the message. */
export function shownFiles(message: StoredMessage): StoredFile[] {
  const inEmbeds = new Set(referencedFiles(message.embeds, message.components));
  return message.files.filter(({ name }) => !inEmbeds.has(name));
}

/** The message as Discord's API writes it. */
export function messageJson(world: World, message: StoredMessage): Json {
  const { id, channelId, author, content, components, flags, nonce, pings, interaction } = message;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ id, channel_id: channelId, author, content, type: interaction ? 20 : 0 },
    components: resolveUrls(world, message, numbered(components)),
    ...(nonce !== null && { nonce }),
    timestamp: iso(message.createdMs),
    edited_timestamp: message.editedMs === null ? null : iso(message.editedMs),
    tts: false,
    pinned: false,
    flags: flags | (message.loading ? FLAG_LOADING : 0),
    mention_everyone: pings.everyone,
    mention_roles: pings.roles,
    mentions: usersById(world, pings.users),
    attachments: shownFiles(message).map((file) => fileJson(world, message, file)),
    embeds: message.embeds.map((embed) => resolveUrls(world, message, embedJson(embed)) as Json),
    ...(interaction && { application_id: world.applicationId, webhook_id: world.applicationId }),
    ...(interaction && {
      interaction_metadata: {
        id: interaction.id,
        type: 2,
        user: usersById(world, [interaction.userId])[0],
        authorizing_integration_owners: {},
      },
    }),
  };
}

/** Discord writes out what was left to its defaults. */
function embedJson(embed: Json): Json {
  const fields = embed.fields as Json[] | null | undefined;
  return {
    type: 'rich',
    ...embed,
    ...(fields && { fields: fields.map((field) => ({ ...field, inline: field.inline ?? false })) }),
  };
}

/** Discord numbers the components of a message that have no `id`. */
function numbered(components: readonly Json[], counter = { last: 0 }): Json[] {
  return components.map((component) => {
    counter.last += 1;
    const inner = component.components as Json[] | undefined;
    return {
      id: counter.last,
      ...component,
      ...(inner && { components: numbered(inner, counter) }),
      ...(component.accessory ? { accessory: numbered([component.accessory as Json], counter)[0] } : {}),
    };
  });
}

function fileJson(world: World, message: StoredMessage, file: StoredFile): Json {
  const url = fileUrl(world, message, file);
  return {
    ...{ id: file.id, filename: file.name, size: file.data.length, url, proxy_url: url },
    content_type: file.contentType,
    ...(file.description !== null && { description: file.description }),
    ...(file.widthPx !== null && { width: file.widthPx, height: file.heightPx }),
  };
}

/** Writes `attachment://name` as the address where the file is. */
function resolveUrls(world: World, message: StoredMessage, value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('attachment://')) {
    const file = message.files.find(({ name }) => `attachment://${name}` === value);
    return file ? fileUrl(world, message, file) : value;
  }
  if (Array.isArray(value)) return value.map((inner) => resolveUrls(world, message, inner));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, resolveUrls(world, message, inner)]),
  );
}

export function usersById(world: World, ids: readonly string[]): User[] {
  const all = [...world.guilds.values()].flatMap(({ members }) => members.map(({ user }) => user));
  return ids.flatMap((id) => all.find((user) => user.id === id) ?? []);
}
