/** The REST API v10 as one Fastify part: checks the token, the limits and the faults, logs, then runs the route. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, Nonces, Route } from './call.ts';
import { DiscordFault, notFound, unauthorized, unreadableBody } from './fault.ts';
import type { Faults } from './faults.ts';
import type { Interactions } from './interactions.ts';
import { FILE_BYTES_MAX, type UploadedFile } from './message-form.ts';
import { type RateLimits, refuse } from './rate-limits.ts';
import type { RequestLog } from './request-log.ts';
import { APPLICATION_ROUTES } from './routes/applications.ts';
import { CHANNEL_ROUTES } from './routes/channels.ts';
import { INTERACTION_ROUTES } from './routes/interactions.ts';
import type { World } from './world.ts';

const PREFIX = '/api/v10';
const FILES_MAX = 10;
export const BODY_BYTES_MAX = FILE_BYTES_MAX * FILES_MAX + 1024 * 1024;

export interface RestOptions {
  readonly world: World;
  readonly interactions: Interactions;
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly nonces: Nonces;
  isToken(token: unknown): boolean;
  /** Awaited before each answer. */
  delay(): Promise<void>;
}

interface Body {
  /** Undefined: could not be read. */
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
}

export function registerRest(app: FastifyInstance, options: RestOptions): void {
  const routes = [...APPLICATION_ROUTES, ...CHANNEL_ROUTES, ...INTERACTION_ROUTES];
  for (const route of routes) {
    const url = PREFIX + route.path.replace(/\{(\w+)\}/g, ':$1');
    app.route({
      method: route.method,
      url,
      bodyLimit: BODY_BYTES_MAX,
      handler: (request, reply) => serve(options, route, request, reply),
    });
  }
}

/** Answers what no route has; called for paths of the API only. */
export function serveUnknown(options: RestOptions, request: FastifyRequest, reply: FastifyReply): unknown {
  return serve(options, null, request, reply);
}

export const isRestPath = (url: string) => url.startsWith('/api/');

interface Outcome extends Answer {
  readonly headers?: Readonly<Record<string, string>>;
  readonly code: number | null;
}

async function serve(
  options: RestOptions,
  route: Route | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const startedMs = performance.now();
  const mode = options.faults.away;
  if (mode === 'cut') {
    request.raw.destroy();
    return reply.hijack();
  }
  const read = await readBody(request);
  const outcome = mode === 'unavailable' ? UNAVAILABLE : answer(options, route, request, read);
  await options.delay();
  const [path = '', query = ''] = request.url.replace(/^\/api(\/v\d+)?/, '').split('?');
  options.log.add({
    method: request.method,
    route: route?.path ?? null,
    path: decodeURIComponent(path),
    query: Object.fromEntries(new URLSearchParams(query)),
    body: read.body,
    files: read.files.map(({ field, name, contentType, data }) => ({
      ...{ field, name, contentType },
      bytes: data.length,
    })),
    status: outcome.status,
    code: outcome.code,
    atMs: options.world.now(),
    ms: performance.now() - startedMs,
  });
  reply.code(outcome.status).headers({ via: '1.1 sandbox', ...outcome.headers });
  if (outcome.body === undefined) return reply.send();
  return reply.type('application/json').send(JSON.stringify(outcome.body));
}

const UNAVAILABLE: Outcome = {
  status: 503,
  code: 0,
  body: { message: '503: Service Unavailable', code: 0 },
};

function answer(
  options: RestOptions,
  route: Route | null,
  request: FastifyRequest,
  { body, files }: Body,
): Outcome {
  let headers: Readonly<Record<string, string>> = {};
  try {
    const needsToken = route?.needsToken ?? true;
    if (needsToken && !options.isToken(/^Bot (.+)$/.exec(request.headers.authorization ?? '')?.[1]))
      throw unauthorized();
    if (!route) throw notFound();
    if (body === undefined) throw unreadableBody();
    const name = `${route.method} ${route.path}`;
    const injected = options.faults.take(name);
    if (injected?.kind === 'error') throw new DiscordFault(injected.status, injected.code, injected.message);
    const params = request.params as Record<string, string>;
    const verdict =
      injected?.kind === 'rate-limit'
        ? refuse(injected.retryAfterMs, false, {})
        : options.limits.take(name, majorOf(params), !needsToken);
    headers = verdict.headers;
    if (verdict.retryAfterMs !== null) {
      const retry_after = verdict.retryAfterMs / 1000;
      options.faults.countRateLimited(injected !== null);
      const told = { message: 'You are being rate limited.', retry_after, global: verdict.isGlobal };
      return { status: 429, body: told, headers, code: 0 };
    }
    const query = request.query as Record<string, string>;
    const { world, interactions, nonces } = options;
    const done = route.run({ world, interactions, nonces, params, query, body, files });
    return { ...done, headers, code: null };
  } catch (error) {
    if (!(error instanceof DiscordFault)) throw error;
    return { status: error.status, body: error.toBody(), headers, code: error.code };
  }
}

/** The part of the path that has limits of its own. */
const majorOf = (params: Record<string, string>) =>
  params.channel_id ?? params.webhook_token ?? params.interaction_token ?? params.guild_id ?? '';

/** JSON, or multipart with `payload_json` and `files[n]`. Node's own Response reads multipart. */
async function readBody(request: FastifyRequest): Promise<Body> {
  const raw = request.body;
  if (!Buffer.isBuffer(raw) || raw.length === 0) return { body: null, files: [] };
  const type = request.headers['content-type'] ?? '';
  try {
    if (!type.startsWith('multipart/')) return { body: JSON.parse(raw.toString()), files: [] };
    const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
    const files: UploadedFile[] = [];
    for (const [field, value] of form.entries())
      if (typeof value !== 'string')
        files.push({
          ...{ field, name: value.name, contentType: value.type || 'application/octet-stream' },
          data: Buffer.from(await value.arrayBuffer()),
        });
    const payload = form.get('payload_json');
    return { body: typeof payload === 'string' ? JSON.parse(payload) : null, files };
  } catch {
    return { body: undefined, files: [] };
  }
}
