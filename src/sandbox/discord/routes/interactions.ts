/** Answers to interactions: the callback and the webhook that belongs to its token. */
import { z } from 'zod';
import { type Answer, type Call, NO_CONTENT, ok, type Route } from '../call.ts';
import {
  alreadyAnswered,
  expiredWebhook,
  invalidForm,
  readForm,
  unknownInteraction,
  unknownMessage,
  unknownWebhook,
} from '../fault.ts';
import { FIRST_ANSWER_MS, type Life } from '../interactions.ts';
import { FLAG_EPHEMERAL, readMessageForm } from '../message-form.ts';
import { createMessage, deleteMessage, editMessage, keptFiles, messageJson } from '../messages.ts';
import type { Json, StoredMessage } from '../shapes.ts';

const REPLY = 4;
const DEFER = 5;
const DEFER_UPDATE = 6;
const UPDATE = 7;
const CHOICES = 8;
const MODAL = 9;

const ALLOWED: Readonly<Record<Life['kind'], readonly number[]>> = {
  command: [REPLY, DEFER, MODAL],
  component: [REPLY, DEFER, DEFER_UPDATE, UPDATE, MODAL],
  modal: [REPLY, DEFER, DEFER_UPDATE, UPDATE],
  autocomplete: [CHOICES],
};

const callbackForm = z.looseObject({ type: z.int(), data: z.unknown() });
const text = z.string().min(1).max(100);
const choicesForm = z.looseObject({
  choices: z.array(z.looseObject({ name: text, value: z.union([text, z.number()]) })).max(25),
});
const modalForm = z.looseObject({
  custom_id: text,
  title: z.string().min(1).max(45),
  components: z
    .array(z.looseObject({ type: z.int() }))
    .min(1)
    .max(5),
});

function callback(call: Call): Answer {
  const { params, body, world, interactions, query } = call;
  const life = interactions.findById(params.interaction_id ?? '');
  if (!life || life.token !== params.interaction_token) throw unknownInteraction();
  if (life.state !== 'waiting' && life.state !== 'failed') throw alreadyAnswered();
  if (life.state === 'failed' || world.now() - life.createdMs > FIRST_ANSWER_MS) throw unknownInteraction();
  const { type, data } = readForm(callbackForm, body);
  const isUpdate = type === DEFER_UPDATE || type === UPDATE;
  if (!ALLOWED[life.kind].includes(type) || (isUpdate && life.source === null))
    throw invalidForm([
      { path: ['type'], code: 'BASE_TYPE_CHOICES', message: `Not an answer to a ${life.kind}` },
    ]);
  ANSWERS[type]?.(call, life, data);
  if (type === DEFER || type === DEFER_UPDATE) interactions.defer(life);
  else interactions.settle(life);
  if (query.with_response !== 'true') return NO_CONTENT;
  return ok(describe(call, life, type));
}

const ANSWERS: Readonly<Record<number, (call: Call, life: Life, data: unknown) => void>> = {
  [REPLY](call, life, data) {
    const form = readMessageForm(data, call.files, 0, []);
    life.original = createMessage(call.world, originOf(call, life, form.flags ?? 0), form, call.files);
  },
  [DEFER](call, life, data) {
    const flags = Number((data as Json | undefined)?.flags ?? 0);
    life.original = createMessage(call.world, { ...originOf(call, life, flags), flags }, null, []);
    life.ephemeral = (flags & FLAG_EPHEMERAL) !== 0;
  },
  [DEFER_UPDATE](_call, life) {
    life.original = life.source;
  },
  [UPDATE](call, life, data) {
    if (!life.source) throw unknownMessage();
    edit(call, life.source, data);
    life.original = life.source;
  },
  [CHOICES](_call, life, data) {
    life.choices = readForm(choicesForm, data).choices;
  },
  [MODAL](_call, life, data) {
    life.modal = readForm(modalForm, data);
  },
};

function originOf({ world }: Call, life: Life, flags: number) {
  const isEphemeral = (flags & FLAG_EPHEMERAL) !== 0;
  return {
    channelId: life.channelId,
    author: world.bot,
    ephemeralFor: isEphemeral ? life.userId : null,
    interaction: { id: life.id, name: life.name, userId: life.userId },
  };
}

function edit({ world, files }: Call, message: StoredMessage, data: unknown): void {
  const kept = keptFiles(message, (data ?? {}) as { attachments?: { id: string }[] });
  const form = readMessageForm(
    data,
    files,
    message.flags,
    kept.map(({ name }) => name),
  );
  editMessage(world, message, form, files);
}

function describe({ world }: Call, life: Life, type: number): Json {
  const { original } = life;
  return {
    interaction: {
      id: life.id,
      type: life.kind === 'command' ? 2 : 3,
      ...(original && {
        response_message_id: original.id,
        response_message_loading: original.loading,
        response_message_ephemeral: original.ephemeralFor !== null,
      }),
    },
    resource: { type, ...(original && { message: messageJson(world, original) }) },
  };
}

/** The interaction of a webhook's token. Throws 10015 before its first answer, 50027 after 15 minutes. */
function findLife({ interactions, params, world }: Call): Life {
  const life = interactions.findByToken(params.webhook_token ?? '');
  if (!life || params.webhook_id !== world.applicationId) throw unknownWebhook();
  if (interactions.isExpired(life)) throw expiredWebhook();
  if (life.state === 'waiting' || life.state === 'failed') throw unknownWebhook();
  return life;
}

function findTarget(call: Call): { life: Life; message: StoredMessage } {
  const life = findLife(call);
  const id = call.params.message_id ?? '@original';
  const message =
    id === '@original' || id === life.original?.id
      ? life.original
      : life.followups.find((known) => known.id === id);
  if (!message || message.deleted) throw unknownMessage();
  return { life, message };
}

function followUp(call: Call): Answer {
  const life = findLife(call);
  const { original } = life;
  const form = readMessageForm(call.body, call.files, 0, []);
  // The first follow-up of a deferred answer becomes that answer; its visibility was chosen at the defer.
  if (original?.loading) {
    editMessage(call.world, original, form, call.files);
    call.interactions.settle(life);
    return ok(messageJson(call.world, original));
  }
  const message = createMessage(call.world, originOf(call, life, form.flags ?? 0), form, call.files);
  life.followups.push(message);
  call.interactions.settle(life);
  return ok(messageJson(call.world, message));
}

function patch(call: Call): Answer {
  const { life, message } = findTarget(call);
  edit(call, message, call.body);
  call.interactions.settle(life);
  return ok(messageJson(call.world, message));
}

function remove(call: Call): Answer {
  const { life, message } = findTarget(call);
  deleteMessage(call.world, message);
  call.interactions.settle(life);
  return NO_CONTENT;
}

const HOOK = '/webhooks/{webhook_id}/{webhook_token}';

export const INTERACTION_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/interactions/{interaction_id}/{interaction_token}/callback',
    needsToken: false,
    run: callback,
  },
  { method: 'POST', path: HOOK, needsToken: false, run: followUp },
  ...['@original', '{message_id}'].flatMap((id): Route[] => [
    {
      method: 'GET',
      path: `${HOOK}/messages/${id}`,
      needsToken: false,
      run: (call) => ok(messageJson(call.world, findTarget(call).message)),
    },
    { method: 'PATCH', path: `${HOOK}/messages/${id}`, needsToken: false, run: patch },
    { method: 'DELETE', path: `${HOOK}/messages/${id}`, needsToken: false, run: remove },
  ]),
];
