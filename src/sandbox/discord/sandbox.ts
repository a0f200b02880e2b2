/** A stand-in for Discord on loopback: gateway, REST API, and a page that shows the channels. */
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { createNonces } from './call.ts';
import { createFaults } from './faults.ts';
import { startGateway } from './gateway.ts';
import { createHandle, type DiscordSandbox } from './handle.ts';
import { createInteractions } from './interactions.ts';
import { messageJson } from './messages.ts';
import { registerPage } from './page-server.ts';
import { DEFAULT_GUILDS, type GuildSpec } from './preset.ts';
import { createPresses } from './presses.ts';
import { createRateLimits } from './rate-limits.ts';
import { createRequestLog } from './request-log.ts';
import { BODY_BYTES_MAX, isRestPath, type RestOptions, registerRest, serveUnknown } from './rest.ts';
import { createWorld } from './world.ts';

export type { DiscordSandbox } from './handle.ts';
export type { LoggedRequest, StoredFile, StoredMessage } from './shapes.ts';

export interface DiscordSandboxOptions {
  /** 0 (default) takes a free one. */
  readonly port?: number;
  /** The bot's token; any other is refused. */
  readonly token?: string;
  readonly guilds?: readonly GuildSpec[];
  readonly botName?: string;
  /** The clock of ids, timestamps, limits and lifetimes; the real one when left out. */
  readonly now?: () => number;
  /** Added to each answer of the REST API. */
  readonly latencyMs?: number;
}

/** Starts the stand-in; `close()` stops it. Throws when the port is in use. */
export async function startDiscordSandbox(options: DiscordSandboxOptions = {}): Promise<DiscordSandbox> {
  const now = options.now ?? Date.now;
  const token = options.token ?? 'sandbox-bot-token';
  const world = createWorld(options.guilds ?? DEFAULT_GUILDS, now, options.botName ?? 'Livelark');
  const interactions = createInteractions(world, (message) => messageJson(world, message));
  const faults = createFaults();
  const log = createRequestLog();
  const access = { isRefusing: false };
  const isToken = (given: unknown) => !access.isRefusing && given === token;
  const rest: RestOptions = {
    ...{ world, interactions, faults, log, isToken },
    limits: createRateLimits(now),
    nonces: createNonces(now),
    delay: async () => {
      if (options.latencyMs) await sleep(options.latencyMs);
    },
  };
  const presses = createPresses(world, interactions);
  const app = openServer(rest);
  await registerPage(app, world, presses);
  const gateway = startGateway({ server: app.server, world, isToken, isAway: () => faults.away !== null });
  try {
    world.origin = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  } catch (error) {
    await gateway.close();
    await app.close();
    throw error;
  }
  const close = async () => {
    interactions.close();
    await gateway.close();
    await app.close();
  };
  return createHandle({ ...{ world, interactions, presses, faults, log, gateway, access, token, close } });
}

function openServer(rest: RestOptions): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: 500 },
    rewriteUrl: ({ url = '/' }) => url.replace(/%40/g, '@'),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((request, reply) =>
    isRestPath(request.url)
      ? serveUnknown(rest, request, reply)
      : reply.code(404).send({ error: 'not found' }),
  );
  registerRest(app, rest);
  return app;
}
