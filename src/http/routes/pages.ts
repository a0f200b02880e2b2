import path from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HttpFault } from '#src/http/fault.ts';
import { COOKIE, type Guard, LOGIN_PATH, SESSION_MS } from '#src/http/guard.ts';
import { LOGIN_CSP, loginPage } from '#src/http/login-page.ts';
import type { HttpParts } from '#src/http/server.ts';

const LOGINS_PER_MINUTE_MAX = 10;
const FORM = 'application/x-www-form-urlencoded';

/** The pages, their files, and the login that the pages need when ADMIN_TOKEN is set. */
export const pageRoutes: FastifyPluginAsyncZod<
  HttpParts & { guard: Guard; publicUrl: string | null }
> = async (app, { guard, now, publicUrl }) => {
  await app.register(fastifyStatic, {
    root: path.join(import.meta.dirname, '../pages'),
    prefix: '/',
    cacheControl: false,
    index: ['index.html'],
  });

  app.get('/api/openapi.json', { schema: { description: 'This API.' } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  );

  app.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );

  app.get(LOGIN_PATH, { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', LOGIN_CSP)
      .send(loginPage(false)),
  );

  app.post(
    LOGIN_PATH,
    {
      config: { rateLimit: { max: LOGINS_PER_MINUTE_MAX, timeWindow: 60_000 } },
      schema: { body: z.object({ token: z.string().max(1000) }) },
    },
    async (request, reply) => {
      const isForm = request.headers['content-type']?.startsWith(FORM) ?? false;
      if (guard.needsToken && !guard.isToken(request.body.token)) {
        if (!isForm) throw new HttpFault(401, 'unauthorized', 'This is not the ADMIN_TOKEN.');
        return reply
          .code(401)
          .type('text/html; charset=utf-8')
          .header('content-security-policy', LOGIN_CSP)
          .send(loginPage(true));
      }
      if (guard.needsToken)
        reply.setCookie(COOKIE, guard.issueCookie(now()), {
          httpOnly: true,
          sameSite: 'strict',
          path: '/',
          maxAge: SESSION_MS / 1000,
          secure: publicUrl?.startsWith('https:') ?? false,
        });
      return isForm ? reply.redirect('/', 303) : reply.code(204).send();
    },
  );
};
