import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nonceOf } from '#src/discord/delivery/poster.ts';
import { CHANNEL, giftOf, OTHER, openScene, type Scene, streamOf, textOf, until } from './delivery-scene.ts';
import { reportRow } from './outbox-stand-in.ts';

const MINUTE_MS = 60_000;
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

/** What a kill leaves behind: the message is in Discord, the outbox only knows that it was tried. */
function crashAfterPost(triedMs: number, isThere: boolean) {
  const { outbox, discord } = scene;
  const row = outbox.want('combo', giftOf('麦穗', 300_000, 3), {
    ...{ attemptedMs: triedMs, createdMs: triedMs - 1_000, eventMs: triedMs - 1_000, version: 2 },
  });
  const url = `https://live.bilibili.com/9100001#${nonceOf(row)}`;
  const embeds = [{ url, description: 'as it was before the crash' }];
  discord.seed({ channelId: CHANNEL, atMs: triedMs - 500, embeds: [{ description: 'of somebody else' }] });
  if (isThere) discord.seed({ channelId: CHANNEL, atMs: triedMs + 50, embeds, nonce: nonceOf(row) });
  return row;
}

describe('after a crash between the post and its receipt', () => {
  it('a repeat within two minutes carries the same nonce: one message, brought up to date', async () => {
    const { outbox, discord } = scene;
    outbox.want('combo', giftOf('麦穗', 100_000, 1));
    discord.failNext({ method: 'POST', pathPart: CHANNEL, status: 'lost', code: 0 });
    const first = scene.start({ timing: { backoffMs: 600_000, backoffMaxMs: 600_000 } });
    await until(() => discord.messages.length === 1);
    await first.close();
    expect(outbox.rows[0]).toMatchObject({ messageId: null, attemptedMs: expect.any(Number) });
    outbox.want('combo', giftOf('麦穗', 300_000, 3));
    scene.start();
    await scene.delivered();
    expect(discord.messages.length).toBe(1);
    expect(textOf(discord.messages[0])).toContain('× 3** = **¥300**');
    expect(outbox.rows[0]?.messageId).toBe(discord.messages[0]?.id);
  });

  it('later than that, the message is found among our own and edited', async () => {
    const row = crashAfterPost(Date.now() - 5 * MINUTE_MS, true);
    scene.start();
    await scene.delivered();
    expect(scene.discord.messages.length).toBe(2);
    expect(textOf(scene.discord.messages[1])).toContain('× 3** = **¥300**');
    expect(row.messageId).toBe(scene.discord.messages[1]?.id);
    expect(scene.discord.asked.some(({ method }) => method === 'POST')).toBe(false);
  });

  it('one of somebody else with the same look is not taken for ours', async () => {
    const row = crashAfterPost(Date.now() - 5 * MINUTE_MS, false);
    const url = `https://live.bilibili.com/1#${nonceOf(row)}`;
    const author = { id: '400000000000000777' };
    scene.discord.seed({ channelId: CHANNEL, atMs: Date.now() - MINUTE_MS, embeds: [{ url }], author });
    scene.start();
    await scene.delivered();
    expect(scene.discord.asked.filter(({ method }) => method === 'POST').length).toBe(1);
    expect(scene.discord.messages.find(({ id }) => id === row.messageId)?.author.id).not.toBe(author.id);
  });

  it('one that never arrived is posted, or folded when it is old', async () => {
    crashAfterPost(Date.now() - 5 * MINUTE_MS, false);
    const old = Date.now() - 30 * MINUTE_MS;
    scene.outbox.want('old', giftOf('旧', 700_000), { channelId: OTHER, attemptedMs: old, eventMs: old });
    scene.start();
    await scene.delivered();
    const texts = scene.discord.messages.map(textOf);
    expect(texts.filter((text) => text.includes('麦穗'))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('+1 gift, **¥700**'))).toHaveLength(1);
    expect(texts.some((text) => text.includes('旧'))).toBe(false);
  });
});

