import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { HttpFault } from '#src/http/fault.ts';
import { startFeed } from '#src/http/feed.ts';
import { findRoom } from '#src/http/room-view.ts';
import { EventsQuery } from '#src/http/schemas.ts';
import type { HttpParts } from '#src/http/server.ts';

/** GET /api/events: Server-Sent Events. */
export const eventRoutes: FastifyPluginAsyncZod<HttpParts> = async (app, parts) => {
  const feed = startFeed(parts);
  app.addHook('preClose', async () => feed.close());

  app.get(
    '/api/events',
    {
      // What never ends has no head to ask for.
      exposeHeadRoute: false,
      schema: {
        querystring: EventsQuery,
        description: 'Server-Sent Events: danmaku, gift, super-chat, guard, room, summary (every 2 s).',
      },
    },
    async (request, reply) => {
      const room = request.query.room === undefined ? null : findRoom(parts.rooms, request.query.room).room;
      if (feed.isFull())
        throw new HttpFault(503, 'too-many-listeners', 'As many listen as may; try again in a moment.');
      reply.hijack();
      const headers = Object.fromEntries(
        Object.entries(reply.getHeaders()).filter(
          (entry): entry is [string, string] => typeof entry[1] === 'string',
        ),
      );
      reply.raw.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      feed.add(reply.raw, room);
      return reply;
    },
  );
};
