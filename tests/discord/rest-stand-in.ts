/** Discord's message routes on loopback, as far as a delivery needs them: nonces, budgets, faults on demand. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type APIEmbed, REST } from 'discord.js';

const SELF = '400000000000000001';

export interface StoredMessage {
  readonly id: string;
  readonly channelId: string;
  readonly author: { readonly id: string };
  readonly nonce: string | null;
  content: string;
  embeds: APIEmbed[];
  readonly flags: number;
  readonly files: readonly { name: string; bytes: number }[];
  edits: number;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  status: number;
}

interface Fault {
  readonly method: string;
  readonly pathPart: string;
  /** `lost`: done, but the answer never comes. */
  readonly status: number | 'lost';
  readonly code: number;
}

export interface RestStandIn {
  readonly rest: REST;
  readonly messages: StoredMessage[];
  readonly asked: Asked[];
  /** Answers the next fitting request like this. */
  failNext(fault: Fault): void;
  failAlways(fault: Fault): () => void;
  /** Answers the next request with 429 and this wait. */
  limitNext(retryAfterSeconds: number): void;
  /** Holds the answers of a channel until the answer is called. */
  hold(channelId: string): () => void;
  /** Nonces older than this moment are forgotten, as Discord does after minutes. */
  forgetNonces(): void;
  remove(messageId: string): void;
  /** A message that is there already, newest last. */
  seed(message: Partial<StoredMessage> & { channelId: string; atMs: number }): StoredMessage;
  close(): Promise<void>;
}

const EPOCH_MS = 1_420_070_400_000;

export async function openRest(budget: { windowMs: number; requestsMax: number }): Promise<RestStandIn> {
  const messages: StoredMessage[] = [];
  const asked: Asked[] = [];
  const nonces = new Map<string, StoredMessage>();
  const faults: Fault[] = [];
  const lasting = new Set<Fault>();
  const holds = new Map<string, Promise<void>>();
  const taken = new Map<string, number[]>();
  let counter = 0n;
  let nextLimitSeconds: number | null = null;
  const idAt = (atMs: number) => String((BigInt(Math.max(0, atMs - EPOCH_MS)) << 22n) + counter++);

  function overBudget(key: string): boolean {
    const recent = (taken.get(key) ?? []).filter((atMs) => Date.now() - atMs < budget.windowMs);
    taken.set(key, [...recent, Date.now()]);
    return recent.length >= budget.requestsMax;
  }

  function post(channelId: string, form: Form): StoredMessage {
    const nonce = form.body.nonce == null ? null : String(form.body.nonce);
    const known = nonce === null || form.body.enforce_nonce !== true ? undefined : nonces.get(nonce);
    if (known !== undefined) return known;
    const made: StoredMessage = {
      ...{ id: idAt(Date.now()), channelId, author: { id: SELF }, nonce, edits: 0, files: form.files },
      ...{ content: String(form.body.content ?? ''), embeds: (form.body.embeds ?? []) as APIEmbed[] },
      flags: Number(form.body.flags ?? 0),
    };
    messages.push(made);
    if (nonce !== null) nonces.set(nonce, made);
    return made;
  }

  function perform(method: string, path: string, query: URLSearchParams, form: Form): [number, unknown] {
    if (path === '/users/@me') return [200, { id: SELF }];
    const [, channelId = '', messageId] = /^\/channels\/(\d+)\/messages(?:\/(\d+))?$/.exec(path) ?? [];
    if (method === 'GET') {
      const after = BigInt(query.get('after') ?? 0);
      const inChannel = messages.filter(
        (message) => message.channelId === channelId && BigInt(message.id) > after,
      );
      return [200, inChannel.slice(0, Number(query.get('limit') ?? 50)).reverse()];
    }
    if (overBudget(`${method} ${channelId}`))
      return [429, { message: 'limited', retry_after: 0.05, global: false }];
    if (method === 'POST') return [200, post(channelId, form)];
    const found = messages.find(({ id }) => id === messageId);
    if (found === undefined) return [404, { code: 10008, message: 'Unknown Message' }];
    if (form.body.content !== undefined) found.content = String(form.body.content);
    if (form.body.embeds !== undefined) found.embeds = form.body.embeds as APIEmbed[];
    found.edits += 1;
    return [200, found];
  }

  function takeFault(method: string, path: string): Fault | undefined {
    const fits = (fault: Fault) => fault.method === method && path.includes(fault.pathPart);
    const index = faults.findIndex(fits);
    return index >= 0 ? faults.splice(index, 1)[0] : [...lasting].find(fits);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://loopback');
    const method = request.method ?? '';
    const path = decodeURIComponent(url.pathname.replace('/api/v10', ''));
    const form = await readForm(request);
    const entry: Asked = { method, path, body: form.body, status: 0 };
    asked.push(entry);
    const channelId = /^\/channels\/(\d+)/.exec(path)?.[1] ?? '';
    await holds.get(channelId);
    if (nextLimitSeconds !== null) {
      entry.status = 429;
      answer(response, 429, { message: 'limited', global: false }, nextLimitSeconds);
      nextLimitSeconds = null;
      return;
    }
    const fault = takeFault(method, path);
    if (fault === undefined || fault.status === 'lost') {
      const [status, body] = perform(method, path, url.searchParams, form);
      entry.status = status;
      if (fault !== undefined) request.socket.destroy();
      else answer(response, status, body);
    } else {
      entry.status = fault.status;
      answer(response, fault.status, { code: fault.code, message: 'refused by the test' });
    }
  }

  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const rest = new REST({ api: `http://127.0.0.1:${port}/api`, version: '10', retries: 0 }).setToken('test');
  return {
    ...{ rest, messages, asked },
    failNext: (fault) => void faults.push(fault),
    limitNext(retryAfterSeconds) {
      nextLimitSeconds = retryAfterSeconds;
    },
    failAlways(fault) {
      lasting.add(fault);
      return () => void lasting.delete(fault);
    },
    hold(channelId) {
      const { promise, resolve } = Promise.withResolvers<void>();
      holds.set(channelId, promise);
      return () => {
        holds.delete(channelId);
        resolve();
      };
    },
    forgetNonces: () => nonces.clear(),
    remove: (messageId) =>
      void messages.splice(
        messages.findIndex(({ id }) => id === messageId),
        1,
      ),
    seed({ atMs, ...message }) {
      const made: StoredMessage = {
        ...{
          id: idAt(atMs),
          author: { id: SELF },
          nonce: null,
          content: '',
          embeds: [],
          flags: 0,
          files: [],
        },
        ...{ edits: 0, ...message },
      };
      messages.push(made);
      return made;
    },
    async close() {
      rest.clearHandlerSweeper();
      rest.clearHashSweeper();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Form {
  readonly body: Record<string, unknown>;
  readonly files: readonly { name: string; bytes: number }[];
}

async function readForm(request: IncomingMessage): Promise<Form> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/'))
    return { body: raw.length > 0 ? JSON.parse(raw.toString()) : {}, files: [] };
  const form = await new Response(raw, { headers: { 'content-type': type } }).formData();
  const files = [...form.values()].flatMap((value) =>
    typeof value === 'string' ? [] : [{ name: value.name, bytes: value.size }],
  );
  return { body: JSON.parse(String(form.get('payload_json'))), files };
}

function answer(response: ServerResponse, status: number, body: unknown, retryAfter = 0.05): void {
  const limited = status === 429 ? { 'retry-after': String(retryAfter), 'x-ratelimit-scope': 'user' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...limited }).end(JSON.stringify(body));
}
