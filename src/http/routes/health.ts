import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { z } from 'zod';
import { ErrorBody } from '#src/http/schemas.ts';
import type { HttpParts } from '#src/http/server.ts';
import type { Health } from '#src/sdk.ts';

const METRICS: readonly {
  readonly name: string;
  readonly help: string;
  readonly read: (health: Health) => number;
}[] = [
  {
    name: 'livelark_events_total',
    help: 'Events read from the sockets since the start',
    read: (health) => health.eventsTotal,
  },
  {
    name: 'livelark_events_per_second',
    help: 'Events a second over the last 10 s',
    read: (health) => health.eventsPerSecond,
  },
  {
    name: 'livelark_outbox_open',
    help: 'Messages that Discord has not got yet',
    read: (health) => health.outbox.open,
  },
  {
    name: 'livelark_outbox_failed',
    help: 'Messages that Discord refused',
    read: (health) => health.outbox.failed,
  },
  {
    name: 'livelark_outbox_oldest_seconds',
    help: 'Age of the oldest message that Discord has not got',
    read: (health) => (health.outbox.oldestMs ?? 0) / 1000,
  },
  {
    name: 'livelark_delivery_p99_seconds',
    help: 'From the event to the request to Discord, p99 of the last 1000',
    read: (health) => (health.deliveryP99Ms ?? 0) / 1000,
  },
  {
    name: 'livelark_journal_events',
    help: 'Events on the way to the archive',
    read: (health) => health.journal.events,
  },
  {
    name: 'livelark_journal_dropped_total',
    help: 'Events lost because the journal was full',
    read: (health) => health.journal.dropped,
  },
  { name: 'livelark_store_bytes', help: 'Size of the database', read: (health) => health.storeBytes },
  {
    name: 'livelark_loop_delay_p99_seconds',
    help: 'Event loop delay, p99 of the last 10 s',
    read: (health) => health.loopDelayP99Ms / 1000,
  },
];

/** Probes and metrics. */
export const healthRoutes: FastifyPluginAsyncZod<HttpParts> = async (app, parts) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauges = METRICS.map(({ name, help, read }) => ({
    gauge: new Gauge({ name, help, registers: [registry] }),
    read,
  }));
  const rooms = new Gauge({
    name: 'livelark_rooms',
    help: 'Rooms by connection',
    labelNames: ['connection'],
    registers: [registry],
  });
  const unknown = new Gauge({
    name: 'livelark_unknown_commands_total',
    help: 'Messages that nobody reads, by command',
    labelNames: ['cmd'],
    registers: [registry],
  });

  app.get('/healthz', { schema: { response: { 200: z.object({ ok: z.literal(true) }) } } }, async () => ({
    ok: true as const,
  }));

  app.get(
    '/readyz',
    { schema: { response: { 200: z.object({ ok: z.literal(true) }), 503: ErrorBody } } },
    async (_request, reply) => {
      const { notReady } = await parts.health();
      if (notReady.length === 0) return { ok: true as const };
      reply.code(503);
      return { error: { code: 'not-ready', message: `Not ready: ${notReady.join(', ')}.` } };
    },
  );

  app.get('/metrics', { schema: { description: 'Prometheus text.' } }, async (_request, reply) => {
    const health = await parts.health();
    for (const { gauge, read } of gauges) gauge.set(read(health));
    for (const [connection, count] of Object.entries(health.rooms)) rooms.set({ connection }, count);
    unknown.reset();
    for (const [cmd, count] of Object.entries(health.unknownCommands)) unknown.set({ cmd }, count);
    return reply.type(registry.contentType).send(await registry.metrics());
  });

  app.get('/api/health', { schema: { hide: true } }, async () => parts.health());
};
