/** Channels, threads and the messages in them. */
import { z } from 'zod';
import { type Answer, type Call, NO_CONTENT, ok, type Route } from '../call.ts';
import { notAuthor, readForm, unknownChannel, unknownMessage } from '../fault.ts';
import { channelJson } from '../guild-json.ts';
import { type MessageForm, readMessageForm, type UploadedFile } from '../message-form.ts';
import { createMessage, deleteMessage, editMessage, keptFiles, messageJson } from '../messages.ts';
import { type PermissionName, requirePermissions } from '../permissions.ts';
import type { Channel, StoredMessage } from '../shapes.ts';
import { findMessage } from '../world.ts';

const THREAD = 11;
const PAGE_MAX = 100;
const PAGE_DEFAULT = 50;

function findChannel({ world, params }: Call, needs: readonly PermissionName[]): Channel {
  const channel = world.channels.get(params.channel_id ?? '');
  if (!channel) throw unknownChannel();
  requirePermissions(world, channel, needs);
  return channel;
}

/** What a message with these parts needs: a bot that lacks Embed Links is refused. */
function needsOf(channel: Channel, form: MessageForm, files: readonly UploadedFile[]): PermissionName[] {
  return [
    channel.type === THREAD ? 'SendMessagesInThreads' : 'SendMessages',
    ...(form.embeds?.length ? (['EmbedLinks'] as const) : []),
    ...(files.length > 0 ? (['AttachFiles'] as const) : []),
  ];
}

function create(call: Call): Answer {
  const { world, body, files, nonces } = call;
  const channel = findChannel(call, []);
  const form = readMessageForm(body, files, 0, []);
  requirePermissions(world, channel, needsOf(channel, form, files));
  const nonce = form.nonce == null ? null : String(form.nonce);
  if (nonce !== null && form.enforce_nonce === true) {
    const same = findMessage(world, channel.id, nonces.find(channel.id, nonce) ?? '');
    if (same) return ok(messageJson(world, same));
  }
  const message = createMessage(world, { channelId: channel.id, author: world.bot }, form, files);
  if (nonce !== null) nonces.put(channel.id, nonce, message.id);
  const json = messageJson(world, message);
  world.changes.emit('dispatch', 'MESSAGE_CREATE', { ...json, guild_id: channel.guild_id });
  return ok(json);
}

function findTarget(call: Call): { channel: Channel; message: StoredMessage } {
  const channel = findChannel(call, []);
  const message = findMessage(call.world, channel.id, call.params.message_id ?? '');
  if (!message || message.ephemeralFor !== null) throw unknownMessage();
  return { channel, message };
}

function edit(call: Call): Answer {
  const { world, body, files } = call;
  const { channel, message } = findTarget(call);
  if (message.author.id !== world.bot.id) throw notAuthor();
  const kept = keptFiles(message, (body ?? {}) as { attachments?: { id: string }[] });
  const form = readMessageForm(
    body,
    files,
    message.flags,
    kept.map(({ name }) => name),
  );
  requirePermissions(world, channel, needsOf(channel, form, files).slice(1));
  editMessage(world, message, form, files);
  return ok(messageJson(world, message));
}

function remove(call: Call): Answer {
  const { channel, message } = findTarget(call);
  const isOwn = message.author.id === call.world.bot.id;
  requirePermissions(call.world, channel, isOwn ? [] : ['ManageMessages']);
  deleteMessage(call.world, message);
  return NO_CONTENT;
}

const pageForm = z.looseObject({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  before: z.string().optional(),
  after: z.string().optional(),
  around: z.string().optional(),
});

/** Newest first; without Read Message History the list is empty, as at Discord. */
function list(call: Call): Answer {
  const { world, query } = call;
  const channel = findChannel(call, []);
  const { limit, before, after, around } = readForm(pageForm, query);
  try {
    requirePermissions(world, channel, ['ReadMessageHistory']);
  } catch {
    return ok([]);
  }
  const all = (world.messages.get(channel.id) ?? []).filter(
    (message) => !message.deleted && message.ephemeralFor === null,
  );
  const isIn = (id: string) =>
    (before === undefined || BigInt(id) < BigInt(before)) &&
    (after === undefined || BigInt(id) > BigInt(after));
  const matching = all.filter(({ id }) => isIn(id));
  const center = around === undefined ? -1 : matching.findIndex(({ id }) => BigInt(id) >= BigInt(around));
  const start = center >= 0 ? Math.max(0, center - Math.floor(limit / 2)) : 0;
  const picked =
    center >= 0 || after !== undefined ? matching.slice(start, start + limit) : matching.slice(-limit);
  return ok(picked.reverse().map((message) => messageJson(world, message)));
}

const threadForm = z.looseObject({
  name: z.string().min(1).max(100),
  auto_archive_duration: z.literal([60, 1440, 4320, 10_080]).optional(),
});

function createThread(call: Call): Answer {
  const { world, params } = call;
  const parent = findChannel(call, ['CreatePublicThreads']);
  const { name } = readForm(threadForm, call.body);
  const thread: Channel = {
    // A thread on a message has the message's id.
    id: params.message_id === undefined ? world.nextId() : findTarget(call).message.id,
    guild_id: parent.guild_id,
    type: THREAD,
    name,
    topic: null,
    position: 0,
    parent_id: parent.id,
    permission_overwrites: [],
  };
  world.channels.set(thread.id, thread);
  world.changes.emit('channels');
  world.changes.emit('dispatch', 'THREAD_CREATE', { ...channelJson(thread), newly_created: true });
  return { status: 201, body: { ...channelJson(thread), owner_id: world.bot.id } };
}

const CHANNEL = '/channels/{channel_id}';
const MESSAGE = `${CHANNEL}/messages/{message_id}`;

export const CHANNEL_ROUTES: readonly Route[] = [
  { method: 'GET', path: CHANNEL, run: (call) => ok(channelJson(findChannel(call, []))) },
  { method: 'GET', path: `${CHANNEL}/messages`, run: list },
  { method: 'POST', path: `${CHANNEL}/messages`, run: create },
  {
    method: 'GET',
    path: MESSAGE,
    run(call) {
      const { channel, message } = findTarget(call);
      requirePermissions(call.world, channel, ['ReadMessageHistory']);
      return ok(messageJson(call.world, message));
    },
  },
  { method: 'PATCH', path: MESSAGE, run: edit },
  { method: 'DELETE', path: MESSAGE, run: remove },
  { method: 'POST', path: `${CHANNEL}/threads`, run: createThread },
  { method: 'POST', path: `${MESSAGE}/threads`, run: createThread },
  {
    method: 'POST',
    path: `${CHANNEL}/typing`,
    run(call) {
      findChannel(call, ['SendMessages']);
      return NO_CONTENT;
    },
  },
];
