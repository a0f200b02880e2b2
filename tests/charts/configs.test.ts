import { describe, expect, it } from 'vitest';
import type { ChartRequest } from '#src/charts/charts.ts';
import type { PlainConfig } from '#src/charts/config.ts';
import { METRICS } from '#src/charts/description.ts';
import type { Language } from '#src/shapes.ts';
import { at, MINUTE_MS, requestOf } from './rows.ts';

const HOUR_MS = 60 * MINUTE_MS;

const configOf = (request: ChartRequest): PlainConfig => METRICS[request.metric].config(request);

interface Options {
  plugins: { title: { text: string }; subtitle: { text: string[] }; legend: { display: boolean } };
  scales: Record<string, { title?: { text: string }; ticks?: { format: Intl.NumberFormatOptions } }>;
}
const optionsOf = (config: PlainConfig) => config.options as unknown as Options;
const labelled = (config: PlainConfig) => config.data.labels.filter((label) => label !== '');
const dataset = (config: PlainConfig, label: string) =>
  config.data.datasets.find((candidate) => candidate.label === label);

describe('a configuration', () => {
  const buckets = [
    { danmaku: 4, chatters: 2, online: 90, giftMilli: 1500 },
    null,
    { danmaku: 9, chatters: 3 },
  ];

  it.each(['activity', 'revenue'] as const)('of %s is plain JSON in every language', (metric) => {
    for (const language of ['en', 'zh-CN', 'ja'] satisfies Language[]) {
      const config = configOf(requestOf(buckets, { metric, language }));
      expect(JSON.parse(JSON.stringify(config))).toEqual(config);
      expect(config.data.labels).toHaveLength(3);
    }
  });

  it('says room, period, time zone, step and units', () => {
    const activity = optionsOf(configOf(requestOf(buckets)));
    expect(activity.plugins.title.text).toBe('海风电台 · Activity');
    expect(activity.plugins.subtitle.text).toEqual([
      'Nov 20, 2026, 18:00 – 18:03 (Asia/Shanghai, GMT+8) · per minute',
      '13 danmaku, peak 9 at Nov 20, 18:02, up to 3 chatters, up to 90 online',
    ]);
    expect(activity.scales.y?.title?.text).toBe('Danmaku, Active chatters (per minute)');
    expect(activity.scales.yOnline?.title?.text).toBe('Viewers online');
    const revenue = optionsOf(configOf(requestOf(buckets, { metric: 'revenue' })));
    expect(revenue.scales.y?.title?.text).toBe('¥ (per minute)');
    expect(new Intl.NumberFormat('en-US', revenue.scales.y?.ticks?.format).format(1234.5)).toBe('¥1,234.5');
    expect(revenue.plugins.subtitle.text[1]).toBe(
      '¥1.5 in all, Gifts ¥1.5, Super chats ¥0, Guards ¥0, peak ¥1.5 at Nov 20, 18:00',
    );
  });

  it('draws no drop for a minute that has not ended or was entered late, but counts it', () => {
    const fromMs = at('2026-11-20T10:00:00Z');
    const five = [10, 20, 20, 20, 3].map((danmaku) => ({ danmaku, online: 50 }));
    const range = { fromMs: fromMs + 30_000, toMs: fromMs + 4 * MINUTE_MS + 5_000 };
    const config = configOf(requestOf(five, { range }));
    expect(dataset(config, 'Danmaku')).toMatchObject({ data: [null, 20, 20, 20, null] });
    expect(dataset(config, 'Viewers online')).toMatchObject({ data: [50, 50, 50, 50, 50] });
    expect(optionsOf(config).plugins.subtitle.text[1]).toContain('73 danmaku');
    const few = configOf(
      requestOf(five.slice(0, 3), { range: { ...range, toMs: fromMs + 2 * MINUTE_MS + 1 } }),
    );
    expect(dataset(few, 'Danmaku')).toMatchObject({ data: [10, 20, 20] });
  });

  it('leaves nulls as they are and does not join over them', () => {
    const config = configOf(requestOf(buckets));
    expect(dataset(config, 'Danmaku')).toMatchObject({ data: [4, null, 9], spanGaps: false });
    expect(dataset(config, 'Viewers online')).toMatchObject({ data: [90, null, null], spanGaps: false });
    const money = configOf(requestOf(buckets, { metric: 'revenue' }));
    expect(dataset(money, 'Gifts')).toMatchObject({ data: [1.5, null, 0] });
  });

  it('gives a value between two nulls a dot, for it is no line', () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      index === 30 || index > 40 ? { danmaku: 1 } : null,
    );
    const radius = dataset(configOf(requestOf(many)), 'Danmaku')?.pointRadius as number[];
    expect(radius[30]).toBeGreaterThan(0);
    expect(radius[45]).toBe(0);
  });

  it('shades gaps where they are, joined, seen however short, and says so in the legend', () => {
    const fromMs = at('2026-11-20T10:00:00Z');
    const gap = (from: number, to: number) => ({
      fromMs: fromMs + from,
      toMs: fromMs + to,
      reason: 'disconnected',
    });
    const gaps = [
      gap(6.5 * MINUTE_MS, 8 * MINUTE_MS),
      gap(-HOUR_MS, MINUTE_MS),
      gap(30_000, 2 * MINUTE_MS),
      gap(9 * MINUTE_MS, 9 * MINUTE_MS + 1),
    ];
    const config = configOf(requestOf(Array(10).fill({ danmaku: 1 }), { gaps }));
    const band = dataset(config, 'Not observed')?.data as { x: number; y: number | null }[];
    expect(band.filter(({ y }) => y !== null).map(({ x }) => x)).toEqual([0, 2, 6.5, 8, 9, 9.02]);
    expect(dataset(configOf(requestOf([{ danmaku: 1 }])), 'Not observed')).toBeUndefined();
  });
});

