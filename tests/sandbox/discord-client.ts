/** A real discord.js client that logs in at the stand-in, as the bot does. */
import { once } from 'node:events';
import { Client, GatewayIntentBits, type RESTOptions } from 'discord.js';
import type { DiscordSandbox } from '#src/sandbox/discord/sandbox.ts';

export async function logIn(sandbox: DiscordSandbox, rest: Partial<RESTOptions> = {}): Promise<Client<true>> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: sandbox.apiUrl, version: '10', ...rest },
    allowedMentions: { parse: [] },
  });
  const ready = once(client, 'clientReady');
  await client.login(sandbox.token);
  await ready;
  return client as Client<true>;
}

/** 1×1, transparent. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export const COMMANDS = [
  {
    name: 'stats',
    description: 'Numbers of a room',
    contexts: [0],
    options: [
      { type: 3, name: 'room', description: 'Which room', required: true, autocomplete: true },
      { type: 4, name: 'limit', description: 'How many', min_value: 1, max_value: 25 },
      { type: 7, name: 'channel', description: 'Where', channel_types: [0] },
      { type: 8, name: 'role', description: 'Whom' },
    ],
  },
  {
    name: 'report',
    description: 'Reports',
    default_member_permissions: '32',
    options: [
      {
        type: 1,
        name: 'add',
        description: 'Adds one',
        options: [
          {
            ...{ type: 3, name: 'every', description: 'How often', required: true },
            choices: [
              { name: 'every hour', value: 'hour' },
              { name: 'every day', value: 'day' },
            ],
          },
        ],
      },
      { type: 1, name: 'list', description: 'Lists them' },
    ],
  },
];
