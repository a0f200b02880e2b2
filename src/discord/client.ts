/** The connection to Discord: discord.js with intents `Guilds` only and small caches. */
import {
  Client,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayIntentBits,
  Options,
  REST,
} from 'discord.js';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';

export type DiscordState = 'connecting' | 'ready' | 'failed';

export interface DiscordOptions {
  readonly token: string;
  /** Without the version: `https://discord.com/api`. */
  readonly apiUrl: string;
  readonly log: Log;
  /** First wait when Discord cannot be reached at the start; doubles up to a minute. */
  readonly retryMs?: number;
}

export interface Discord {
  /** Its `rest` has the token from the start: messages can be sent before the gateway is up. */
  readonly client: Client;
  /** For posts and edits: paced by itself at Discord's 50 requests a second, so that a storm does not hold answers up. */
  readonly messageRest: REST;
  state(): DiscordState;
  /** True when the gateway was ready for the first time, false when that will not happen any more. Never rejects. */
  readonly ready: Promise<boolean>;
  close(): Promise<void>;
}

const RETRY_MS = 1_000;
const RETRY_MS_MAX = 60_000;
/** How long `close` waits for a login under way. */
const CLOSE_MS = 1_000;
/** One repeat at once; what is left to do is repeated later by whoever asked. */
const RETRIES = 1;
/** Answers to interactions do not count in Discord's 50 requests a second; this keeps a flood of them bounded. */
const ANSWERS_PER_SECOND_MAX = 500;
/** Close codes of the gateway after which discord.js does not come back: 4004 is a wrong token. */
const AUTHENTICATION_FAILED = 4004;

/** Connects in the background. A bad token says one line and leaves everything else running. */
export function openDiscord({ token, apiUrl, log, retryMs = RETRY_MS }: DiscordOptions): Discord {
  const client = createClient(apiUrl);
  const ready = Promise.withResolvers<boolean>();
  const closing = new AbortController();
  let state: DiscordState = 'connecting';
  const fail = (line: string) => {
    if (state === 'failed' || closing.signal.aborted) return;
    state = 'failed';
    log.error(line);
    ready.resolve(false);
  };
  client.rest.setToken(token);
  client.on(Events.ClientReady, ({ user }) => {
    state = 'ready';
    log.info({ user: user.tag, guilds: client.guilds.cache.size }, 'Discord is connected');
    ready.resolve(true);
  });
  client.on(Events.ShardReconnecting, () => {
    if (state === 'ready') state = 'connecting';
  });
  client.on(Events.ShardResume, () => {
    if (state === 'connecting') state = 'ready';
  });
  client.on(Events.ShardReady, () => {
    if (state === 'connecting' && client.readyTimestamp !== null) state = 'ready';
  });
  client.on(Events.ShardDisconnect, ({ code }) =>
    fail(code === AUTHENTICATION_FAILED ? BAD_TOKEN : `Discord closed the connection for good (${code})`),
  );
  client.on(Events.Invalidated, () => fail('Discord ended the session for good: start the bot again'));
  client.on(Events.ShardError, (error) => log.warn(`Discord's gateway: ${describeError(error)}`));
  client.on(Events.Error, (error) => log.warn({ err: error }, `discord.js: ${describeError(error)}`));
  client.on(Events.Warn, (line) => log.warn(`discord.js: ${line}`));
  const messageRest = new REST({ api: apiUrl, version: '10', retries: RETRIES }).setToken(token);
  const connecting = connect(client, { token, log, retryMs, signal: closing.signal, fail });
  return {
    client,
    messageRest,
    state: () => state,
    ready: ready.promise,
    async close() {
      closing.abort();
      ready.resolve(false);
      messageRest.clearHashSweeper();
      messageRest.clearHandlerSweeper();
      // discord.js never answers a login that is destroyed under way, so it gets a moment to end by itself.
      const limit = new AbortController();
      await Promise.race([connecting, wait(CLOSE_MS, limit.signal)]);
      limit.abort();
      await client.destroy();
    },
  };
}

const BAD_TOKEN =
  'Discord does not accept DISCORD_TOKEN: the bot goes on collecting; mend the token and start it again';

function createClient(apiUrl: string): Client {
  return new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: apiUrl, version: '10', retries: RETRIES, globalRequestsPerSecond: ANSWERS_PER_SECOND_MAX },
    allowedMentions: { parse: [] },
    // Guilds, channels and roles answer who may what; nothing else is ever read again.
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      ...{ MessageManager: 0, ReactionManager: 0, ReactionUserManager: 0, ThreadMemberManager: 0 },
      ...{
        GuildEmojiManager: 0,
        BaseGuildEmojiManager: 0,
        ApplicationEmojiManager: 0,
        GuildStickerManager: 0,
      },
      ...{ GuildBanManager: 0, GuildInviteManager: 0, GuildScheduledEventManager: 0, PresenceManager: 0 },
      ...{
        StageInstanceManager: 0,
        VoiceStateManager: 0,
        AutoModerationRuleManager: 0,
        EntitlementManager: 0,
      },
      ...{ DMMessageManager: 0, GuildMessageManager: 0 },
      GuildMemberManager: { maxSize: 20, keepOverLimit: (member) => member.id === member.client.user.id },
      UserManager: { maxSize: 100, keepOverLimit: (user) => user.id === user.client.user?.id },
    }),
  });
}

interface Connecting {
  readonly token: string;
  readonly log: Log;
  readonly retryMs: number;
  readonly signal: AbortSignal;
  fail(line: string): void;
}

/** Logs in until it works once; reconnecting after that is discord.js's. */
async function connect(client: Client, { token, log, retryMs, signal, fail }: Connecting): Promise<void> {
  for (let waitMs = retryMs; !signal.aborted; waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)) {
    try {
      await client.login(token);
      if (!signal.aborted) return;
      revive(client);
      return await client.destroy();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid)
        return fail(BAD_TOKEN);
      log.warn({ waitMs }, `Discord cannot be reached: ${describeError(error)}`);
    }
    revive(client);
    client.rest.setToken(token);
    await wait(waitMs * (0.75 + Math.random() / 2), signal);
  }
}

/** A client that was destroyed once counts as closed for good, and destroying it again does nothing. */
function revive(client: Client): void {
  Reflect.set(client.ws, 'destroyed', false);
}

function wait(waitMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