describe('the labels of the time axis', () => {
  it('stand at round times of the time zone, with the date where a day begins', () => {
    const hours = Array.from({ length: 26 }, () => ({ danmaku: 1 }));
    const more = { stepMs: HOUR_MS, fromMs: at('2026-11-20T10:00:00Z') };
    expect(labelled(configOf(requestOf(hours, { ...more, timeZone: 'Asia/Kolkata' }))).slice(0, 4)).toEqual([
      ['15:30', 'Nov 20'],
      '18:30',
      '21:30',
      ['00:30', 'Nov 21'],
    ]);
    expect(labelled(configOf(requestOf(hours, { ...more, timeZone: 'UTC' }))).slice(0, 2)).toEqual([
      ['12:00', 'Nov 20'],
      '15:00',
    ]);
  });

  it('follow the clock over both changes of daylight saving', () => {
    const hours = Array.from({ length: 8 }, () => ({ danmaku: 1 }));
    const labels = (fromMs: number) =>
      configOf(requestOf(hours, { stepMs: HOUR_MS, fromMs, timeZone: 'Europe/Berlin' })).data.labels.flat();
    expect(labels(at('2026-03-28T23:00:00Z'))).toEqual([
      ...['00:00', 'Mar 29', '01:00', '03:00', '04:00', '05:00', '06:00', '07:00', '08:00'],
    ]);
    expect(labels(at('2026-10-24T22:00:00Z')).slice(0, 7)).toEqual([
      ...['00:00', 'Oct 25', '01:00', '02:00', '', '03:00', '04:00'],
    ]);
  });

  it('are few for every length of time', () => {
    for (const [count, stepMs] of [
      [60, MINUTE_MS],
      [180, 2 * MINUTE_MS],
      [144, 10 * MINUTE_MS],
      [169, HOUR_MS],
      [121, 6 * HOUR_MS],
      [183, 48 * HOUR_MS],
    ] as const) {
      const config = configOf(requestOf(Array(count).fill({ danmaku: 1 }), { stepMs }));
      expect(labelled(config).length).toBeGreaterThanOrEqual(4);
      expect(labelled(config).length).toBeLessThanOrEqual(13);
    }
  });
});

describe('without data', () => {
  const message = (config: PlainConfig) => optionsOf(config).scales.xMessage?.title?.text;

  it('the picture says whether nobody looked or nothing happened', () => {
    expect(message(configOf(requestOf([null, null])))).toBe(
      'No data: the room was not observed in this time',
    );
    expect(message(configOf(requestOf([], { metric: 'revenue' })))).toContain('No data');
    expect(message(configOf(requestOf([{ danmaku: 0 }, null])))).toBe('Nobody wrote anything in this time');
    expect(message(configOf(requestOf([{ danmaku: 5 }], { metric: 'revenue' })))).toBe(
      'No revenue in this time',
    );
    expect(message(configOf(requestOf([{ danmaku: 5 }])))).toBeUndefined();
  });
});
