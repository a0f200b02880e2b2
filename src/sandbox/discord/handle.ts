/** What a test or the demo can see of the stand-in and do with it. */
import { PermissionFlagsBits } from 'discord.js';
import type { Faults } from './faults.ts';
import type { Gateway } from './gateway.ts';
import { channelJson } from './guild-json.ts';
import type { Interactions, Life } from './interactions.ts';
import type { PermissionName } from './permissions.ts';
import type {
  AutocompletePress,
  CommandPress,
  ComponentPress,
  ModalSubmit,
  Presses,
  SelectPress,
} from './presses.ts';
import type { RequestLog } from './request-log.ts';
import type { Channel, Command, Guild, Json, LoggedRequest, Overwrite, StoredMessage } from './shapes.ts';
import type { World } from './world.ts';

const WAIT_MS = 30_000;
const RETRY_AFTER_MS = 1000;

/** What became of a press; `answer` and `followups` go on changing as the bot edits them. */
export interface Answered {
  readonly interactionId: string;
  /** From the press to "is thinking…"; null when the first answer was the content itself. */
  readonly deferredMs: number | null;
  /** From the press to the first content. */
  readonly answeredMs: number;
  readonly ephemeral: boolean;
  /** Null when the answer is a modal. */
  readonly answer: StoredMessage | null;
  readonly followups: readonly StoredMessage[];
  readonly modal: Json | null;
}

interface Waiting {
  /** How long to wait for the content, 30 s when left out. */
  readonly waitMs?: number;
}

export interface DiscordSandbox {
  /** For `DISCORD_API_URL` and `client.rest`: `http://127.0.0.1:PORT/api`. */
  readonly apiUrl: string;
  readonly pageUrl: string;
  readonly token: string;
  readonly applicationId: string;
  /** The first server. */
  readonly guild: Guild;
  readonly channels: readonly Channel[];
  /** Messages of a channel as they stand, oldest first, deleted and ephemeral ones included. */
  messages(channelId: string): readonly StoredMessage[];
  /** Resolves as soon as a message of the channel fits. Rejects after `waitMs` (10 s). */
  waitForMessage(
    channelId: string,
    fits: (message: StoredMessage) => boolean,
    waitMs?: number,
  ): Promise<StoredMessage>;
  /** What the bot registered: the server's commands, then the global ones. */
  commands(): readonly Command[];
  readonly requests: readonly LoggedRequest[];
  onRequest(listener: (request: LoggedRequest) => void): () => void;
  /** 429s given: `own` by the limits, `injected` by `rateLimit`. */
  readonly rateLimited: Faults['rateLimited'];
  press(press: CommandPress & Waiting): Promise<Answered>;
  autocomplete(press: AutocompletePress & Waiting): Promise<{ choices: readonly Json[]; ms: number }>;
  pressButton(press: ComponentPress & Waiting): Promise<Answered>;
  select(press: SelectPress & Waiting): Promise<Answered>;
  submitModal(submit: ModalSubmit & Waiting): Promise<Answered>;
  readonly gateway: Gateway;
  /** The next `times` requests to a route such as `POST /channels/{channel_id}/messages` (or a part of it) get 429. */
  rateLimit(route: string, times: number, retryAfterMs?: number): void;
  /** The next `times` requests get this status, 500 when left out. */
  fail(route: string, times: number, status?: number, code?: number): void;
  /** Discord is gone for so long: connections are cut (or answered 503), and the gateway is. */
  away(ms: number, how?: 'cut' | 'unavailable'): Promise<void>;
  removeChannel(channelId: string): void;
  /** Takes (or gives back) a permission from the bot in one channel. */
  denyPermission(channelId: string, permission: PermissionName): void;
  allowPermission(channelId: string, permission: PermissionName): void;
  /** From now on the token is refused: 401, and the gateway closes with 4004. */
  invalidateToken(): void;
  close(): Promise<void>;
}

export interface Parts {
  readonly world: World;
  readonly interactions: Interactions;
  readonly presses: Presses;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly gateway: Gateway;
  readonly access: { isRefusing: boolean };
  readonly token: string;
  readonly close: () => Promise<void>;
}

