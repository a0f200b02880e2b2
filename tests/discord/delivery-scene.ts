/** A delivery between an outbox in memory and message routes on loopback, with short waits. */
import { pino } from 'pino';
import { vi } from 'vitest';
import type { GiftDocument, StreamDocument } from '#src/alerts/document.ts';
import { type Delivery, type DeliveryOptions, startDelivery } from '#src/discord/delivery.ts';
import { face, totals, watch } from '../alerts/samples.ts';
import { type OutboxStandIn, openOutbox } from './outbox-stand-in.ts';
import { openRest, type RestStandIn } from './rest-stand-in.ts';

export const CHANNEL = watch.channelId;
export const OTHER = '300000000000000009';
export const WINDOW_MS = 400;

export interface Scene {
  readonly discord: RestStandIn;
  readonly outbox: OutboxStandIn;
  readonly logs: { level: number; msg: string; key?: string }[];
  readonly draws: { count: number; fails: boolean };
  start(change?: Partial<DeliveryOptions>): Delivery;
  /** Waits until nothing of the outbox is open. */
  delivered(): Promise<void>;
  close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const discord = await openRest({ windowMs: WINDOW_MS, requestsMax: 5 });
  const outbox = openOutbox();
  const logs: Scene['logs'] = [];
  const draws = { count: 0, fails: false };
  const started: Delivery[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logs.push(JSON.parse(line)) });
  const base: DeliveryOptions = {
    ...{
      archive: outbox.archive,
      rest: discord.rest,
      alertMaxAgeMs: 600_000,
      foldAfter: 5,
      now: Date.now,
      log,
    },
    queries: { series: async () => ({ stepMs: 60_000, points: [], gaps: [] }) },
    charts: {
      async draw({ range }) {
        draws.count += 1;
        if (draws.fails) throw new Error('no canvas');
        return { png: Buffer.from('a picture'), description: `from ${range.fromMs}` };
      },
    },
  };
  const timing = {
    ...{ windowMs: WINDOW_MS + 40, editGapMs: 60, backoffMs: 20, backoffMaxMs: 80, pollMs: 30, closeMs: 200 },
  };
  return {
    ...{ discord, outbox, logs, draws },
    start(change = {}) {
      const delivery = startDelivery({ ...base, ...change, timing: { ...timing, ...change.timing } });
      started.push(delivery);
      return delivery;
    },
    delivered: () =>
      until(() => outbox.rows.every((row) => row.state !== 'open' || row.deliveredVersion === row.version)),
    async close() {
      await Promise.all(started.map((delivery) => delivery.close()));
      await discord.close();
    },
  };
}

export function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(
    () => {
      if (!condition()) throw new Error('not yet');
    },
    { timeout: 8_000, interval: 5 },
  );
}

export function giftOf(viewerName: string, paidMilli = 100_000, count = 1): GiftDocument {
  return {
    ...{ type: 'gift', room: face, viewerName, giftId: 1, giftName: '小花车', count, paidMilli },
    ...{ worthMilli: paidMilli, boxName: null, receiverName: null, atMs: Date.now() },
  };
}

export function streamOf(
  endedMs: number | null = null,
  roleId: string | null = watch.roleId,
): StreamDocument {
  return {
    ...{ type: 'stream', room: face, startedMs: Date.now() - 5_000, endedMs, peakOnline: null, roleId },
    totals: endedMs === null ? null : totals,
  };
}

export const textOf = (message: { embeds: { description?: string }[] } | undefined) =>
  message?.embeds[0]?.description ?? '';
