import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { stepFor } from '#src/charts/step.ts';
import { HttpFault } from '#src/http/fault.ts';
import { findRoom } from '#src/http/room-view.ts';
import {
  ChartQuery,
  DanmakuItem,
  DanmakuQuery,
  ErrorBody,
  GiftsQuery,
  ListQuery,
  list,
  PaymentItem,
  RangeQuery,
  RoomParams,
  SeriesBody,
  SeriesQuery,
  SessionItem,
  TopItem,
  TopQuery,
  Totals,
} from '#src/http/schemas.ts';
import type { HttpParts } from '#src/http/server.ts';
import type { Range, RoomRow } from '#src/sdk.ts';

interface Bounds {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Undefined when both ends are open: everything. */
function rangeOf({ from, to }: Bounds): Range | undefined {
  if (from === undefined && to === undefined) return undefined;
  const range = { fromMs: from ?? 0, toMs: to ?? Number.MAX_SAFE_INTEGER };
  if (range.fromMs > range.toMs) throw new HttpFault(400, 'invalid', 'from: must not be after to');
  return range;
}

/** Both ends known: from the room's first event to now where they were left out. */
function closedRange(room: RoomRow, bounds: Bounds, nowMs: number): Range {
  rangeOf(bounds);
  const toMs = bounds.to ?? nowMs;
  const firstMs = Math.min(room.liveSinceMs ?? room.firstSeenMs, room.firstSeenMs);
  return { fromMs: Math.min(bounds.from ?? firstMs, toMs), toMs };
}

/** Of a route about one room: what it takes and answers. */
function schemaOf<Q extends z.ZodType, A extends z.ZodType>(querystring: Q, answer: A) {
  return {
    schema: { params: RoomParams, querystring, response: { 200: answer, 400: ErrorBody, 404: ErrorBody } },
  };
}

/** What was stored of a room. */
export const historyRoutes: FastifyPluginAsyncZod<HttpParts> = async (app, parts) => {
  await app.register(listRoutes, parts);
  await app.register(sumRoutes, parts);
};

const listRoutes: FastifyPluginAsyncZod<HttpParts> = async (app, { queries, rooms }) => {
  app.get(
    '/api/rooms/:room/danmaku',
    schemaOf(DanmakuQuery, list(DanmakuItem)),
    async ({ params, query }) => {
      const { q, uid, limit, before } = query;
      return queries.danmaku(findRoom(rooms, params.room).room, {
        q,
        uid,
        limit,
        before,
        range: rangeOf(query),
      });
    },
  );

  app.get('/api/rooms/:room/gifts', schemaOf(GiftsQuery, list(PaymentItem)), async ({ params, query }) => {
    const { kind, minMilli, limit, before } = query;
    return queries.payments(findRoom(rooms, params.room).room, {
      kind,
      minMilli,
      limit,
      before,
      range: rangeOf(query),
    });
  });

  app.get('/api/rooms/:room/sessions', schemaOf(ListQuery, list(SessionItem)), async ({ params, query }) => {
    const { limit, before } = query;
    return queries.sessions(findRoom(rooms, params.room).room, { limit, before, range: rangeOf(query) });
  });
};

const sumRoutes: FastifyPluginAsyncZod<HttpParts> = async (app, parts) => {
  const { queries, rooms } = parts;

  app.get('/api/rooms/:room/stats', schemaOf(RangeQuery, Totals), async ({ params, query }) =>
    queries.totals(findRoom(rooms, params.room).room, rangeOf(query)),
  );

  app.get('/api/rooms/:room/top', schemaOf(TopQuery, list(TopItem)), async ({ params, query }) => {
    const items = await queries.top(findRoom(rooms, params.room).room, query.by, query.limit, rangeOf(query));
    return { items, next: null };
  });

  app.get('/api/rooms/:room/series', schemaOf(SeriesQuery, SeriesBody), async ({ params, query }) => {
    const room = findRoom(rooms, params.room);
    const range = closedRange(room, query, parts.now());
    return queries.series(room.room, range, query.stepMs ?? stepFor(range));
  });

  app.get(
    '/api/rooms/:room/chart.png',
    { schema: { params: RoomParams, querystring: ChartQuery } },
    async (request, reply) => {
      const room = findRoom(rooms, request.params.room);
      const range = closedRange(room, request.query, parts.now());
      const series = await queries.series(room.room, range, stepFor(range));
      const { timeZone } = parts;
      const picture = await parts.charts.draw({
        metric: request.query.metric,
        room,
        series,
        range,
        timeZone,
        language: 'en',
      });
      return reply.type('image/png').header('cache-control', 'private, max-age=30').send(picture.png);
    },
  );
};
