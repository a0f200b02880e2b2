import { once } from 'node:events';
import http from 'node:http';
import type { ChatInputCommandInteraction, Client, TextChannel } from 'discord.js';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_MEMBER_ID } from '#src/sandbox/discord/preset.ts';
import { type DiscordSandbox, startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import { findChromium, skipReason } from '../support/needs.ts';
import { COMMANDS, logIn, PNG } from './discord-client.ts';

const reason = await skipReason('chromium');
const ALERTS = '1100000000000000011';
const HOSTILE = '<img src=x onerror="document.title=1"> \\*\\*not bold\\*\\* @everyone [x](javascript:alert)';

describe.skipIf(reason !== null)(
  `the page of the Discord stand-in${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    let sandbox: DiscordSandbox;
    let client: Client<true>;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      sandbox = await startDiscordSandbox();
      client = await logIn(sandbox);
      await client.application.commands.set(COMMANDS, sandbox.guild.id);
      browser = await chromium.launch({
        executablePath: findChromium() ?? '',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      });
      page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      client.on('interactionCreate', async (interaction) => {
        if (interaction.isAutocomplete()) await interaction.respond([{ name: '星野 (7)', value: '7' }]);
        if (interaction.isChatInputCommand()) await answer(interaction);
        if (interaction.isButton()) await interaction.update({ content: 'pressed', components: [] });
      });
    });

    afterAll(async () => {
      await browser?.close();
      await client?.destroy();
      await sandbox?.close();
    });

    async function answer(interaction: ChatInputCommandInteraction): Promise<void> {
      await interaction.deferReply({ flags: 64 });
      const { room, limit } = {
        room: interaction.options.getString('room'),
        limit: interaction.options.getInteger('limit'),
      };
      await interaction.editReply({
        embeds: [{ title: `room ${room}, ${limit}`, image: { url: 'attachment://a.png' } }],
        files: [{ attachment: PNG, name: 'a.png' }],
      });
    }

    const open = async (channel = ALERTS) => {
      await page.goto('about:blank');
      await page.goto(`${sandbox.pageUrl}#${channel}`);
      await page.waitForSelector('#say');
    };

    it('takes a slash command with autocomplete and shows the answer', async () => {
      await open('1100000000000000013');
      await page.fill('#say', '/sta');
      await page.waitForSelector('.choice');
      await page.keyboard.press('Enter');
      await page.getByText('星野 (7)').waitFor();
      await page.keyboard.press('Enter');
      await page.click('text=+ limit');
      await page.keyboard.type('12');
      await page.keyboard.press('Enter');
      await page.locator('.ephemeral .embed-title', { hasText: 'room 7, 12' }).waitFor();
      await page.locator('.only-you').waitFor();
      const loaded = () => page.evaluate("document.querySelector('.embed-image').naturalWidth");
      await expect.poll(loaded).toBe(1);
      await page.selectOption('#viewer', DEFAULT_MEMBER_ID);
      await page.waitForSelector('.ephemeral', { state: 'detached' });
      await page.fill('#say', '/');
      await page.waitForSelector('.choice');
      expect(await page.locator('.choice b').allTextContents()).toEqual(['/stats']);
    });

    it('shows messages as they come, are edited, pressed and deleted', async () => {
      await open();
      const channel = (await client.channels.fetch(ALERTS)) as TextChannel;
      const components = [{ type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] }];
      const message = await channel.send({ content: '**星野** is live', components });
      const shown = page.locator(`#m-${message.id}`);
      await shown.getByText('星野').waitFor();
      expect(await shown.locator('.text b').textContent()).toBe('星野');
      await message.edit('still live');
      await shown.getByText('(edited)').waitFor();
      await shown.getByRole('button', { name: 'Go' }).click();
      await shown.getByText('pressed').waitFor();
      await message.delete();
      await shown.waitFor({ state: 'detached' });
    });

    it('shows hostile text as text', async () => {
      await open();
      const channel = (await client.channels.fetch(ALERTS)) as TextChannel;
      const { id } = await channel.send({
        content: HOSTILE,
        embeds: [{ title: HOSTILE, description: HOSTILE }],
      });
      const shown = page.locator(`#m-${id}`);
      await shown.waitFor();
      expect(await shown.locator('.text').textContent()).toContain(
        '<img src=x onerror="document.title=1"> **not',
      );
      expect(await shown.locator('img, a, b').count()).toBe(0);
      expect(await page.title()).toContain('live-alerts');
    });

    it('is for this machine only', async () => {
      const press = { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } };
      expect((await fetch(`${sandbox.pageUrl}page/press`, press)).status).toBe(400);
      const rebound = http.get(sandbox.pageUrl, { headers: { host: 'attacker.example' } });
      const [response] = (await once(rebound, 'response')) as [http.IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(403);
    });
  },
);
