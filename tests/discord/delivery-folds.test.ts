import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertDocument } from '#src/alerts/document.ts';
import { CHANNEL, giftOf, OTHER, openScene, type Scene, streamOf, textOf, until } from './delivery-scene.ts';

const MINUTE_MS = 60_000;
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

/** Gifts and money that people can read in the channel, folds included. */
function told(channelId: string): { gifts: number; yuan: number } {
  let [gifts, yuan] = [0, 0];
  for (const message of scene.discord.messages.filter((one) => one.channelId === channelId)) {
    const text = textOf(message).replaceAll(',', '');
    gifts += Number(/\+(\d+) gift/.exec(text)?.[1] ?? /× (\d+)\*\*/.exec(text)?.[1] ?? 0);
    yuan += Number(/¥([\d.]+)/.exec(text)?.[1] ?? 0);
  }
  return { gifts, yuan };
}

describe('old news after a restart', () => {
  it('are one quiet line per channel, and what is young has its own message', async () => {
    const { outbox, discord } = scene;
    const eventMs = Date.now() - 11 * MINUTE_MS;
    for (let index = 0; index < 30; index += 1)
      outbox.want(`old ${index}`, giftOf('旧', 100_000), { eventMs });
    outbox.want('old start', streamOf(), { eventMs });
    outbox.want('old elsewhere', giftOf('旧', 200_000), { eventMs, channelId: OTHER });
    outbox.want('young', giftOf('新'), { eventMs: Date.now() - 9 * MINUTE_MS });
    const delivery = scene.start();
    await scene.delivered();
    const here = discord.messages.filter(({ channelId }) => channelId === CHANNEL);
    expect(here.map(textOf)).toEqual([
      expect.stringContaining('新'),
      expect.stringMatching(/could not post:\n\+1 broadcast, \+30 gifts, \*\*¥3,000\*\*\n\*\*云雀\*\*/),
    ]);
    expect(here[1]).toMatchObject({ flags: 4096, content: '' });
    expect(told(OTHER)).toEqual({ gifts: 1, yuan: 200 });
    expect(delivery.state()).toMatchObject({ folded: 32, sent: 3 });
  });
});

describe('a burst', () => {
  it('costs no more than the budget, keeps the dearest and counts everything', async () => {
    const { outbox, discord } = scene;
    for (let index = 1; index <= 40; index += 1)
      outbox.want(`gift ${index}`, giftOf(`客${index}`, index * 100_000));
    scene.start();
    await scene.delivered();
    expect(discord.messages.length).toBe(5);
    expect(discord.messages.map(textOf)).toEqual([
      ...[37, 38, 39, 40].map((index) => expect.stringContaining(`**客${index}**`)),
      expect.stringContaining('+36 gifts, **¥66,600**'),
    ]);
    expect(told(CHANNEL)).toEqual({ gifts: 40, yuan: 82_000 });
  });

  it('that goes on grows its line, never asks for a 429 and loses nothing', async () => {
    const { outbox, discord } = scene;
    const delivery = scene.start();
    for (let round = 0; round < 20; round += 1) {
      for (let index = 0; index < 10; index += 1) outbox.want(`${round}/${index}`, giftOf('客', 100_000));
      delivery.wake();
      await until(
        () => outbox.rows.filter((row) => row.state === 'open' && row.messageId === null).length < 10,
      );
    }
    await scene.delivered();
    expect(told(CHANNEL)).toEqual({ gifts: 200, yuan: 20_000 });
    expect(discord.asked.filter(({ status }) => status === 429)).toEqual([]);
    expect(discord.messages.filter((message) => textOf(message).includes('Many at once')).length).toBe(1);
  });

  it('leaves starts, ends and warnings a message of their own', async () => {
    const { outbox, discord } = scene;
    const warning = (message: string): AlertDocument => ({
      ...{ type: 'warning', room: giftOf('').room, cutOff: false, message, atMs: Date.now() },
    });
    for (let index = 0; index < 10; index += 1) outbox.want(`gift ${index}`, giftOf('客'));
    for (let index = 0; index < 3; index += 1) outbox.want(`stream ${index}`, streamOf(null, null));
    outbox.want('end', streamOf(Date.now()));
    outbox.want('warning', warning('低俗'));
    scene.start();
    await scene.delivered();
    const titles = discord.messages.map(({ embeds }) => embeds[0]?.title ?? '');
    expect(titles.filter((title) => title.includes('is live')).length).toBe(3);
    expect(titles.filter((title) => title.includes('has ended')).length).toBe(1);
    expect(discord.messages.filter((message) => textOf(message).includes('低俗')).length).toBe(1);
    expect(told(CHANNEL).gifts).toBe(10);
    expect(discord.asked.filter(({ status }) => status === 429)).toEqual([]);
  });

  it('of no more than what may wait is not folded', async () => {
    const { outbox, discord } = scene;
    for (let index = 0; index < 5; index += 1) outbox.want(`gift ${index}`, giftOf(`客${index}`));
    scene.start();
    await scene.delivered();
    expect(discord.messages.length).toBe(5);
    expect(outbox.rows.every((row) => row.state === 'open')).toBe(true);
  });
});
