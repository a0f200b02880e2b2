import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { AlertDocument } from '#src/alerts/document.ts';
import { openDiscord } from '#src/discord/client.ts';
import { startDelivery } from '#src/discord/delivery.ts';
import { startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import { AT_MS, face, totals, watch } from '../alerts/samples.ts';
import { validateRequests } from '../support/discord-schema.ts';
import { giftOf, streamOf, until } from './delivery-scene.ts';
import { openOutbox } from './outbox-stand-in.ts';

const HOSTILE = '@everyone **[x](https://evil.example)** \u202e\u200b<@&1> ';
const hostile = { ...face, name: HOSTILE.repeat(5), title: HOSTILE.repeat(9), area: HOSTILE };

/** One of each, with texts that try everything. */
function documents(roleId: string): AlertDocument[] {
  const at = { room: hostile, viewerName: HOSTILE, atMs: Date.now() };
  return [
    { ...streamOf(null, roleId), room: hostile },
    { ...giftOf(HOSTILE), room: hostile, giftName: HOSTILE, boxName: HOSTILE, receiverName: HOSTILE },
    { type: 'super-chat', ...at, text: HOSTILE, translation: HOSTILE, paidMilli: 30_000, takenDown: false },
    {
      ...{ type: 'guard', ...at, level: 3, count: 1, unit: HOSTILE, paidMilli: 198_000 },
      ...{ isListPrice: true, action: 'new' },
    },
    { type: 'report', room: hostile, every: 'day', fromMs: AT_MS, toMs: AT_MS + 86_400_000, totals },
  ];
}

describe('a delivery to the stand-in for Discord', () => {
  it('makes requests that fit its description, and pings the named role alone', async () => {
    await using stack = new AsyncDisposableStack();
    const role = { id: '1100000000000000071', name: 'live', mentionable: true };
    const channel = { id: '1100000000000000072', name: 'alerts' };
    const sandbox = await startDiscordSandbox({
      guilds: [{ name: 'A server', channels: [channel], roles: [role], members: [{ name: 'owner' }] }],
    });
    stack.defer(() => sandbox.close());
    const log = pino({ level: 'silent' });
    const discord = openDiscord({ token: sandbox.token, apiUrl: sandbox.apiUrl, log });
    stack.defer(() => discord.close());
    const outbox = openOutbox();
    outbox.watches.push({ ...watch, id: 3, channelId: channel.id, roleId: role.id });
    for (const [index, document] of documents(role.id).entries())
      outbox.want(`document ${index}`, document, { channelId: channel.id });
    const delivery = startDelivery({
      ...{ archive: outbox.archive, rest: discord.messageRest, alertMaxAgeMs: 600_000, foldAfter: 5 },
      ...{ now: Date.now, log, timing: { editGapMs: 10 } },
      queries: { series: async () => ({ stepMs: 60_000, points: [], gaps: [] }) },
      charts: { draw: async () => ({ png: Buffer.from('a picture'), description: HOSTILE }) },
    });
    stack.defer(() => delivery.close());
    const isDone = () =>
      outbox.rows.every(
        ({ state, version, deliveredVersion }) => state === 'open' && version === deliveredVersion,
      );
    await until(isDone);
    const pings = sandbox.messages(channel.id).map((message) => message.pings);
    outbox.want('document 0', { ...streamOf(Date.now()), room: hostile }, { channelId: channel.id });
    delivery.wake();
    await until(isDone);

    const messages = sandbox.messages(channel.id);
    expect(pings).toEqual([
      { everyone: false, roles: [role.id], users: [] },
      ...Array(4).fill({ everyone: false, roles: [], users: [] }),
    ]);
    expect(
      messages.flatMap((message) => [message.pings.everyone, message.pings.users.length]).some(Boolean),
    ).toBe(false);
    expect(messages.map(({ edits }) => edits)).toEqual([1, 0, 0, 0, 0]);
    expect(sandbox.rateLimited).toMatchObject({ own: 0 });
    expect(sandbox.requests.length).toBeGreaterThanOrEqual(6);
    expect(validateRequests(sandbox.requests)).toEqual([]);
  });
});
