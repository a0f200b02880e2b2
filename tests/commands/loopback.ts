/** A real discord.js client whose REST goes to a recorder on loopback, and the interactions that Discord would send it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, ClientApplication, ClientUser, GatewayIntentBits } from 'discord.js';

const APP = '900000000000000001';
export const GUILD = '900000000000000002';
export const CHANNEL = '900000000000000003';
export const OTHER_CHANNEL = '900000000000000004';
export const CALLER = '900000000000000005';
export const ROLE = '900000000000000006';

const BOT = { id: APP, username: 'livelark', discriminator: '0' };

export interface Recorded {
  readonly method: string;
  /** Path without the API version and the query. */
  readonly path: string;
  readonly query: string;
  /** The JSON, or `payload_json` of a multipart body. */
  readonly body: Record<string, unknown> | null;
  readonly files: readonly { name: string; bytes: number }[];
  /** True when the test had it answered with an error. */
  readonly refused: boolean;
}

export interface Loopback {
  readonly client: Client;
  readonly requests: Recorded[];
  /** What GET …/commands answers; a PUT replaces it. */
  registered: Record<string, unknown>[];
  /** Answers the next request whose path has this part with a Discord error. */
  failNext(pathPart: string, status: number, code: number): void;
  close(): Promise<void>;
}

