/** Every setting: what is allowed, and which environment variable sets it (contract §2). */
import { z } from 'zod';
import { isLoopbackHost } from '#src/lib/host.ts';
import { findRoomNumber, ROOM_TEXT_ALLOWED } from '#src/lib/room-text.ts';

const BAD = Symbol('not allowed');

/** A setting that says what is allowed; `read` gives BAD for anything else. */
function setting<T>(allowed: string, read: (value: unknown) => T | typeof BAD) {
  return z.unknown().transform((value, context): T => {
    const result = read(value);
    if (result === BAD) {
      context.addIssue({ code: 'custom', message: allowed, input: value });
      return z.NEVER;
    }
    return result as T;
  });
}

function whole(min: number, max: number) {
  return setting<number>(`a whole number from ${min} to ${max}`, (value) => {
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isSafeInteger(number) && number >= min && number <= max
      ? number
      : BAD;
  });
}

function amount(min: number) {
  return setting<number>(`a number of at least ${min}`, (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) && number >= min ? number : BAD;
  });
}

function readUrl(value: unknown, protocols: readonly string[]): URL | typeof BAD {
  if (typeof value !== 'string' || !URL.canParse(value)) return BAD;
  const url = new URL(value);
  if (!protocols.includes(url.protocol)) return BAD;
  return url.protocol === 'http:' && protocols.includes('https:') && !isLoopbackHost(url.hostname)
    ? BAD
    : url;
}

/** A service's base URL without a slash at its end: https, or http on loopback (contract §2). */
const serviceUrl = () =>
  setting<string>('an https:// URL, or http:// on loopback (127.0.0.1, localhost)', (value) => {
    const url = readUrl(value, ['https:', 'http:']);
    return url === BAD ? BAD : url.href.replace(/\/+$/, '');
  });

/** A base URL that may stand anywhere, a private network included. */
const webUrl = () =>
  setting<string>('an http:// or https:// URL', (value) => {
    const isWeb = typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value);
    return isWeb ? value.replace(/\/+$/, '') : BAD;
  });

const text = (allowed: string, pattern: RegExp) =>
  setting<string>(allowed, (value) => (typeof value === 'string' && pattern.test(value) ? value : BAD));

const list = <T>(allowed: string, readItem: (item: string) => T | null) =>
  setting<readonly T[]>(allowed, (value) => {
    const parts = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
    if (!Array.isArray(parts)) return BAD;
    const items = parts.filter((part) => part !== '').map((part) => readItem(String(part)));
    return items.includes(null) ? BAD : (items as T[]);
  });

const snowflake = () => text('a Discord id: 17 to 20 digits', /^\d{17,20}$/);

