/** Interactions from the press to the last word of the bot. */
import { channelJson, memberJson } from './guild-json.ts';
import { FLAG_EPHEMERAL } from './message-form.ts';
import { ALL_PERMISSIONS, permissionsOf } from './permissions.ts';
import type { Guild, Json, StoredMessage } from './shapes.ts';
import { findGuild, type World } from './world.ts';

/** Discord's own limit for the first answer. */
export const FIRST_ANSWER_MS = 3000;
const TOKEN_LIFE_MS = 15 * 60_000;
/** Interactions kept; the oldest goes. */
const KEPT_MAX = 5000;

export const KIND = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
export type Kind = keyof typeof KIND;

/** One interaction as it stands; the same object changes as the bot goes on. */
export interface Life {
  readonly id: string;
  readonly token: string;
  readonly kind: Kind;
  /** The command's name or the component's `custom_id`. */
  readonly name: string;
  readonly userId: string;
  readonly channelId: string;
  /** By the stand-in's clock: the 3 s and 15 min limits go by it. */
  readonly createdMs: number;
  /** By the monotonic clock, for the measured times. */
  readonly startedMs: number;
  /** The message whose component was pressed. */
  readonly source: StoredMessage | null;
  state: 'waiting' | 'deferred' | 'answered' | 'failed';
  deferredMs: number | null;
  answeredMs: number | null;
  ephemeral: boolean;
  original: StoredMessage | null;
  readonly followups: StoredMessage[];
  modal: Json | null;
  choices: Json[] | null;
  /** Settles with the bot's first word, deferral included; rejects when there was none within 3 s. */
  readonly acknowledged: PromiseWithResolvers<void>;
  /** Settles with the first content (message, modal, choices); rejects as `acknowledged` does. */
  readonly settled: PromiseWithResolvers<void>;
}

export interface Interactions {
  start(kind: Kind, press: Press): Life;
  /** By interaction id, for the callback. */
  findById(id: string): Life | null;
  /** By token, for the webhook. */
  findByToken(token: string): Life | null;
  defer(life: Life): void;
  settle(life: Life): void;
  isExpired(life: Life): boolean;
  close(): void;
}

export interface Press {
  readonly guild: Guild;
  readonly channelId: string;
  readonly userId: string;
  readonly locale: string;
  readonly name: string;
  readonly data: Json;
  readonly source: StoredMessage | null;
}

export function createInteractions(
  world: World,
  messageJson: (message: StoredMessage) => Json,
): Interactions {
  const byId = new Map<string, Life>();
  const byToken = new Map<string, Life>();
  const timers = new Map<Life, NodeJS.Timeout>();
  const stopTimer = (life: Life) => {
    clearTimeout(timers.get(life));
    timers.delete(life);
  };
  const fail = (life: Life) => {
    stopTimer(life);
    if (life.state !== 'waiting') return;
    life.state = 'failed';
    const error = new Error(`The application did not respond (${life.kind} ${life.name})`);
    life.acknowledged.reject(error);
    life.settled.reject(error);
  };
  return {
    start(kind, press) {
      const life = createLife(world, kind, press);
      byId.set(life.id, life);
      byToken.set(life.token, life);
      if (byId.size > KEPT_MAX) {
        byToken.delete(byId.values().next().value?.token ?? '');
        byId.delete(byId.keys().next().value ?? '');
      }
      timers.set(life, setTimeout(() => fail(life), FIRST_ANSWER_MS).unref());
      const source = life.source ? { message: messageJson(life.source) } : {};
      world.changes.emit('dispatch', 'INTERACTION_CREATE', { ...payloadOf(world, life, press), ...source });
      return life;
    },
    findById: (id) => byId.get(id) ?? null,
    findByToken: (token) => byToken.get(token) ?? null,
    defer(life) {
      stopTimer(life);
      life.state = 'deferred';
      life.deferredMs = performance.now() - life.startedMs;
      life.acknowledged.resolve();
    },
    settle(life) {
      stopTimer(life);
      life.state = 'answered';
      life.answeredMs ??= performance.now() - life.startedMs;
      life.ephemeral ||= ((life.original?.flags ?? 0) & FLAG_EPHEMERAL) !== 0;
      life.acknowledged.resolve();
      life.settled.resolve();
    },
    isExpired: ({ createdMs }) => world.now() - createdMs > TOKEN_LIFE_MS,
    close() {
      for (const life of [...timers.keys()]) fail(life);
    },
  };
}

function createLife(world: World, kind: Kind, press: Press): Life {
  const id = world.nextId();
  const life: Life = {
    id,
    token: Buffer.from(`interaction:${id}:sandbox`).toString('base64url'),
    kind,
    name: press.name,
    userId: press.userId,
    channelId: press.channelId,
    createdMs: world.now(),
    startedMs: performance.now(),
    source: press.source,
    state: 'waiting',
    deferredMs: null,
    answeredMs: null,
    ephemeral: false,
    original: null,
    followups: [],
    modal: null,
    choices: null,
    acknowledged: Promise.withResolvers(),
    settled: Promise.withResolvers(),
  };
  // Who presses may look at one of the two only.
  life.acknowledged.promise.catch(() => undefined);
  life.settled.promise.catch(() => undefined);
  return life;
}

/** https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-structure */
function payloadOf(world: World, life: Life, press: Press): Json {
  const { guild, userId, channelId } = press;
  const channel = world.channels.get(channelId) ?? null;
  const member = guild.members.find(({ user }) => user.id === userId);
  if (!member || !channel) throw new Error(`no member ${userId} or no channel ${channelId} to press in`);
  const inChannel = (id: string) => String(permissionsOf(world, guild.id, id, channel) & ALL_PERMISSIONS);
  return {
    ...{ id: life.id, token: life.token, application_id: world.applicationId, version: 1 },
    type: KIND[life.kind],
    data: press.data,
    guild: { id: guild.id, locale: guild.locale, features: [] },
    guild_id: guild.id,
    channel: channelJson(channel),
    channel_id: channelId,
    member: { ...memberJson(member), permissions: inChannel(userId) },
    app_permissions: inChannel(world.bot.id),
    locale: press.locale,
    guild_locale: findGuild(world, guild.id)?.locale ?? 'en-US',
    entitlements: [],
    authorizing_integration_owners: { 0: guild.id },
    context: 0,
    attachment_size_limit: 10 * 1024 * 1024,
  };
}
