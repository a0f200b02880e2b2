import { once } from 'node:events';
import {
  ActionRowBuilder,
  type AutocompleteInteraction,
  ButtonBuilder,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Client,
  type Interaction,
  MessageFlags,
  ModalBuilder,
  type ModalSubmitInteraction,
  StringSelectMenuBuilder,
  type TextChannel,
  TextInputBuilder,
} from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_MEMBER_ID, DEFAULT_OWNER_ID } from '#src/sandbox/discord/preset.ts';
import { type DiscordSandbox, startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import { COMMANDS, logIn, PNG } from './discord-client.ts';

let sandbox: DiscordSandbox;
let client: Client<true>;
const ALERTS = '1100000000000000011';
const GIFTS = '1100000000000000012';

beforeEach(async () => {
  sandbox = await startDiscordSandbox({ token: 'a-token' });
  client = await logIn(sandbox);
  await client.application.commands.set(COMMANDS, sandbox.guild.id);
});

afterEach(async () => {
  await client.destroy();
  await sandbox.close();
});

/** What the bot does with the next interaction; a fault of it fails the test that awaits it. */
function onInteraction<T extends Interaction>(
  answer: (interaction: T) => Promise<unknown>,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers();
  client.once('interactionCreate', (interaction) => answer(interaction as T).then(resolve, reject));
  return promise;
}

describe('a real discord.js client', () => {
  it('logs in and sees the server with its channels, roles and permissions', () => {
    const guild = client.guilds.cache.get(sandbox.guild.id);
    expect(guild?.name).toBe('Starlight Café');
    expect(guild?.channels.cache.map(({ name }) => name)).toContain('live-alerts');
    expect(guild?.roles.cache.map(({ name }) => name)).toContain('live-fans');
    const permissions = guild?.channels.cache.get(ALERTS)?.permissionsFor(client.user);
    expect(permissions?.has(['ViewChannel', 'SendMessages', 'EmbedLinks', 'AttachFiles'])).toBe(true);
    expect(permissions?.has('ManageGuild')).toBe(false);
  });

  it('is refused with a wrong token', async () => {
    await expect(logIn({ ...sandbox, token: 'another' })).rejects.toThrow(/invalid token/i);
  });

  it('defers and edits with an embed and a picture', async () => {
    const done = onInteraction<ChatInputCommandInteraction<'cached'>>(async (interaction) => {
      expect(interaction.options.getString('room', true)).toBe('21452505');
      expect(interaction.options.getInteger('limit')).toBe(7);
      expect(interaction.options.getChannel('channel')?.name).toBe('gifts');
      expect(interaction.options.getRole('role')?.name).toBe('live-fans');
      expect(interaction.locale).toBe('zh-CN');
      expect(interaction.memberPermissions.has('ManageGuild')).toBe(false);
      expect(interaction.appPermissions.has('AttachFiles')).toBe(true);
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.editReply({
        embeds: [{ title: 'Room', image: { url: 'attachment://chart.png' } }],
        files: [{ attachment: PNG, name: 'chart.png', description: 'a chart' }],
      });
    });
    const answered = await sandbox.press({
      command: 'stats',
      options: { room: '21452505', limit: 7, channel: GIFTS, role: '1100000000000000202' },
      channelId: ALERTS,
      userId: DEFAULT_MEMBER_ID,
      locale: 'zh-CN',
    });
    await done;
    expect(answered.ephemeral).toBe(true);
    expect(answered.deferredMs).toBeGreaterThan(0);
    expect(answered.answeredMs).toBeGreaterThanOrEqual(answered.deferredMs ?? Infinity);
    expect(answered.answer?.embeds).toEqual([{ title: 'Room', image: { url: 'attachment://chart.png' } }]);
    expect(answered.answer?.files).toMatchObject([{ name: 'chart.png', description: 'a chart', widthPx: 1 }]);
    expect(answered.answer?.files[0]?.data.equals(PNG)).toBe(true);
    expect(answered.answer?.edits).toBe(0);
    const patch = sandbox.requests.at(-1);
    expect(patch?.route).toBe('/webhooks/{webhook_id}/{webhook_token}/messages/@original');
    expect(patch?.files).toMatchObject([{ field: 'files[0]', name: 'chart.png', bytes: PNG.length }]);
  });

  it('answers autocomplete', async () => {
    const done = onInteraction<AutocompleteInteraction>((interaction) =>
      interaction.respond([{ name: `room ${interaction.options.getFocused()}`, value: '1' }]),
    );
    const { choices } = await sandbox.autocomplete({ command: 'stats', option: 'room', value: 'ab' });
    await done;
    expect(choices).toEqual([{ name: 'room ab', value: '1' }]);
  });

  it('takes subcommands, and shows commands only to whom they are for', async () => {
    const done = onInteraction<ChatInputCommandInteraction>((interaction) =>
      interaction.reply(`${interaction.options.getSubcommand()} ${interaction.options.getString('every')}`),
    );
    const press = { command: 'report', subcommand: 'add', options: { every: 'hour' } };
    const answered = await sandbox.press(press);
    await done;
    expect(answered.answer?.content).toBe('add hour');
    expect(answered.deferredMs).toBeNull();
    await expect(sandbox.press({ ...press, userId: DEFAULT_MEMBER_ID })).rejects.toThrow(/permissions 32/);
    await expect(sandbox.press({ ...press, options: { every: 'minute' } })).rejects.toThrow(/choices/);
    await expect(sandbox.press({ command: 'stats' })).rejects.toThrow(/wants the option "room"/);
  });

  it('lets a person press buttons, choose and fill in a modal', async () => {
    const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
      new ButtonBuilder({ style: 1, label: 'More', customId: 'more' }),
    );
    const menu = new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(
      new StringSelectMenuBuilder({ customId: 'which', options: [{ label: 'One', value: '1' }] }),
    );
    const channel = (await client.channels.fetch(ALERTS)) as TextChannel;
    const { id: messageId } = await channel.send({ content: 'here', components: [row, menu] });
    const at = { channelId: ALERTS, messageId };

    const modal = new ModalBuilder({ customId: 'ask', title: 'A question' }).addComponents(
      new ActionRowBuilder<TextInputBuilder>().addComponents(
        new TextInputBuilder({ customId: 'name', label: 'Name', style: 1, maxLength: 5 }),
      ),
    );
    let done = onInteraction<ButtonInteraction>((interaction) => interaction.showModal(modal));
    const shown = await sandbox.pressButton({ ...at, customId: 'more' });
    await done;
    expect(shown.modal).toMatchObject({ title: 'A question' });

    done = onInteraction<ModalSubmitInteraction>((interaction) =>
      interaction.reply({
        content: `hello ${interaction.fields.getTextInputValue('name')}`,
        flags: MessageFlags.Ephemeral,
      }),
    );
    const submit = { interactionId: shown.interactionId };
    await expect(sandbox.submitModal({ ...submit, values: { name: 'too long' } })).rejects.toThrow(
      /at most 5/,
    );
    const answered = await sandbox.submitModal({ ...submit, values: { name: '小满' } });
    await done;
    expect(answered.answer).toMatchObject({ content: 'hello 小满', ephemeralFor: DEFAULT_OWNER_ID });

    done = onInteraction<Interaction>(async (interaction) => {
      if (interaction.isStringSelectMenu()) await interaction.update(`chosen ${interaction.values}`);
    });
    await sandbox.select({ ...at, customId: 'which', values: ['1'] });
    await done;
    expect(sandbox.messages(ALERTS)[0]).toMatchObject({ content: 'chosen 1', edits: 1 });
  });

  it('hears nothing but its own interactions, and of channels that go', async () => {
    const gone = once(client, 'channelDelete');
    sandbox.removeChannel(ALERTS);
    expect((await gone)[0].id).toBe(ALERTS);
    await expect(client.rest.get(`/channels/${ALERTS}`)).rejects.toMatchObject({ code: 10003 });
  });

  it('comes back after a cut, a reconnect (op 7) and an invalid session (op 9)', async () => {
    const settle = async (act: () => void, event: string) => {
      const back = once(client, event);
      act();
      await back;
      const done = onInteraction<ChatInputCommandInteraction>((interaction) => interaction.reply('here'));
      expect((await sandbox.press({ command: 'stats', options: { room: '1' } })).answer?.content).toBe(
        'here',
      );
      await done;
    };
    await settle(() => sandbox.gateway.drop(), 'shardResume');
    await settle(() => sandbox.gateway.reconnect(), 'shardResume');
    expect(sandbox.gateway.counts).toEqual({ identified: 1, resumed: 2 });
    await settle(() => sandbox.gateway.invalidate(), 'shardReady');
    expect(sandbox.gateway.counts.identified).toBe(2);
  });
});
