import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Charts, openCharts } from '#src/charts/charts.ts';
import { HEIGHT, PALETTE, PIXEL_RATIO, WIDTH } from '#src/charts/look.ts';
import { UserError } from '#src/lib/errors.ts';
import { readPixels } from './pixels.ts';
import { at, MINUTE_MS, requestOf, silent } from './rows.ts';

const fromMs = at('2026-11-20T10:00:00Z');
/** 60 minutes, of which the second third was not observed. */
const gap = { fromMs: fromMs + 20 * MINUTE_MS, toMs: fromMs + 40 * MINUTE_MS, reason: 'disconnected' };
const minutes = Array.from({ length: 60 }, (_, index) =>
  index >= 20 && index < 40
    ? null
    : {
        danmaku: 60 + (index % 7),
        chatters: 20,
        online: 500,
        giftMilli: 40_000,
        guardMilli: index % 20 === 5 ? 90_000 : 0,
      },
);
/** PALETTE.gap over PALETTE.panel. */
const BAND = '#3c414f';

describe('our own renderer', () => {
  let charts: Charts;
  beforeAll(async () => {
    charts = await openCharts({ quickchartUrl: null, log: silent });
  });
  afterAll(() => charts.close());

  it('draws a sharp picture on a ground of its own, with every line in its colour', async () => {
    const { png, description } = await charts.draw(requestOf(minutes, { gaps: [gap] }));
    const pixels = await readPixels(png);
    expect([pixels.width, pixels.height]).toEqual([WIDTH * PIXEL_RATIO, HEIGHT * PIXEL_RATIO]);
    expect(pixels.count(PALETTE.panel)).toBeGreaterThan((pixels.width * pixels.height) / 4);
    for (const color of [PALETTE.danmaku, PALETTE.chatters, PALETTE.online])
      expect(pixels.count(color)).toBeGreaterThan(1000);
    expect(pixels.count(PALETTE.title)).toBeGreaterThan(500);
    expect(description).toContain('1 stretch not observed (20 min)');
  });

  it.each(['activity', 'revenue'] as const)('leaves the gap empty and shaded in %s', async (metric) => {
    const { png } = await charts.draw(requestOf(minutes, { metric, gaps: [gap] }));
    const pixels = await readPixels(png);
    const band = pixels.columnsOf(BAND);
    const [left = 0, right = 0] = [band[Math.floor(band.length * 0.1)], band[Math.floor(band.length * 0.9)]];
    expect(right - left).toBeGreaterThan(pixels.width * 0.15);
    const color = metric === 'activity' ? PALETTE.danmaku : PALETTE.gifts;
    const drawn = pixels.columnsOf(color);
    expect(drawn.filter((x) => x < left).length).toBeGreaterThan(200);
    expect(drawn.filter((x) => x > right).length).toBeGreaterThan(200);
    expect(drawn.filter((x) => x >= left && x <= right)).toEqual([]);
  });

  it('draws one picture for the same question, and the others in turn', async () => {
    const request = requestOf(minutes);
    const [first, second, other] = await Promise.all([
      charts.draw(request),
      charts.draw(request),
      charts.draw(requestOf(minutes, { metric: 'revenue', language: 'ja' })),
    ]);
    expect(first.png).toBe(second.png);
    expect((await charts.draw(request)).png).toBe(first.png);
    expect(other.png.equals(first.png)).toBe(false);
  });

  it('draws hostile names, time zones that do not exist, and nothing at all', async () => {
    const room = { ...requestOf([]).room, name: '\u202e<script>"\'`]})](x) \ud800 __proto__ '.repeat(20) };
    for (const request of [
      requestOf(minutes, { room, timeZone: 'Mars/Phobos' }),
      requestOf([], { metric: 'revenue' }),
      requestOf([null, null], { gaps: [{ ...gap, fromMs }] }),
    ]) {
      const pixels = await readPixels((await charts.draw(request)).png);
      expect(pixels.count(PALETTE.title)).toBeGreaterThan(500);
    }
  });
});

describe('limits', () => {
  it('says so when too many are being drawn, and draws again after that', async () => {
    await using stack = new AsyncDisposableStack();
    const charts = await openCharts({ quickchartUrl: null, log: silent, openMax: 2 });
    stack.defer(() => charts.close());
    const asked = [1, 2, 3].map((danmaku) => charts.draw(requestOf([{ danmaku }, { danmaku: 5 }])));
    const results = await Promise.allSettled(asked);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect((results[2] as PromiseRejectedResult).reason).toBeInstanceOf(UserError);
    await expect(charts.draw(requestOf([{ danmaku: 3 }, { danmaku: 5 }]))).resolves.toBeDefined();
  });

  it('gives up on what takes too long', async () => {
    await using stack = new AsyncDisposableStack();
    const deaf = createServer(() => {});
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    stack.defer(() => {
      deaf.closeAllConnections();
      deaf.close();
    });
    const quickchartUrl = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    const charts = await openCharts({ quickchartUrl, log: silent, timeoutMs: 50 });
    stack.defer(() => charts.close());
    await expect(charts.draw(requestOf([{ danmaku: 1 }]))).rejects.toThrow(/too long/);
  });

  it('ends what is being drawn when it is closed', async () => {
    const charts = await openCharts({ quickchartUrl: null, log: silent });
    const drawing = charts.draw(requestOf(minutes));
    await Promise.all([expect(drawing).rejects.toBeInstanceOf(UserError), charts.close()]);
  });
});

describe('a QuickChart server elsewhere', () => {
  it('gets the same plain configuration under its own path, and its faults are told', async () => {
    await using stack = new AsyncDisposableStack();
    const seen: { url: string | undefined; body: Record<string, unknown> }[] = [];
    const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
    const answers: (readonly [number, Buffer])[] = [
      [200, png],
      [500, Buffer.from('no')],
      [200, Buffer.from('<html>')],
    ];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen.push({ url: request.url, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const [status, body] = answers[seen.length - 1] ?? [404, Buffer.alloc(0)];
      response.writeHead(status).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stack.defer(() => {
      server.closeAllConnections();
      server.close();
    });
    const quickchartUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/draw/`;
    const charts = await openCharts({ quickchartUrl, log: silent });
    stack.defer(() => charts.close());
    expect((await charts.draw(requestOf([{ danmaku: 1 }]))).png).toEqual(png);
    expect(seen[0]?.url).toBe('/draw/chart');
    const { chart, ...rest } = seen[0]?.body ?? {};
    expect(rest).toMatchObject({
      width: WIDTH,
      height: HEIGHT,
      version: '4',
      format: 'png',
      backgroundColor: PALETTE.panel,
    });
    expect(JSON.parse(String(chart)).data.datasets[0].data).toEqual([1]);
    await expect(charts.draw(requestOf([{ danmaku: 2 }]))).rejects.toBeInstanceOf(UserError);
    await expect(charts.draw(requestOf([{ danmaku: 3 }]))).rejects.toThrow(/did not answer/);
  });
});
