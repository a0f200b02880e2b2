/** The page that shows the channels as Discord does, and the calls that it makes. */
import path from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { describeError } from '#src/lib/errors.ts';
import { isLoopbackHost } from '#src/lib/host.ts';
import { channelJson } from './guild-json.ts';
import type { Life } from './interactions.ts';
import { createMessage, messageJson } from './messages.ts';
import { permissionsOf } from './permissions.ts';
import type { Presses } from './presses.ts';
import type { StoredMessage } from './shapes.ts';
import { commandsIn, type World } from './world.ts';

const SHOWN_MAX = 200;
const KEEP_ALIVE_MS = 15_000;
/** Pictures come from this machine only: the page works without a network. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "img-src 'self' data: http://127.0.0.1:* http://localhost:*; frame-ancestors 'self' http://127.0.0.1:*";
/** Types that a browser may show in place; anything else is downloaded. */
const INLINE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

const option = z.union([z.string().max(6000), z.number(), z.boolean()]);
const who = {
  userId: z.string(),
  channelId: z.string(),
  locale: z.string().max(10).default('en-US'),
};
const command = { ...who, command: z.string(), options: z.record(z.string(), option).default({}) };
const pressForm = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), ...command, subcommand: z.string().optional() }),
  z.object({
    ...{ kind: z.literal('autocomplete'), ...command, subcommand: z.string().optional() },
    ...{ option: z.string(), value: z.union([z.string(), z.number()]) },
  }),
  z.object({ kind: z.literal('component'), ...who, messageId: z.string(), customId: z.string() }),
  z.object({
    ...{ kind: z.literal('select'), ...who, messageId: z.string(), customId: z.string() },
    values: z.array(z.string()).max(25),
  }),
  z.object({
    ...{ kind: z.literal('modal'), interactionId: z.string(), locale: who.locale },
    values: z.record(z.string(), z.union([z.string().max(4000), z.array(z.string())])),
  }),
]);
const sayForm = z.object({ ...who, content: z.string().trim().min(1).max(2000) });

export async function registerPage(app: FastifyInstance, world: World, presses: Presses): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    if (isLoopbackHost(request.hostname)) return;
    await reply.code(403).send({ error: 'this page is for the machine that it runs on' });
  });
  await app.register(fastifyStatic, {
    root: path.join(import.meta.dirname, 'page'),
    prefix: '/',
    cacheControl: false,
    index: ['index.html'],
    setHeaders: (response) => {
      response.header('content-security-policy', CSP);
      response.header('x-content-type-options', 'nosniff');
    },
  });
  app.get('/page/state', async () => stateJson(world));
  app.get<{ Params: { channel: string } }>('/page/channels/:channel/messages', async ({ params }) =>
    (world.messages.get(params.channel) ?? [])
      .filter(({ deleted }) => !deleted)
      .slice(-SHOWN_MAX)
      .map((message) => shownJson(world, message)),
  );
  app.get('/page/events', (request, reply) => streamEvents(world, request, reply));
  app.post('/page/press', async (request, reply) => answerPress(presses, readJson(request), reply));
  app.post('/page/say', async (request, reply) => {
    const said = sayForm.safeParse(readJson(request));
    const author = [...world.guilds.values()]
      .flatMap(({ members }) => members)
      .find(({ user }) => user.id === said.data?.userId)?.user;
    if (!said.success || !author) return reply.code(400).send({ error: 'nothing to say' });
    const { channelId, content } = said.data;
    return shownJson(world, createMessage(world, { channelId, author }, { content }, []));
  });
  app.get('/attachments/:channel/:message/:file/:name', (request, reply) =>
    sendFile(world, request.params as Record<string, string>, reply),
  );
}

/** Another site cannot send this type without asking first, which nothing here allows. */
function readJson(request: FastifyRequest): unknown {
  if (!request.headers['content-type']?.startsWith('application/json')) return null;
  try {
    return JSON.parse(String(request.body));
  } catch {
    return null;
  }
}

async function answerPress(presses: Presses, body: unknown, reply: FastifyReply): Promise<unknown> {
  const form = pressForm.safeParse(body);
  if (!form.success) return reply.code(400).send({ error: z.prettifyError(form.error) });
  try {
    const life = start(presses, form.data);
    await life.acknowledged.promise;
    return { id: life.id, modal: life.modal, choices: life.choices };
  } catch (error) {
    return reply.code(409).send({ error: describeError(error) });
  }
}

function start(presses: Presses, form: z.infer<typeof pressForm>): Life {
  switch (form.kind) {
    case 'component':
      return presses.component(form);
    case 'select':
      return presses.select(form);
    case 'modal':
      return presses.modal(form);
    default: {
      const { subcommand, ...rest } = form;
      const press = { ...rest, ...(subcommand && { subcommand }) };
      return press.kind === 'command' ? presses.command(press) : presses.autocomplete(press);
    }
  }
}

function stateJson(world: World): object {
  const guilds = [...world.guilds.values()].map((guild) => ({
    id: guild.id,
    name: guild.name,
    ownerId: guild.ownerId,
    roles: guild.roles,
    members: guild.members.map(({ user, roles }) => ({
      ...{ ...user, roles },
      permissions: String(permissionsOf(world, guild.id, user.id, null)),
    })),
    channels: [...world.channels.values()]
      .filter(({ guild_id }) => guild_id === guild.id)
      .map((channel) => channelJson(channel)),
    commands: commandsIn(world, guild.id),
  }));
  return { guilds, bot: world.bot };
}

/** The API's message with what only the page needs. */
function shownJson(world: World, message: StoredMessage): object {
  const { deleted, ephemeralFor, loading, pings, interaction } = message;
  return { ...messageJson(world, message), shown: { deleted, ephemeralFor, loading, pings, interaction } };
}

function streamEvents(world: World, request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  raw.write('retry: 1000\n\n');
  const send = (name: string, value: unknown) =>
    raw.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`);
  const onMessage = (message: StoredMessage) => send('message', shownJson(world, message));
  const onState = () => send('state', null);
  world.changes.on('message', onMessage);
  world.changes.on('commands', onState);
  world.changes.on('channels', onState);
  const timer = setInterval(() => raw.write(': still here\n\n'), KEEP_ALIVE_MS).unref();
  request.raw.on('close', () => {
    clearInterval(timer);
    world.changes.off('message', onMessage);
    world.changes.off('commands', onState);
    world.changes.off('channels', onState);
  });
}

function sendFile(world: World, params: Record<string, string>, reply: FastifyReply): FastifyReply {
  const message = world.messages.get(params.channel ?? '')?.find(({ id }) => id === params.message);
  const file = message?.files.find(({ id }) => id === params.file);
  if (!file) return reply.code(404).send({ error: 'no such file' });
  const isInline = INLINE_TYPES.includes(file.contentType);
  return reply
    .headers({
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'content-disposition': isInline ? 'inline' : 'attachment',
    })
    .type(isInline ? file.contentType : 'application/octet-stream')
    .send(file.data);
}
