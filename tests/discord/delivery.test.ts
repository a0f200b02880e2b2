import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertDocument } from '#src/alerts/document.ts';
import { AT_MS, face, totals, watch } from '../alerts/samples.ts';
import { CHANNEL, giftOf, OTHER, openScene, type Scene, streamOf, textOf, until } from './delivery-scene.ts';
import { reportRow } from './outbox-stand-in.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

describe('a delivery', () => {
  it('posts in order, one at a time, each marked as tried before its request', async () => {
    const { outbox, discord } = scene;
    for (const name of ['一', '二', '三']) outbox.want(`gift:${name}`, giftOf(name));
    const release = discord.hold(CHANNEL);
    const delivery = scene.start();
    await until(() => discord.asked.length === 1);
    expect(outbox.calls).toEqual(['attempted 1']);
    release();
    await scene.delivered();
    expect(discord.messages.map(textOf)).toEqual(
      ['一', '二', '三'].map((name) => expect.stringContaining(`**${name}** gave **小花车 × 1** = **¥100**`)),
    );
    expect(outbox.calls).toEqual([1, 2, 3].flatMap((id) => [`attempted ${id}`, `delivered ${id} v1`]));
    expect(outbox.rows.map((row) => row.messageId)).toEqual(discord.messages.map(({ id }) => id));
    expect(delivery.state()).toMatchObject({ sent: 3, edited: 0, folded: 0, failures: 0 });
  });

  it('keeps channels apart: one that hangs does not hold the others', async () => {
    const { outbox, discord } = scene;
    const release = discord.hold(CHANNEL);
    outbox.want('a', giftOf('held'));
    outbox.want('b', giftOf('free'), { channelId: OTHER });
    scene.start();
    await until(() => discord.messages.length === 1);
    expect(textOf(discord.messages[0])).toContain('free');
    release();
    await scene.delivered();
    expect(discord.messages.length).toBe(2);
  });

  it('names every message by a short nonce that Discord is to enforce', async () => {
    scene.outbox.want('a', giftOf('a'));
    scene.outbox.want('b', giftOf('b'));
    scene.start();
    await scene.delivered();
    const bodies = scene.discord.asked.map(({ body }) => body);
    expect(bodies.every((body) => body.enforce_nonce === true && String(body.nonce).length <= 25)).toBe(true);
    expect(new Set(bodies.map((body) => body.nonce)).size).toBe(2);
  });

  it('mentions the role with the first post of a start, and nobody ever after', async () => {
    const { outbox, discord } = scene;
    outbox.want('stream', streamOf());
    outbox.want('gift', giftOf('@everyone'));
    const delivery = scene.start();
    await scene.delivered();
    outbox.want('stream', streamOf(Date.now()));
    delivery.wake();
    await scene.delivered();
    const [start, gift, end] = discord.asked;
    expect(start?.body).toMatchObject({
      content: `<@&${watch.roleId}>`,
      allowed_mentions: { parse: [], roles: [watch.roleId] },
    });
    expect(gift?.body).toMatchObject({ allowed_mentions: { parse: [] } });
    expect(gift?.body).not.toHaveProperty('content');
    expect(textOf(discord.messages[1])).toContain('**\\@everyone** gave');
    expect(end).toMatchObject({ method: 'PATCH', body: { allowed_mentions: { parse: [] } } });
    expect(end?.body).not.toHaveProperty('content');
    expect(discord.messages[0]?.embeds[0]?.title).toBe('云雀: the broadcast has ended');
  });

  it('lets a combo grow in one message: a change waits for the gap between edits, then the newest is shown', async () => {
    const { outbox, discord } = scene;
    let aheadMs = 0;
    outbox.want('combo', giftOf('麦穗', 100_000, 1));
    const delivery = scene.start({ now: () => Date.now() + aheadMs, timing: { editGapMs: 3_600_000 } });
    await scene.delivered();
    for (let count = 2; count <= 100; count += 1)
      outbox.want('combo', giftOf('麦穗', count * 100_000, count));
    // What comes after has been delivered: the change of before was read, and waits.
    outbox.want('next', giftOf('青岚'));
    delivery.wake();
    await until(() => discord.messages.length === 2);
    outbox.want('after', giftOf('夜航'));
    delivery.wake();
    await until(() => discord.messages.length === 3);
    expect(discord.asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
    aheadMs = 3_600_000;
    delivery.wake();
    await scene.delivered();
    expect(discord.messages.map(({ edits }) => edits)).toEqual([1, 0, 0]);
    expect(textOf(discord.messages[0])).toContain('× 100** = **¥10,000**');
  });

  it('shows a last state at once, however short ago the message was touched', async () => {
    const { outbox } = scene;
    outbox.want('stream', streamOf());
    const delivery = scene.start({ timing: { editGapMs: 3_600_000 } });
    await scene.delivered();
    outbox.want('stream', streamOf(Date.now()));
    delivery.wake();
    await scene.delivered();
    expect(scene.discord.messages[0]?.edits).toBe(1);
  });

  it('asks a guild how it wants its messages', async () => {
    scene.outbox.settings = { language: 'zh-CN', timeZone: 'Asia/Shanghai', moneyFor: '300000000000000007' };
    scene.outbox.want('a', giftOf('麦穗'));
    scene.start();
    await scene.delivered();
    expect(textOf(scene.discord.messages[0])).toBe('🎁 **麦穗** 送出 **小花车 × 1**');
  });

  it('posts nothing to a channel that nobody watches any more', async () => {
    scene.outbox.want('a', giftOf('a'), { channelId: '300000000000000099' });
    scene.start();
    await scene.delivered();
    expect(scene.discord.asked).toEqual([]);
    expect(scene.outbox.rows[0]).toMatchObject({ state: 'failed', error: 'no longer watched' });
  });

  it('measures from the event to the request', async () => {
    scene.outbox.want('a', giftOf('a'), { eventMs: Date.now() - 300_000 });
    const delivery = scene.start();
    expect(delivery.state().p99Ms).toBeNull();
    await scene.delivered();
    expect(delivery.state().p99Ms).toBeGreaterThanOrEqual(300_000);
  });
});

describe('a report', () => {
  const range = { fromMs: AT_MS, toMs: AT_MS + 86_400_000 };
  const report: AlertDocument = { type: 'report', room: face, every: 'day', ...range, totals };

  it('comes with its picture, described, without a sound, whatever its age', async () => {
    scene.outbox.reports.push(reportRow);
    scene.outbox.want('report', report, { channelId: reportRow.channelId, eventMs: AT_MS });
    scene.start();
    await scene.delivered();
    const [message] = scene.discord.messages;
    expect(message).toMatchObject({ flags: 4096, files: [{ name: 'report.png', bytes: 9 }] });
    expect(message?.embeds[0]?.image?.url).toBe('attachment://report.png');
    expect(scene.discord.asked[0]?.body.attachments).toEqual([
      { id: '0', filename: 'report.png', description: `from ${AT_MS}` },
    ]);
  });

  it('comes without one, and says so, when it cannot be drawn', async () => {
    scene.draws.fails = true;
    scene.outbox.reports.push(reportRow);
    scene.outbox.want('report', report, { channelId: reportRow.channelId });
    scene.start();
    await scene.delivered();
    expect(scene.discord.messages[0]?.files).toEqual([]);
    expect(textOf(scene.discord.messages[0])).toContain('could not be drawn');
    expect(scene.logs.some(({ msg }) => msg.includes('no canvas'))).toBe(true);
  });
});