export async function openLoopback(): Promise<Loopback> {
  const failures: { pathPart: string; status: number; code: number }[] = [];
  const state = { requests: [] as Recorded[], registered: [] as Record<string, unknown>[] };
  const server = createServer((request, response) => {
    void (async () => {
      const recorded = await readRequest(request);
      const index = failures.findIndex(({ pathPart }) => recorded.path.includes(pathPart));
      const failure = index < 0 ? undefined : failures.splice(index, 1)[0];
      state.requests.push({ ...recorded, refused: failure !== undefined });
      if (failure) answer(response, failure.status, { code: failure.code, message: 'refused by the test' });
      else respond(recorded, response, state);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: `http://127.0.0.1:${port}/api`, version: '10', retries: 0 },
  });
  client.rest.setToken('test');
  // What READY and GUILD_CREATE do in a client with a gateway.
  Reflect.set(client, 'application', Reflect.construct(ClientApplication, [client, { id: APP, flags: 0 }]));
  Reflect.set(client, 'user', Reflect.construct(ClientUser, [client, BOT]));
  Reflect.apply(Reflect.get(client.guilds, '_add'), client.guilds, [guildPayload()]);
  return Object.assign(state, {
    client,
    failNext: (pathPart: string, status: number, code: number) =>
      void failures.push({ pathPart, status, code }),
    async close() {
      await client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

async function readRequest(request: IncomingMessage): Promise<Omit<Recorded, 'refused'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const url = new URL(request.url ?? '/', 'http://loopback');
  const type = request.headers['content-type'] ?? '';
  const recorded = {
    method: request.method ?? '',
    path: decodeURIComponent(url.pathname.replace('/api/v10', '')),
    query: url.search,
  };
  if (!type.startsWith('multipart/'))
    return { ...recorded, body: raw.length > 0 ? JSON.parse(raw.toString()) : null, files: [] };
  const form = await new Response(raw, { headers: { 'content-type': type } }).formData();
  const files = [...form.entries()].flatMap(([, value]) =>
    typeof value === 'string' ? [] : [{ name: value.name, bytes: value.size }],
  );
  return { ...recorded, body: JSON.parse(String(form.get('payload_json'))), files };
}

function respond(
  { method, path, body }: Omit<Recorded, 'refused'>,
  response: ServerResponse,
  state: { registered: Record<string, unknown>[] },
): void {
  if (path.endsWith('/commands')) {
    if (method === 'PUT')
      state.registered = (body as unknown as Record<string, unknown>[]).map((command, index) =>
        asDiscordKeeps(command, index),
      );
    answer(response, 200, state.registered);
  } else if (path === '/applications/@me') {
    answer(response, 200, {
      id: APP,
      flags: 0,
      owner: { id: CALLER, username: 'owner', discriminator: '0' },
    });
  } else if (path.endsWith('/callback') || method === 'DELETE') response.writeHead(204).end();
  else answer(response, 200, { id: '900000000000000099', channel_id: CHANNEL, type: 20, ...body });
}

/** Discord adds ids and writes out what was left to its defaults. */
function asDiscordKeeps(command: Record<string, unknown>, index: number): Record<string, unknown> {
  return {
    id: String(910000000000000000n + BigInt(index)),
    application_id: APP,
    type: 1,
    nsfw: false,
    default_member_permissions: null,
    version: '1',
    integration_types: [0],
    ...command,
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The bot has everything in CHANNEL; in OTHER_CHANNEL it may neither see nor attach. */
function guildPayload(): object {
  const everything = String(2n ** 40n - 1n - 8n);
  const denied = String((1n << 10n) | (1n << 15n));
  const channel = { type: 0, guild_id: GUILD, position: 0, permission_overwrites: [] as object[] };
  return {
    id: GUILD,
    name: 'A server',
    owner_id: '900000000000000098',
    roles: [
      { id: GUILD, name: '@everyone', permissions: everything, position: 0, color: 0 },
      { id: ROLE, name: 'treasurers', permissions: '0', position: 1, color: 0 },
    ],
    members: [{ user: BOT, roles: [], joined_at: null }],
    channels: [
      { ...channel, id: CHANNEL, name: 'live' },
      {
        ...channel,
        id: OTHER_CHANNEL,
        name: 'closed',
        permission_overwrites: [{ id: GUILD, type: 0, allow: '0', deny: denied }],
      },
    ],
    emojis: [],
    stickers: [],
  };
}

export interface Press {
  readonly options?: readonly object[];
  readonly permissions?: bigint;
  readonly appPermissions?: bigint;
  readonly roles?: readonly string[];
  readonly userId?: string;
  readonly locale?: string;
  readonly resolved?: object;
  /** A direct message has no guild. */
  readonly inGuild?: boolean;
}

let nextId = 920000000000000000n;

/** Makes the client receive what Discord sends for a slash command (type 2) or its autocomplete (type 4). */
export function press(client: Client, type: 2 | 4, name: string, how: Press): { id: string; token: string } {
  nextId += 1n;
  const id = String(nextId);
  const user = { id: how.userId ?? CALLER, username: 'caller', discriminator: '0', avatar: null };
  const permissions = String(how.permissions ?? (1n << 5n) | (1n << 10n));
  const member = { user, roles: how.roles ?? [], permissions, joined_at: '2026-01-01T00:00:00Z', flags: 0 };
  const inGuild = how.inGuild ?? true;
  const payload = {
    ...{
      id,
      token: `token-${id}`,
      application_id: APP,
      type,
      version: 1,
      channel_id: CHANNEL,
      channel: { id: CHANNEL, type: 0 },
    },
    ...(inGuild ? { guild_id: GUILD, member } : { user }),
    locale: how.locale ?? 'en-US',
    app_permissions: String(how.appPermissions ?? 2n ** 40n - 1n),
    entitlements: [],
    authorizing_integration_owners: {},
    data: { id: '930000000000000000', name, type: 1, options: how.options ?? [], resolved: how.resolved },
  };
  const action: { handle(data: object): void } = Reflect.get(
    Reflect.get(client, 'actions'),
    'InteractionCreate',
  );
  action.handle(payload);
  return { id, token: payload.token };
}

/** How Discord sends a chosen channel. */
export const channel = (id: string) => ({
  options: [{ type: 7, name: 'channel', value: id }],
  resolved: { channels: { [id]: { id, type: 0, name: 'x', permissions: '0' } } },
});
