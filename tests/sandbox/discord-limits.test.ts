import type { Client, TextChannel } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_OWNER_ID } from '#src/sandbox/discord/preset.ts';
import { type DiscordSandbox, startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import { COMMANDS, logIn, PNG } from './discord-client.ts';

let sandbox: DiscordSandbox;
let client: Client<true>;
let channel: TextChannel;
let shiftMs = 0;
const ALERTS = '1100000000000000011';
const POST = 'POST /channels/{channel_id}/messages';

beforeEach(async () => {
  shiftMs = 0;
  sandbox = await startDiscordSandbox({ now: () => Date.now() + shiftMs });
  client = await logIn(sandbox, { retries: 0 });
  channel = (await client.channels.fetch(ALERTS)) as TextChannel;
});

afterEach(async () => {
  await client.destroy();
  await sandbox.close();
});

const texts = () => sandbox.messages(ALERTS).map(({ content }) => content);
const refusal = (body: unknown, files?: { name: string; data: Buffer }[]) =>
  client.rest.post(`/channels/${ALERTS}/messages`, { body, ...(files && { files }) }).then(
    () => 'accepted',
    (error) => ({ status: error.status, code: error.code, errors: JSON.stringify(error.rawError?.errors) }),
  );
const button = (id: number) => ({ type: 2, style: 1, label: 'x', custom_id: `b${id}` });
const row = (count: number) => ({
  type: 1,
  components: Array.from({ length: count }, (_, id) => button(id)),
});

describe('what Discord enforces', () => {
  it.each([
    ['2001 characters', { content: 'x'.repeat(2001) }, 'content'],
    ['11 embeds', { embeds: Array.from({ length: 11 }, () => ({ title: 'x' })) }, 'embeds'],
    [
      '6001 characters of embeds',
      { embeds: [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2001) }] },
      'MAX_EMBED_SIZE_EXCEEDED',
    ],
    [
      '26 fields',
      { embeds: [{ fields: Array.from({ length: 26 }, () => ({ name: 'n', value: 'v' })) }] },
      'fields',
    ],
    ['an empty field', { embeds: [{ fields: [{ name: 'n', value: '' }] }] }, 'BASE_TYPE_MIN_LENGTH'],
    ['a picture that is not there', { embeds: [{ image: { url: 'attachment://a.png' } }] }, 'a.png'],
    ['a javascript: link', { embeds: [{ title: 't', url: 'javascript:alert(1)' }] }, 'STRING_TYPE_REGEX'],
    ['six buttons in a row', { content: 'x', components: [row(6)] }, 'components'],
    ['six rows', { content: 'x', components: [1, 2, 3, 4, 5, 6].map(() => row(1)) }, 'BASE_TYPE_MAX_LENGTH'],
    ['the same custom_id twice', { content: 'x', components: [row(1), row(1)] }, 'DUPLICATED'],
    ['a nonce of 26 characters', { content: 'x', nonce: 'n'.repeat(26) }, 'nonce'],
    ['content beside components V2', { content: 'x', flags: 1 << 15, components: [row(1)] }, 'content'],
  ])('refuses %s with 50035', async (_what, body, named) => {
    const refused = await refusal(body);
    expect(refused).toMatchObject({ status: 400, code: 50035 });
    expect(refused).toHaveProperty('errors', expect.stringContaining(named));
    expect(texts()).toEqual([]);
  });

  it('refuses an empty message and a file over 10 MiB', async () => {
    expect(await refusal({ content: ' ' })).toMatchObject({ status: 400, code: 50006 });
    const data = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect(await refusal({}, [{ name: 'big.bin', data }])).toMatchObject({ status: 413, code: 40005 });
    expect(await refusal({}, [{ name: 'ok.png', data: PNG }])).toBe('accepted');
  });

  it('refuses commands that break the rules', async () => {
    const set = (command: object) =>
      client.rest.put(`/applications/${sandbox.applicationId}/commands`, { body: [command] });
    const bad = [
      { name: 'Stats', description: 'x' },
      { name: 'stats', description: '' },
      { name: 'stats', description: 'x'.repeat(101) },
      {
        ...{ name: 'stats', description: 'x' },
        options: [
          { type: 3, name: 'a', description: 'x' },
          { type: 3, name: 'b', description: 'x', required: true },
        ],
      },
      { name: 'stats', description: 'x', description_localizations: { xx: 'y' } },
    ];
    for (const command of bad) await expect(set(command)).rejects.toMatchObject({ code: 50035 });
    await expect(set(COMMANDS[0] as object)).resolves.toHaveLength(1);
    expect(sandbox.commands().map(({ name }) => name)).toEqual(['stats']);
  });

  it('lists commands with their translations only when asked', async () => {
    const command = { name: 'stats', description: 'x', description_localizations: { ja: '統計' } };
    await client.application.commands.set([command]);
    const path = `/applications/${sandbox.applicationId}/commands` as const;
    const query = new URLSearchParams({ with_localizations: 'true' });
    expect(await client.rest.get(path)).not.toHaveProperty('0.description_localizations');
    expect(await client.rest.get(path, { query })).toHaveProperty('0.description_localizations.ja', '統計');
  });

  it('has one message for a nonce sent twice, for minutes', async () => {
    const send = () => channel.send({ content: 'once', nonce: 'gift-1', enforceNonce: true });
    const [first, second] = [await send(), await send()];
    expect(second.id).toBe(first.id);
    expect(texts()).toEqual(['once']);
    shiftMs = 6 * 60_000;
    await send();
    expect(texts()).toEqual(['once', 'once']);
  });

  it('wants the first answer within 3 s, once', async () => {
    await client.application.commands.set(COMMANDS);
    const late = new Promise((resolve) => {
      client.once('interactionCreate', async (interaction) => {
        shiftMs += 3001;
        if (interaction.isChatInputCommand()) await interaction.reply('late').catch(resolve);
      });
    });
    const press = { command: 'stats', options: { room: '1' } };
    const failed = sandbox.press(press).catch(String);
    expect(await late).toMatchObject({ code: 10062 });
    expect(await failed).toMatch('did not respond');
    const twice = new Promise((resolve) => {
      client.once('interactionCreate', async (interaction) => {
        if (!interaction.isChatInputCommand()) return;
        await interaction.reply('first');
        const callback = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
        const body = { type: 4, data: { content: 'second' } };
        await client.rest.post(callback, { body, auth: false }).catch(resolve);
      });
    });
    await sandbox.press(press);
    expect(await twice).toMatchObject({ code: 40060 });
  });

  it('names what the bot may not do', async () => {
    sandbox.denyPermission(ALERTS, 'EmbedLinks');
    expect(await refusal({ embeds: [{ title: 'x' }] })).toMatchObject({ status: 403, code: 50013 });
    expect(await refusal({ content: 'x' })).toBe('accepted');
    sandbox.denyPermission(ALERTS, 'ViewChannel');
    expect(await refusal({ content: 'x' })).toMatchObject({ status: 403, code: 50001 });
    sandbox.allowPermission(ALERTS, 'ViewChannel');
    sandbox.allowPermission(ALERTS, 'EmbedLinks');
    expect(await refusal({ embeds: [{ title: 'x' }] })).toBe('accepted');
  });

  it('pings only whom allowed_mentions lets through', async () => {
    const content = `@everyone <@&1100000000000000202> <@${DEFAULT_OWNER_ID}>`;
    await channel.send({ content, allowedMentions: { parse: [] } });
    await channel.send({ content, allowedMentions: { parse: [], roles: ['1100000000000000202'] } });
    const nobody = { everyone: false, roles: [], users: [] };
    expect(sandbox.messages(ALERTS).map(({ pings }) => pings)).toEqual([
      nobody,
      { ...nobody, roles: ['1100000000000000202'] },
    ]);
  });
});

