import type { ChatInputCommandInteraction, TextChannel } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import { type Checked, validateAnswer, validateRequests } from '../support/discord-schema.ts';
import { skipReason } from '../support/needs.ts';
import { COMMANDS, logIn, PNG } from './discord-client.ts';

const reason = await skipReason('shared');
const why = reason === null ? '' : ` (skipped: ${reason})`;

const post: Checked = {
  method: 'POST',
  route: '/channels/{channel_id}/messages',
  path: '/channels/1100000000000000011/messages',
  query: {},
  body: { content: 'x', nonce: 'n', enforce_nonce: true, embeds: [{ title: 't', color: 1 }] },
  files: [],
};

describe.skipIf(why !== '')(`requests against Discord's description${why}`, () => {
  it('finds nothing in what discord.js sends', async () => {
    const sandbox = await startDiscordSandbox();
    const client = await logIn(sandbox);
    await client.application.commands.set(COMMANDS, sandbox.guild.id);
    client.once('interactionCreate', async (interaction) => {
      const command = interaction as ChatInputCommandInteraction;
      await command.deferReply();
      await command.editReply({ embeds: [{ title: 't' }], files: [{ attachment: PNG, name: 'a.png' }] });
      await command.followUp('more');
    });
    const { followups } = await sandbox.press({ command: 'stats', options: { room: '1' } });
    const channel = (await client.channels.fetch('1100000000000000011')) as TextChannel;
    const message = await channel.send({ content: 'x', nonce: 'n', enforceNonce: true });
    await message.edit({ content: 'y', files: [{ attachment: PNG, name: 'a.png', description: 'd' }] });
    await channel.messages.fetch({ limit: 3 });
    await message.delete();
    await expect.poll(() => followups.length).toBe(1);
    expect(validateRequests(sandbox.requests)).toEqual([]);
    expect(sandbox.requests.length).toBeGreaterThan(8);
    await client.destroy();
    await sandbox.close();
  });

  it('finds nothing in what the stand-in answers, and would', async () => {
    const sandbox = await startDiscordSandbox();
    const ids = {
      channel_id: '1100000000000000011',
      guild_id: sandbox.guild.id,
      user_id: sandbox.applicationId,
    };
    const embed = { title: 't', fields: [{ name: 'n', value: 'v' }] };
    const button = { type: 2, style: 1, label: 'x', custom_id: 'b' };
    const sent = { content: 'x', embeds: [embed], components: [{ type: 1, components: [button] }] };
    const calls: [string, string, object?][] = [
      ['PUT', '/applications/{application_id}/guilds/{guild_id}/commands', COMMANDS],
      ['POST', '/channels/{channel_id}/messages', sent],
      ['GET', '/channels/{channel_id}/messages'],
      ['GET', '/channels/{channel_id}'],
      ['POST', '/channels/{channel_id}/threads', { name: 't', type: 11 }],
      ['GET', '/guilds/{guild_id}'],
      ['GET', '/guilds/{guild_id}/channels'],
      ['GET', '/guilds/{guild_id}/roles'],
      ['GET', '/guilds/{guild_id}/members/{user_id}'],
      ['GET', '/applications/@me'],
      ['GET', '/users/@me'],
      ['GET', '/gateway/bot'],
    ];
    const faults: string[] = [];
    for (const [method, route, body] of calls) {
      const known: Record<string, string> = { ...ids, application_id: sandbox.applicationId };
      const at = route.replace(/\{(\w+)\}/g, (_all, name: string) => known[name] ?? '');
      const headers = { authorization: `Bot ${sandbox.token}`, 'content-type': 'application/json' };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const answer = await fetch(`${sandbox.apiUrl}/v10${at}`, init);
      faults.push(...validateAnswer(method, route, answer.status, await answer.json()));
    }
    expect(faults).toEqual([]);
    expect(validateAnswer('GET', '/users/@me', 200, { id: 5 })).toContain('/users/@me/id must be string');
    await sandbox.close();
  });

  it.each<[string, Partial<Checked>, RegExp]>([
    ['content that is a number', { body: { content: 5 } }, /\/content/],
    ['an embed colour that is a text', { body: { embeds: [{ color: 'red' }] } }, /\/embeds\/0/],
    ['a multipart body whose JSON is wrong', { body: { embeds: {} }, files: [file('a.png')] }, /\/embeds/],
    ['a query that is not there', { query: { wait: 'true' } }, /query wait is unknown/],
    ['no body', { body: null }, /has no body/],
    ['a route that is not there', { route: null, path: '/nope' }, /not in Discord's description/],
    ['a method that is not there', { method: 'PUT' }, /not in Discord's description/],
  ])('finds %s', (_what, change, expected) => {
    expect(validateRequests([post])).toEqual([]);
    const faults = validateRequests([post, { ...post, ...change }]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(expected);
  });
});

function file(name: string) {
  return { field: 'files[0]', name, contentType: 'image/png', bytes: 1 };
}