export const SCHEMA = z.strictObject({
  discord: z.strictObject({
    token: text('a bot token without spaces', /^\S+$/).nullable().default(null),
    apiUrl: serviceUrl(),
    guildId: snowflake().nullable(),
  }),
  bilibili: z.strictObject({
    apiUrl: serviceUrl(),
    liveUrl: serviceUrl(),
    passportUrl: serviceUrl(),
    openUrl: serviceUrl(),
    cookie: text('cookies such as SESSDATA=…; bili_jct=…; buvid3=…', /^[^\r\n=]+=[^\r\n]*$/)
      .nullable()
      .default(null),
    openKey: text('an access key', /^\S+$/).nullable().default(null),
    openSecret: text('an access secret', /^\S+$/).nullable().default(null),
    openAppId: whole(1, Number.MAX_SAFE_INTEGER).nullable().default(null),
    roomBudget: whole(1, 10_000),
    connectIntervalMs: whole(0, 3_600_000),
    pollIntervalMs: whole(1_000, 3_600_000),
    guardHoldMs: whole(0, 60_000),
  }),
  redis: z.strictObject({
    url: setting<string>('a redis:// or rediss:// URL', (value) =>
      readUrl(value, ['redis:', 'rediss:']) === BAD ? BAD : (value as string),
    ).nullable(),
    prefix: text('up to 64 characters without spaces', /^\S{0,64}$/),
  }),
  databaseUrl: text('file:PATH (SQLite)', /^file:.+$/).nullable(),
  dataDir: text('a folder', /^.+$/),
  http: z.strictObject({
    host: text('a host name or address', /^[\w.:[\]-]+$/),
    port: whole(0, 65_535),
    adminToken: text('at least 8 characters without spaces', /^\S{8,}$/)
      .nullable()
      .default(null),
    publicUrl: webUrl().nullable(),
  }),
  quickchartUrl: webUrl().nullable(),
  operatorIds: list('Discord ids with commas between: 17 to 20 digits each', (item) =>
    /^\d{17,20}$/.test(item) ? item : null,
  ),
  rooms: list(`with commas between: ${ROOM_TEXT_ALLOWED}`, findRoomNumber),
  alerts: z.strictObject({
    giftMinCny: amount(0.1),
    maxAgeMs: whole(0, 86_400_000),
    endDelayMs: whole(0, 600_000),
    resumeMs: whole(0, 3_600_000),
    foldAfter: whole(1, 1_000),
  }),
  journal: z.strictObject({
    flushMs: whole(1, 1_000),
    flushEvents: whole(1, 100_000),
    commitMs: whole(10, 10_000),
    commitEvents: whole(1, 100_000),
    eventsMax: whole(1_000, 10_000_000),
  }),
  readerThreads: whole(1, 16),
  logLevel: text(
    'trace, debug, info, warn, error, fatal or silent',
    /^(?:trace|debug|info|warn|error|fatal|silent)$/,
  ),
  key: text('the key for stored secrets', /^\S+$/).nullable().default(null),
});

export type Config = Readonly<z.output<typeof SCHEMA>>;

/** Environment variable → setting (contract §2). Secrets are never printed back. */
export const VARIABLES: Readonly<Record<string, { readonly at: string; readonly secret?: true }>> = {
  DISCORD_TOKEN: { at: 'discord.token', secret: true },
  DISCORD_API_URL: { at: 'discord.apiUrl' },
  DISCORD_GUILD_ID: { at: 'discord.guildId' },
  BILIBILI_API_URL: { at: 'bilibili.apiUrl' },
  BILIBILI_LIVE_URL: { at: 'bilibili.liveUrl' },
  BILIBILI_PASSPORT_URL: { at: 'bilibili.passportUrl' },
  BILIBILI_OPEN_URL: { at: 'bilibili.openUrl' },
  BILIBILI_COOKIE: { at: 'bilibili.cookie', secret: true },
  BILIBILI_OPEN_KEY: { at: 'bilibili.openKey', secret: true },
  BILIBILI_OPEN_SECRET: { at: 'bilibili.openSecret', secret: true },
  BILIBILI_OPEN_APP_ID: { at: 'bilibili.openAppId' },
  REDIS_URL: { at: 'redis.url', secret: true },
  REDIS_PREFIX: { at: 'redis.prefix' },
  DATABASE_URL: { at: 'databaseUrl' },
  DATA_DIR: { at: 'dataDir' },
  HTTP_HOST: { at: 'http.host' },
  HTTP_PORT: { at: 'http.port' },
  ADMIN_TOKEN: { at: 'http.adminToken', secret: true },
  ROOM_BUDGET: { at: 'bilibili.roomBudget' },
  CONNECT_INTERVAL_MS: { at: 'bilibili.connectIntervalMs' },
  PUBLIC_URL: { at: 'http.publicUrl' },
  QUICKCHART_URL: { at: 'quickchartUrl' },
  OPERATOR_IDS: { at: 'operatorIds' },
  LIVELARK_KEY: { at: 'key', secret: true },
  ROOMS: { at: 'rooms' },
  LOG_LEVEL: { at: 'logLevel' },
};