describe('rate limits and faults', () => {
  it('makes discord.js wait by the headers: no 429', async () => {
    await Promise.all(Array.from({ length: 7 }, (_, at) => channel.send(String(at))));
    expect(texts()).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect(sandbox.rateLimited).toEqual({ own: 0, injected: 0 });
  });

  it('answers 429 to who does not wait', async () => {
    const authorization = `Bot ${sandbox.token}`;
    const post = () =>
      fetch(`${sandbox.apiUrl}/v10/channels/${ALERTS}/messages`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: '{"content":"x"}',
      });
    const answers = [];
    for (let at = 0; at < 6; at += 1) answers.push(await post());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(answers[0]?.headers.get('x-ratelimit-remaining')).toBe('4');
    expect(await answers[5]?.json()).toMatchObject({ global: false, retry_after: expect.any(Number) });
    expect(sandbox.rateLimited.own).toBe(1);
    shiftMs = 5001;
    expect((await post()).status).toBe(200);
  });

  it('fails as a test asks', async () => {
    sandbox.rateLimit(POST, 1, 10);
    sandbox.fail(POST, 1, 502);
    expect(await refusal({ content: 'x' })).toMatchObject({ status: 502 });
    expect(sandbox.rateLimited.injected).toBe(1);
    const back = sandbox.away(20);
    await expect(client.rest.get('/users/@me')).rejects.toThrow();
    await back;
    expect(await refusal({ content: 'back' })).toBe('accepted');
    sandbox.invalidateToken();
    expect(await refusal({ content: 'x' })).toMatchObject({ status: 401 });
    expect(texts()).toEqual(['back']);
  });

  it('answers an unknown route as Discord does, and logs it', async () => {
    await expect(client.rest.get('/nothing/here')).rejects.toMatchObject({ status: 404, code: 0 });
    expect(sandbox.requests.at(-1)).toMatchObject({ route: null, path: '/nothing/here', status: 404 });
  });
});
