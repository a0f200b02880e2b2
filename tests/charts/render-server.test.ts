import { request } from 'node:http';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerFonts } from '#src/charts/fonts.ts';
import { FONT_SUBSETS, familyOf } from '#src/charts/look.ts';
import { openRenderServer, type RenderServer } from '#src/charts/render-server.ts';
import { readPixels } from './pixels.ts';
import { silent } from './rows.ts';

const CHART = { type: 'bar', data: { labels: ['a'], datasets: [{ data: [1], backgroundColor: '#ff0000' }] } };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the renderer', () => {
  let server: RenderServer;
  beforeAll(async () => {
    server = await openRenderServer({ log: silent });
    await server.ready();
  });
  afterAll(() => server.close());

  const post = (body: unknown, headers: Record<string, string> = JSON_TYPE) =>
    fetch(`${server.url}/chart`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const draws = async () => {
    const response = await post({
      chart: JSON.stringify(CHART),
      width: 200,
      height: 100,
      backgroundColor: '#00ff00',
    });
    expect(response.status).toBe(200);
    return readPixels(Buffer.from(await response.arrayBuffer()));
  };

  it('draws a configuration in the size and on the ground that was asked for', async () => {
    const pixels = await draws();
    expect([pixels.width, pixels.height]).toEqual([200, 100]);
    expect(pixels.count('#ff0000')).toBeGreaterThan(500);
    expect(pixels.count('#00ff00')).toBeGreaterThan(500);
  });

  it.each([
    ['{', /the body: not JSON/],
    ['[]', /the body: an object/],
    [{ chart: '{type:"bar",options:{onClick:function(){}}}' }, /chart: not JSON \(functions/],
    [{ chart: '7' }, /chart: an object/],
    [{ chart: {} }, /chart.type/],
    [{ chart: { type: 'no-such-type', data: {} } }, /no-such-type/],
    [{ chart: CHART, width: 100_000 }, /width: a number from 50 to 2000/],
    [{ chart: CHART, devicePixelRatio: 'x' }, /devicePixelRatio/],
    [{ chart: CHART, format: 'svg' }, /format/],
    [{ chart: { ...CHART, data: { datasets: 5 } } }, /./],
  ])('says what is wrong with %j, and draws the next one', async (body, message) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(message);
    expect(response.headers.get('x-quickchart-error')).toMatch(message);
    await draws();
  });

  it('never runs what is posted', async () => {
    const evil = {
      type: 'bar',
      data: { labels: ['a'], datasets: [{ data: [1] }] },
      options: {
        onResize: 'process.exit()',
        plugins: { legend: { labels: { generateLabels: '() => process.exit()' } } },
      },
    };
    expect((await post({ chart: evil })).status).toBe(200);
    const polluting =
      '{"chart":{"type":"bar","data":{"datasets":[]},"options":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}}';
    expect((await post(polluting)).status).toBe(200);
    await draws();
  });

  it('answers POST /chart with JSON of a bearable length, on its own host, alone', async () => {
    expect((await fetch(`${server.url}/chart`)).status).toBe(405);
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(404);
    expect((await post({ chart: CHART }, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(`"${'x'.repeat(1024 * 1024)}"`)).status).toBe(413);
    const { port } = new URL(server.url);
    const status = await new Promise((resolve, reject) => {
      const headers = { ...JSON_TYPE, host: 'rebound.example' };
      request({ host: '127.0.0.1', port, path: '/chart', method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end('{}');
    });
    expect(status).toBe(403);
    await draws();
  });
});

describe('a picture that takes too long', () => {
  it('is given up, and the next one gets a new thread', async () => {
    await using stack = new AsyncDisposableStack();
    const server = await openRenderServer({ log: silent, timeoutMs: 1_500 });
    stack.defer(() => server.close());
    await server.ready();
    const post = (chart: unknown) =>
      fetch(`${server.url}/chart`, {
        method: 'POST',
        headers: JSON_TYPE,
        body: JSON.stringify({ chart, width: 2000, height: 1500, devicePixelRatio: 3 }),
      });
    const labels = Array.from({ length: 40_000 }, (_, index) => `${index}`);
    const ticks = { autoSkip: false, minRotation: 45 };
    const endless = {
      type: 'bar',
      data: { labels, datasets: [] },
      options: { scales: { x: { ticks }, x2: { ticks }, x3: { ticks } } },
    };
    const response = await post(endless);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('too long');
    expect((await post({ ...CHART })).status).toBe(200);
  });
});

describe('the fonts that ship', () => {
  it('are registered, and draw Chinese, kana and adornments without any font of the machine', () => {
    registerFonts();
    const canvas = createCanvas(60, 60);
    const context = canvas.getContext('2d');
    const families = FONT_SUBSETS.map(familyOf);
    for (const family of families) expect(GlobalFonts.has(family)).toBe(true);
    const look = (char: string, weight: number) => {
      context.clearRect(0, 0, 60, 60);
      context.font = `${weight} 40px ${families.map((family) => `"${family}"`).join(', ')}`;
      context.fillText(char, 5, 45);
      return Buffer.from(context.getImageData(0, 0, 60, 60).data.buffer).toString('base64');
    };
    for (const weight of [400, 700]) {
      const box = look('\u{10fff0}', weight);
      const seen = new Set(
        [...'弹幕收入礼物醒目留言大航海こカー龍A1¥…·–Я★☆♥♪'].map((char) => look(char, weight)),
      );
      expect(seen.has(box)).toBe(false);
      expect(seen.size).toBe(28);
    }
  });
});
