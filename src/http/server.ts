/** The page and the API on one port. */
import { fastifyCookie } from '@fastify/cookie';
import { fastifyHelmet } from '@fastify/helmet';
import { fastifyRateLimit } from '@fastify/rate-limit';
import { fastifySwagger } from '@fastify/swagger';
import { type FastifyError, type FastifyReply, fastify } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { Bus } from '#src/bus.ts';
import type { Charts } from '#src/charts/charts.ts';
import { HttpFault } from '#src/http/fault.ts';
import { type Guard, LOGIN_PATH, openGuard } from '#src/http/guard.ts';
import { alertRoutes } from '#src/http/routes/alerts.ts';
import { eventRoutes } from '#src/http/routes/events.ts';
import { healthRoutes } from '#src/http/routes/health.ts';
import { historyRoutes } from '#src/http/routes/history.ts';
import { pageRoutes } from '#src/http/routes/pages.ts';
import { roomRoutes } from '#src/http/routes/rooms.ts';
import { ApiError, describeError, StartError, UserError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Health, RoomDirectory } from '#src/sdk.ts';
import type { Queries } from '#src/store/queries.ts';

const BODY_BYTES_MAX = 64 * 1024;

/** What the routes stand on. */
export interface HttpParts {
  readonly queries: Queries;
  readonly rooms: RoomDirectory;
  readonly charts: Charts;
  readonly bus: Bus;
  readonly health: () => Promise<Health>;
  readonly now: () => number;
  readonly timeZone: string;
  readonly version: string;
  readonly log: Log;
}

export interface HttpOptions extends HttpParts {
  readonly host: string;
  readonly port: number;
  readonly adminToken: string | null;
  readonly publicUrl: string | null;
}

export interface HttpServer {
  /** Where it answers, with the port really taken. */
  readonly url: string;
  close(): Promise<void>;
}

function faultOf(error: FastifyError | Error): HttpFault {
  if (error instanceof HttpFault) return error;
  if (error instanceof UserError) return new HttpFault(400, 'bad-request', error.message);
  if (error instanceof ApiError) return new HttpFault(502, 'bilibili', error.message);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const first = error.validation[0];
    const name = first?.instancePath.replace(/^\//, '') || error.validationContext || 'request';
    return new HttpFault(400, 'invalid', `${name}: ${first?.message ?? 'not allowed'}`);
  }
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status !== undefined && status >= 400 && status < 500)
    return new HttpFault(status, status === 429 ? 'too-many-requests' : 'bad-request', error.message);
  return new HttpFault(500, 'internal', 'Something broke here; the log says what.');
}

function sendFault(reply: FastifyReply, fault: HttpFault): FastifyReply {
  return reply
    .code(fault.status)
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send({ error: { code: fault.code, message: fault.message } });
}

function describeApi(version: string) {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Livelark',
        version,
        description: 'Bilibili live rooms: now and then. Times are epoch milliseconds, money is 1/1000 CNY.',
      },
      components: { securitySchemes: { token: { type: 'http' as const, scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  };
}

async function buildServer(options: HttpOptions, guard: Guard) {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const fault = faultOf(error);
    // A person who opens a page is led to the login, a program gets its 401.
    if (fault.status === 401 && request.method === 'GET' && request.headers.accept?.includes('text/html'))
      return reply.redirect(LOGIN_PATH);
    if (fault.status === 500)
      options.log.error({ err: error, url: request.url }, `http: ${describeError(error)}`);
    return sendFault(reply, fault);
  });
  app.setNotFoundHandler((request, reply) =>
    sendFault(
      reply,
      new HttpFault(404, 'not-found', `${request.method} ${request.url.split('?', 1)[0]}: no such page.`),
    ),
  );
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    // With helmet's `no-referrer` a browser posts the login with `Origin: null`, which the guard refuses.
    referrerPolicy: { policy: 'same-origin' },
  });
  await app.register(fastifyCookie);
  await app.register(fastifyRateLimit, { global: false });
  await app.register(fastifySwagger, describeApi(options.version));
  app.addHook('onRequest', async (request) => guard.check(request, options.now()));
  await app.register(healthRoutes, options);
  await app.register(roomRoutes, options);
  await app.register(historyRoutes, options);
  await app.register(alertRoutes, options);
  await app.register(eventRoutes, options);
  await app.register(pageRoutes, { ...options, guard });
  return app;
}

/** Listens on `host`:`port`. Throws StartError when the port cannot be had. */
export async function openHttp(options: HttpOptions): Promise<HttpServer> {
  const app = await buildServer(options, openGuard(options));
  // As in a URL or bare: the system wants it bare.
  const bareHost = options.host.replace(/^\[|\]$/g, '');
  try {
    await app.listen({ host: bareHost, port: options.port });
  } catch (error) {
    await app.close();
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${code ?? describeError(error)})`;
    throw new StartError(
      `HTTP_PORT: port ${options.port} on ${options.host} ${why}; choose another, or 0 for any free one`,
    );
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = bareHost.includes(':') ? `[${bareHost}]` : bareHost;
  return { url: `http://${host}:${port}`, close: () => app.close() };
}
