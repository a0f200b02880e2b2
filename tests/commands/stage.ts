/** The commands on a real discord.js client, pressed as Discord presses them; a test reads what was sent back. */
import path from 'node:path';
import { afterEach, vi } from 'vitest';
import { type Commands, openCommands } from '#src/discord/commands.ts';
import { createFormat } from '#src/discord/format.ts';
import { validateRequests } from '../support/discord-schema.ts';
import { GUILD, type Loopback, openLoopback, type Press, press, type Recorded } from './loopback.ts';
import { createWorld, partsOf, type World } from './world.ts';

const FOLDER = path.resolve('commands');

export interface Answer {
  readonly ephemeral: boolean;
  /** All text that people read: content and embeds. */
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly files: Recorded['files'];
}

/** The requests that commands make, as Discord's description names them. */
const ROUTES: readonly (readonly [RegExp, string])[] = [
  [/^\/applications\/@me$/, '/applications/@me'],
  [/^\/applications\/\d+\/commands$/, '/applications/{application_id}/commands'],
  [
    /^\/applications\/\d+\/guilds\/\d+\/commands$/,
    '/applications/{application_id}/guilds/{guild_id}/commands',
  ],
  [/^\/interactions\/\d+\/[\w-]+\/callback$/, '/interactions/{interaction_id}/{interaction_token}/callback'],
  [/^\/webhooks\/\d+\/[\w-]+$/, '/webhooks/{webhook_id}/{webhook_token}'],
  [
    /^\/webhooks\/\d+\/[\w-]+\/messages\/@original$/,
    '/webhooks/{webhook_id}/{webhook_token}/messages/@original',
  ],
];

/** What is wrong with a request; empty when nothing is, or when the description is absent. */
export function findFaults(request: Recorded): string[] {
  const route = ROUTES.find(([pattern]) => pattern.test(request.path))?.[1] ?? null;
  return validateRequests([
    { ...request, route, query: Object.fromEntries(new URLSearchParams(request.query)) },
  ]);
}

export interface Stage extends AsyncDisposable {
  readonly world: World;
  readonly loopback: Loopback;
  readonly commands: Commands;
  /** Everything that went to Discord because of this command. */
  requestsOf(token: string): Recorded[];
  run(name: string, how?: Press): Promise<Answer>;
  /** The choices for the last option, which is the focused one. */
  complete(name: string, how: Press): Promise<{ name: string; value: string | number }[]>;
}

export interface StageOptions {
  readonly folder?: string;
  readonly guildId?: string | null;
  readonly operatorIds?: readonly string[];
  readonly change?: (world: World) => unknown;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const world = createWorld(GUILD);
  options.change?.(world);
  const loopback = await openLoopback();
  const commands = await openCommands({
    ...partsOf(world),
    client: loopback.client,
    folder: options.folder ?? FOLDER,
    guildId: options.guildId === undefined ? GUILD : options.guildId,
    operatorIds: options.operatorIds ?? ['900000000000000077'],
    format: createFormat,
  });
  const requestsOf = (token: string) => loopback.requests.filter(({ path }) => path.includes(token));
  return {
    ...{ world, loopback, commands, requestsOf },
    async run(name, how = {}) {
      const { token } = press(loopback.client, 2, name, how);
      return vi.waitFor(() => readAnswer(requestsOf(token).filter(({ refused }) => !refused)), {
        timeout: 5000,
        interval: 5,
      });
    },
    async complete(name, how) {
      const { token } = press(loopback.client, 4, name, how);
      const body = await vi.waitFor(() => need(requestsOf(token)[0]?.body), { timeout: 5000, interval: 5 });
      return (body.data as { choices: { name: string; value: string }[] }).choices;
    },
    async [Symbol.asyncDispose]() {
      await commands.close();
      await loopback.close();
      const faults = loopback.requests.flatMap(findFaults);
      if (faults.length > 0) throw new Error(`Discord would refuse: ${faults.join('; ')}`);
    },
  };
}

/** Opens stages for the tests of a file and closes them after each; every request must be one that Discord takes. */
export function useStages(): (change?: StageOptions['change'], rest?: StageOptions) => Promise<Stage> {
  const open: Stage[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
  });
  return async (change, rest = {}) => {
    const opened = await openStage(change === undefined ? rest : { change, ...rest });
    open.push(opened);
    return opened;
  };
}

const EPHEMERAL = 64;

/** What the caller ends up seeing. Throws while it is only the defer. */
function readAnswer(requests: readonly Recorded[]): Answer {
  const callback = need(requests.find(({ path }) => path.endsWith('/callback')));
  const data = (callback.body?.data ?? {}) as Record<string, unknown>;
  if (callback.body?.type === 4) return shown(data, data.flags === EPHEMERAL, []);
  const followUp = requests.find(({ method, path }) => method === 'POST' && path.startsWith('/webhooks/'));
  if (followUp) return shown(need(followUp.body), followUp.body?.flags === EPHEMERAL, followUp.files);
  const edit = need(requests.find(({ method }) => method === 'PATCH'));
  return shown(need(edit.body), data.flags === EPHEMERAL, edit.files);
}

interface SeenEmbed {
  readonly title?: string;
  readonly description?: string;
  readonly fields?: readonly { name: string; value: string }[];
  readonly footer?: { text: string };
}

function shown(body: Record<string, unknown>, ephemeral: boolean, files: Recorded['files']): Answer {
  const embeds = (body.embeds ?? []) as SeenEmbed[];
  const lines = embeds.flatMap(({ title, description, fields = [], footer }) => [
    title,
    description,
    ...fields.flatMap(({ name, value }) => [name, value]),
    footer?.text,
  ]);
  const text = [body.content, ...lines].filter((line) => typeof line === 'string').join('\n');
  return { ephemeral, text, body, files };
}

function need<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('nothing was sent yet');
  return value;
}

export const text = (name: string, value: string, focused = false) => ({ type: 3, name, value, focused });
export const integer = (name: string, value: number) => ({ type: 4, name, value });
export const amount = (name: string, value: number) => ({ type: 10, name, value });