export function createHandle(parts: Parts): DiscordSandbox {
  const { world, presses, log, gateway } = parts;
  const guild = [...world.guilds.values()][0];
  if (!guild) throw new Error('the stand-in needs a server');
  return {
    apiUrl: `${world.origin}/api`,
    pageUrl: `${world.origin}/`,
    token: parts.token,
    applicationId: world.applicationId,
    guild,
    get channels() {
      return [...world.channels.values()];
    },
    messages: (channelId) => world.messages.get(channelId) ?? [],
    waitForMessage: (channelId, fits, waitMs = 10_000) => waitForMessage(world, channelId, fits, waitMs),
    commands: () => [...(world.commands.get(guild.id) ?? []), ...(world.commands.get('global') ?? [])],
    requests: log.requests,
    onRequest: log.onRequest,
    rateLimited: parts.faults.rateLimited,
    press: async (press) => finish(presses.command(press), press.waitMs),
    async autocomplete(press) {
      const life = presses.autocomplete(press);
      const { answeredMs } = await finish(life, press.waitMs);
      return { choices: life.choices ?? [], ms: answeredMs };
    },
    pressButton: async (press) => finish(presses.component(press), press.waitMs),
    select: async (press) => finish(presses.select(press), press.waitMs),
    submitModal: async (submit) => finish(presses.modal(submit), submit.waitMs),
    gateway,
    ...faultActions(parts),
    close: parts.close,
  };
}

async function finish(life: Life, waitMs = WAIT_MS): Promise<Answered> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`${life.kind} ${life.name}: ${life.state}, no content within ${waitMs} ms`);
    timer = setTimeout(() => reject(error), waitMs);
  });
  try {
    await Promise.race([life.settled.promise, late]);
  } finally {
    clearTimeout(timer);
  }
  return {
    interactionId: life.id,
    deferredMs: life.deferredMs,
    answeredMs: life.answeredMs ?? 0,
    ephemeral: life.ephemeral,
    get answer() {
      return life.original;
    },
    followups: life.followups,
    modal: life.modal,
  };
}

function waitForMessage(
  world: World,
  channelId: string,
  fits: (message: StoredMessage) => boolean,
  waitMs: number,
): Promise<StoredMessage> {
  const present = world.messages.get(channelId)?.find(fits);
  if (present) return Promise.resolve(present);
  const { promise, resolve, reject } = Promise.withResolvers<StoredMessage>();
  const onMessage = (message: StoredMessage) => {
    if (message.channelId === channelId && fits(message)) resolve(message);
  };
  world.changes.on('message', onMessage);
  const error = new Error(`no such message in ${channelId} within ${waitMs} ms`);
  const timer = setTimeout(() => reject(error), waitMs);
  return promise.finally(() => {
    clearTimeout(timer);
    world.changes.off('message', onMessage);
  });
}

function faultActions({ world, faults, gateway, access }: Parts) {
  const setPermission = (channelId: string, permission: PermissionName, isDenied: boolean) => {
    const channel = world.channels.get(channelId);
    if (!channel) throw new Error(`no channel ${channelId}`);
    const bit = PermissionFlagsBits[permission];
    const overwrites = channel.permission_overwrites;
    const known = overwrites.find(({ id }) => id === world.bot.id);
    const own: Overwrite = known ?? { id: world.bot.id, type: 1, allow: '0', deny: '0' };
    if (!known) overwrites.push(own);
    own.deny = String(isDenied ? BigInt(own.deny) | bit : BigInt(own.deny) & ~bit);
    world.changes.emit('dispatch', 'CHANNEL_UPDATE', channelJson(channel));
  };
  return {
    rateLimit: (route: string, times: number, retryAfterMs = RETRY_AFTER_MS) =>
      faults.add(route, times, { kind: 'rate-limit', retryAfterMs }),
    fail: (route: string, times: number, status = 500, code = 0) =>
      faults.add(route, times, { kind: 'error', status, code, message: `${status}: refused by the test` }),
    async away(ms: number, how: 'cut' | 'unavailable' = 'cut') {
      faults.away = how;
      gateway.drop();
      await new Promise((resolve) => setTimeout(resolve, ms));
      faults.away = null;
    },
    removeChannel(channelId: string) {
      const channel = world.channels.get(channelId);
      if (!channel) throw new Error(`no channel ${channelId}`);
      world.channels.delete(channelId);
      world.changes.emit('channels');
      world.changes.emit('dispatch', 'CHANNEL_DELETE', channelJson(channel));
    },
    denyPermission: (channelId: string, permission: PermissionName) =>
      setPermission(channelId, permission, true),
    allowPermission: (channelId: string, permission: PermissionName) =>
      setPermission(channelId, permission, false),
    invalidateToken() {
      access.isRefusing = true;
      gateway.closeAll(4004, 'Authentication failed');
    },
  };
}
