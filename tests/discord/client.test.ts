import { Routes } from 'discord.js';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Discord, openDiscord } from '#src/discord/client.ts';
import { type DiscordSandbox, startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import { until } from './delivery-scene.ts';

let sandbox: DiscordSandbox;
let discord: Discord | null = null;
let logs: { level: number; msg: string }[];

beforeEach(async () => {
  sandbox = await startDiscordSandbox();
  logs = [];
});
afterEach(async () => {
  await discord?.close();
  discord = null;
  await sandbox.close();
});

function open(token = sandbox.token): Discord {
  const log = pino({ level: 'info' }, { write: (line: string) => void logs.push(JSON.parse(line)) });
  discord = openDiscord({ token, apiUrl: sandbox.apiUrl, log, retryMs: 20 });
  return discord;
}

const errors = () => logs.filter(({ level }) => level >= 50).map(({ msg }) => msg);

describe('openDiscord', () => {
  it('is ready with its guilds and channels, asking for nothing but guilds', async () => {
    const { ready, state, client } = open();
    expect(state()).toBe('connecting');
    expect(await ready).toBe(true);
    expect(state()).toBe('ready');
    expect(client.options.intents.bitfield).toBe(1);
    expect(client.options.allowedMentions).toEqual({ parse: [] });
    expect(client.guilds.cache.get(sandbox.guild.id)?.channels.cache.size).toBeGreaterThan(0);
  });

  it('can post before the gateway is up', async () => {
    const { messageRest } = open();
    const channelId = sandbox.channels.find(({ type }) => type === 0)?.id ?? '';
    await messageRest.post(Routes.channelMessages(channelId), { body: { content: 'early' } });
    expect(sandbox.messages(channelId).map(({ content }) => content)).toEqual(['early']);
  });

  it('says one line for a bad token, without the token, and throws nothing', async () => {
    const { ready, state } = open('not-the-token');
    expect(await ready).toBe(false);
    expect(state()).toBe('failed');
    expect(errors()).toEqual([expect.stringMatching(/^Discord does not accept DISCORD_TOKEN/)]);
    expect(JSON.stringify(logs)).not.toContain('not-the-token');
  });

  it('goes on trying when Discord is away at the start', async () => {
    sandbox.fail('GET /gateway/bot', 4, 503);
    const { ready, state } = open();
    expect(await ready).toBe(true);
    expect(state()).toBe('ready');
    expect(logs.filter(({ msg }) => msg.startsWith('Discord cannot be reached')).length).toBeGreaterThan(0);
    expect(errors()).toEqual([]);
  });

  it('comes back after its connection was cut', async () => {
    const { ready, state, client } = open();
    await ready;
    const reconnecting = new Promise((resolve) => client.once('shardReconnecting', resolve));
    sandbox.gateway.drop();
    await reconnecting;
    await until(() => state() === 'ready');
    expect(errors()).toEqual([]);
  });

  it('says so when the token is taken back later', async () => {
    const { ready, state } = open();
    await ready;
    sandbox.invalidateToken();
    await until(() => state() === 'failed');
    expect(errors()).toEqual([expect.stringMatching(/^Discord does not accept DISCORD_TOKEN/)]);
  });

  it('closes while it still tries', async () => {
    sandbox.fail('GET /gateway/bot', 1_000, 503);
    const { ready, close } = open();
    await until(() => logs.length > 0);
    await close();
    expect(await ready).toBe(false);
  });
});
