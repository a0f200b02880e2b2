import { describe, expect, it } from 'vitest';
import { describeChart, METRICS } from '#src/charts/description.ts';
import { PADDING, SIZES, WIDTH } from '#src/charts/look.ts';
import { drawnText, widthEm } from '#src/charts/text.ts';
import { asRoomId } from '#src/events.ts';
import { at, MINUTE_MS, requestOf } from './rows.ts';

const named = (name: string) => ({ room: asRoomId(9001), name, title: '' });
const titleOf = (name: string) => {
  const { options } = METRICS.activity.config(requestOf([{ danmaku: 1 }], { room: named(name) }));
  return (options as unknown as { plugins: { title: { text: string } } }).plugins.title.text;
};

describe('names in pictures', () => {
  it.each(['长'.repeat(200), 'W'.repeat(200), 'il'.repeat(100), '가'.repeat(200), 'Ж'.repeat(200)])(
    'fit the width, with an ellipsis and the title behind it: %s',
    (name) => {
      const title = titleOf(name);
      expect(title).toMatch(/… · Activity$/);
      expect(widthEm(title) * SIZES.title).toBeLessThanOrEqual(WIDTH - 2 * PADDING);
    },
  );

  it('are text, whatever they try', () => {
    expect(titleOf('@everyone [x](http://e.example) <b>')).toBe(
      '@everyone [x](http://e.example) <b> · Activity',
    );
    expect(titleOf('a\u202eb\u200b\u0000c\nd')).toBe('abc d · Activity');
    expect(titleOf('__proto__')).toBe('__proto__ · Activity');
  });

  it('go without what no font that ships can draw, down to the number of the room', () => {
    expect(titleOf('海风😀👨‍👩‍👧🇨🇳 Radio ❤️')).toBe('海风 Radio · Activity');
    expect(titleOf('😀🏳️‍🌈')).toBe('9001 · Activity');
    expect(titleOf('★☆♪ 12')).toBe('★☆♪ 12 · Activity');
  });

  it('are cut between graphemes', () => {
    expect(drawnText('e\u0301'.repeat(50), 4, '')).toMatch(/^(?:e\u0301|é)+…$/u);
  });
});

describe('the description', () => {
  const fromMs = at('2026-11-20T10:00:00Z');

  it('says the numbers, the peak with its time, and the gaps', () => {
    const gaps = [
      { fromMs: fromMs - 5 * MINUTE_MS, toMs: fromMs + 2 * MINUTE_MS, reason: 'waiting' },
      { fromMs: fromMs + MINUTE_MS, toMs: fromMs + 3 * MINUTE_MS, reason: 'disconnected' },
    ];
    const request = requestOf([null, null, null, { danmaku: 1200, chatters: 30 }, { danmaku: 34 }], { gaps });
    expect(describeChart(request)).toBe(
      '海风电台 · Activity. Nov 20, 2026, 18:00 – 18:05 (Asia/Shanghai, GMT+8). ' +
        '1,234 danmaku, peak 1,200 at Nov 20, 18:03, up to 30 chatters. 1 stretch not observed (3 min)',
    );
    const revenue = requestOf([{ giftMilli: 1500, guardMilli: 138_000 }], {
      metric: 'revenue',
      language: 'zh-CN',
    });
    expect(describeChart(revenue)).toContain(
      '共 ¥139.5，礼物 ¥1.5，醒目留言 ¥0，大航海 ¥138，峰值 ¥139.5（11月20日 18:00）. 全程已观测',
    );
  });

  it('fits Discord whatever the room is called', () => {
    const long = requestOf([{ danmaku: 1 }], { room: named('长'.repeat(5000)), language: 'ja' });
    expect(describeChart(long).length).toBeLessThanOrEqual(1024);
    expect(describeChart(requestOf([]))).toContain('No data');
  });
});
