import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Delivery, startDelivery } from '#src/discord/delivery.ts';
import type { Gift } from '#src/events.ts';
import { type Archive, openArchive } from '#src/store/archive.ts';
import { face, gift, watch } from '../alerts/samples.ts';
import { textOf, until, WINDOW_MS } from './delivery-scene.ts';
import { openRest, type RestStandIn } from './rest-stand-in.ts';

let folder: string;
let discord: RestStandIn;
let archive: Archive;
let delivery: Delivery;
const log = pino({ level: 'silent' });

async function startBot(): Promise<void> {
  archive = await openArchive({
    ...{
      file: path.join(folder, 'livelark.db'),
      log,
      pageChannel: false,
      pageRooms: [],
      giftMinMilli: 100_000,
    },
    ...{ endDelayMs: 60_000, resumeMs: 120_000, guardHoldMs: 5_000, onOutbox: () => delivery?.wake() },
  });
  delivery = startDelivery({
    ...{ archive, rest: discord.rest, alertMaxAgeMs: 600_000, foldAfter: 5, now: Date.now, log },
    queries: { series: async () => ({ stepMs: 60_000, points: [], gaps: [] }) },
    charts: { draw: async () => ({ png: Buffer.from(''), description: '' }) },
    timing: { windowMs: WINDOW_MS + 40, editGapMs: 50, closeMs: 200 },
  });
}

async function stopBot(): Promise<void> {
  await delivery.close();
  await archive.close();
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'livelark-delivery-'));
  discord = await openRest({ windowMs: WINDOW_MS, requestsMax: 5 });
  await startBot();
  await archive.putRoom({ ...face, shortId: null, uid: 1 });
  await archive.setWatch({ ...watch, createdBy: '300000000000000008' });
});
afterEach(async () => {
  await stopBot();
  await discord.close();
  await rm(folder, { recursive: true });
});

const give = (id: string, comboId: string, paidMilli = 100_000): Gift => ({
  ...{ ...gift, id, comboId, paidMilli, worthMilli: paidMilli, atMs: Date.now() },
});
const posts = () => discord.asked.filter(({ method }) => method === 'POST').length;
const isEmpty = async () => (await archive.openOutbox(1)).length === 0;
const settled = async () => {
  await expect.poll(isEmpty, { timeout: 8_000, interval: 10 }).toBe(true);
};

describe('a delivery from the archive', () => {
  it('posts what a commit decided, lets its combo grow, and says nothing twice after a restart', async () => {
    await archive.commit([give('t1', 'c1')], null);
    await until(() => discord.messages.length === 1);
    await archive.commit([give('t2', 'c1'), give('t3', 'c1'), give('t1', 'c1')], null);
    await settled();
    expect(textOf(discord.messages[0])).toContain('**麦穗** gave **小花车 × 3** = **¥300**');
    await stopBot();
    await startBot();
    await archive.commit([give('t2', 'c1'), give('t4', 'c2')], null);
    await settled();
    expect(discord.messages.length).toBe(2);
    expect(posts()).toBe(2);
  });

  it('tells a burst of 200 in at most five messages and one line, to the last gift', async () => {
    const gifts = Array.from({ length: 200 }, (_, index) =>
      give(`t${index}`, `c${index}`, 100_000 + index * 100),
    );
    await archive.commit(gifts.slice(0, 150), null);
    await archive.commit(gifts.slice(150), null);
    await settled();
    const texts = discord.messages.map((message) => textOf(message).replaceAll(',', ''));
    const told = texts.map((text) => Number(/\+(\d+) gifts/.exec(text)?.[1] ?? 1));
    expect(told.reduce((a, b) => a + b)).toBe(200);
    const yuan = texts.map((text) => Number(/¥([\d.]+)/.exec(text)?.[1]));
    expect(yuan.reduce((a, b) => a + b)).toBeCloseTo(200 * 100 + (199 * 200) / 20, 6);
    expect(discord.messages.length).toBeLessThanOrEqual(6);
    expect(discord.asked.some(({ status }) => status === 429)).toBe(false);
  });

  it('a restart that finds a posted message without its receipt does not post it again', async () => {
    discord.failNext({ method: 'POST', pathPart: watch.channelId, status: 'lost', code: 0 });
    await archive.commit([give('t1', 'c1')], null);
    await until(() => discord.messages.length === 1);
    await stopBot();
    await startBot();
    await settled();
    expect(discord.messages.length).toBe(1);
  });
});