describe('when Discord does not do as asked', () => {
  it('a lost answer or a failing server means one message in the end', async () => {
    const { outbox, discord } = scene;
    outbox.want('a', giftOf('一'));
    outbox.want('b', giftOf('二'));
    for (const status of ['lost', 500, 502, 'lost'] as const)
      discord.failNext({ method: 'POST', pathPart: CHANNEL, status, code: 0 });
    const delivery = scene.start();
    await scene.delivered();
    expect(discord.messages.map(textOf)).toEqual([
      expect.stringContaining('一'),
      expect.stringContaining('二'),
    ]);
    expect(delivery.state().failures).toBe(4);
  });

  it.each([
    [403, 50001],
    [403, 50013],
    [404, 10003],
  ])('%i/%i pauses the channel, once, and no other', async (status, code) => {
    const { outbox, discord } = scene;
    for (const name of ['一', '二', '三']) outbox.want(name, giftOf(name));
    outbox.want('elsewhere', giftOf('四'), { channelId: OTHER });
    discord.failAlways({ method: 'POST', pathPart: CHANNEL, status, code });
    const told: string[] = [];
    const delivery = scene.start({ onPaused: (channelId) => void told.push(channelId) });
    await until(() => outbox.paused.length > 0 && discord.messages.length === 1);
    expect(told).toEqual([CHANNEL]);
    delivery.wake();
    await until(() => outbox.rows[3]?.deliveredVersion === 1);
    expect(outbox.paused).toEqual([
      { channelId: CHANNEL, reason: expect.stringContaining(`${status}/${code}`) },
    ]);
    expect(discord.asked.filter(({ path }) => path.includes(CHANNEL)).length).toBe(1);
    expect(outbox.rows.slice(0, 3).every((row) => row.state === 'open' && row.deliveredVersion === 0)).toBe(
      true,
    );
    expect(scene.logs.filter(({ level, msg }) => level >= 40 && msg.includes('watched anew')).length).toBe(1);
  });

  it('goes on where it stopped when a paused channel is watched anew', async () => {
    const { outbox, discord } = scene;
    outbox.want('a', giftOf('一'));
    const mend = discord.failAlways({ method: 'POST', pathPart: CHANNEL, status: 403, code: 50001 });
    const delivery = scene.start();
    await until(() => outbox.paused.length === 1);
    mend();
    await outbox.archive.pauseChannel(CHANNEL, null);
    delivery.wake();
    await scene.delivered();
    expect(discord.messages.length).toBe(1);
  });

  it('leaves a channel alone that only a report posts to', async () => {
    const { outbox, discord } = scene;
    outbox.reports.push(reportRow);
    outbox.want('a', giftOf('一'), { channelId: reportRow.channelId });
    outbox.want('b', giftOf('二'));
    discord.failAlways({ method: 'POST', pathPart: reportRow.channelId, status: 403, code: 50013 });
    const delivery = scene.start();
    await until(() => outbox.paused.length === 1 && outbox.rows[1]?.deliveredVersion === 1);
    for (const name of ['三', '四']) {
      outbox.want(name, giftOf(name));
      delivery.wake();
      await until(() => discord.messages.some((message) => textOf(message).includes(name)));
    }
    expect(discord.asked.filter(({ path }) => path.includes(reportRow.channelId)).length).toBe(1);
  });

  it('does not post again what a moderator deleted', async () => {
    const { outbox, discord } = scene;
    outbox.want('stream', streamOf());
    const delivery = scene.start();
    await scene.delivered();
    discord.remove(discord.messages[0]?.id ?? '');
    for (let round = 0; round < 3; round += 1) {
      outbox.want('stream', streamOf(Date.now() + round));
      delivery.wake();
      await scene.delivered();
    }
    expect(discord.messages).toEqual([]);
    expect(discord.asked.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
  });

  it('gives up what Discord refuses, names it, and goes on with the next', async () => {
    const { outbox, discord } = scene;
    outbox.want('gift:bad', giftOf('一'));
    outbox.want('gift:good', giftOf('二'));
    discord.failNext({ method: 'POST', pathPart: CHANNEL, status: 400, code: 50035 });
    scene.start();
    await scene.delivered();
    expect(outbox.rows[0]).toMatchObject({ state: 'failed', error: expect.stringContaining('400/50035') });
    expect(scene.logs.find(({ key }) => key === 'gift:bad')?.msg).toContain('does not take a message');
    expect(discord.messages.map(textOf)).toEqual([expect.stringContaining('二')]);
  });

  it('asks no more with a token that was taken back, says so once, and loses nothing', async () => {
    const { outbox, discord } = scene;
    outbox.want('a', giftOf('一'));
    outbox.want('b', giftOf('二'), { channelId: OTHER });
    discord.failAlways({ method: 'POST', pathPart: '/messages', status: 401, code: 0 });
    const delivery = scene.start();
    await until(() => delivery.state().failures >= 4);
    expect(discord.asked.length).toBeLessThanOrEqual(2);
    expect(outbox.rows.every((row) => row.state === 'open')).toBe(true);
    expect(scene.logs.filter(({ msg }) => msg.includes('this token')).length).toBe(1);
  });

  it('slows down in a channel where Discord refuses every content, and goes on when it takes one', async () => {
    const { outbox, discord } = scene;
    const isPosted = () => discord.messages.length > 0;
    const mend = discord.failAlways({ method: 'POST', pathPart: CHANNEL, status: 400, code: 50035 });
    const timing = { windowMs: 1, windowRequestsMax: 1_000, backoffMs: 400, backoffMaxMs: 400 };
    const delivery = scene.start({ foldAfter: 1_000, timing });
    for (let index = 0; index < 12; index += 1) outbox.want(`g${index}`, giftOf(`第${index}`));
    delivery.wake();
    await until(() => scene.logs.some(({ msg }) => msg.includes('has to wait')));
    expect(discord.asked.length).toBeLessThanOrEqual(4);
    mend();
    await until(isPosted);
    await scene.delivered();
    expect(discord.messages.length).toBeGreaterThanOrEqual(8);
  });

  it('closes in time while Discord makes it wait for a rate limit of minutes', async () => {
    const { outbox, discord } = scene;
    outbox.want('a', giftOf('一'));
    discord.limitNext(120);
    const delivery = scene.start();
    await until(() => discord.asked.some(({ status }) => status === 429));
    const closed = delivery.close().then(() => 'closed');
    const late = new Promise((resolve) => setTimeout(resolve, 3_000, 'still open'));
    expect(await Promise.race([closed, late])).toBe('closed');
    expect(outbox.rows[0]).toMatchObject({ state: 'open', messageId: null });
  });

  it('closes while a request hangs, and leaves the message open', async () => {
    const { outbox, discord } = scene;
    outbox.want('a', giftOf('一'));
    const release = discord.hold(CHANNEL);
    const delivery = scene.start();
    await until(() => discord.asked.length === 1);
    await delivery.close();
    expect(outbox.rows[0]).toMatchObject({ state: 'open', deliveredVersion: 0 });
    release();
  });
});
