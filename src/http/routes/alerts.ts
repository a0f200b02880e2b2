import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { alertLine } from '#src/http/alert-line.ts';
import { AlertItem, list } from '#src/http/schemas.ts';
import type { HttpParts } from '#src/http/server.ts';

const ALERTS_MAX = 100;

/** The newest messages of the outbox: posted, waiting, or only shown here while Discord is off. */
export const alertRoutes: FastifyPluginAsyncZod<HttpParts> = async (app, { queries }) => {
  const querystring = z.object({ limit: z.coerce.number().int().min(1).max(ALERTS_MAX).default(30) });

  app.get(
    '/api/alerts',
    { schema: { querystring, response: { 200: list(AlertItem) } } },
    async ({ query }) => {
      const rows = await queries.alerts(query.limit);
      const items = rows.map(({ id, channelId, document, delivered, folded, error }) => ({
        id,
        channelId,
        type: document.type,
        delivered,
        folded,
        error,
        ...alertLine(document),
      }));
      return { items, next: null };
    },
  );
};
