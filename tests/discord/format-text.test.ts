import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFormat } from '#src/discord/format.ts';
import { markdownText, plainText } from '#src/lib/escape.ts';

/** What Discord shows of escaped text: its rule drops a backslash before anything but a letter, digit or space. */
const shown = (text: string) => text.replace(/\\([^0-9A-Za-z\s])/g, '$1').replace(/[\u2068\u2069]/g, '');
/** The text without what an escape makes inert: whatever markup is left here is live. */
const live = (text: string) => text.replace(/\\[^0-9A-Za-z\s]/g, '\ue000');

const LIVE_MARKUP = [
  /[*_~|`<>@#[\]()]/,
  /https?:\/\//i,
  /discord\.gg/i,
  /^\s*(?:[-+>#]|-#|\d+\.)(?:\s|$)/m,
  /[\n\r\u2028\u2029\u0085]/,
];

describe('markdownText', () => {
  it.each([
    ['@everyone @here <@123> <@&456> <#789>'],
    ['**bold** __under__ ~~gone~~ ||spoiler|| `code` ```js```'],
    ['[free gifts](https://evil.example)'],
    ['https://evil.example/a?b=c'],
    ['hTTps://EVIL.example'],
    ['discord.gg/abcdef'],
    ['# heading'],
    ['-# small'],
    ['- item'],
    ['+ item'],
    ['1. item'],
    ['12) item'],
    ['> quote'],
    ['>>> quote'],
    ['<t:1760000000:R>'],
    ['</watch:123>'],
    ['<:name:123> <a:name:123>'],
    ['\\*not\\*'],
    ['\\\\@everyone'],
    ['<https://evil.example>'],
    ['小明_123'],
  ])('shows %s as it is, with nothing live in it', (outside) => {
    const text = markdownText(outside, 100);
    expect(shown(text)).toBe(outside);
    for (const markup of LIVE_MARKUP) expect(live(text)).not.toMatch(markup);
  });

  it('leaves ordinary names alone', () => {
    for (const name of [
      '云雀',
      'さくら',
      'Anna-Maria',
      '阿汀 2nd',
      '12:30 见',
      '👨‍👩‍👧 一家',
      '❤️',
      '50% + 3 = 8',
    ])
      expect(markdownText(name, 100)).toBe(name);
  });

  it('makes layout tricks one visible line', () => {
    expect(plainText('a\u202eb\u2066c\u200bd\u00ade\ufefff', 100)).toBe('abcdef');
    expect(plainText('  one\r\n\n\ttwo\u2028three\u3000four\u3164five ', 100)).toBe(
      'one two three four five',
    );
    expect(plainText('\u200b\u2060\u3164\u2800', 100)).toBe('');
    expect(plainText(`Z\u0334${'\u0301'.repeat(80)}algo`, 100)).toBe('Z\u0334\u0301\u0301algo');
    expect(plainText('\u0301\u0302name', 100)).toBe('name');
    expect(plainText('flag\u{e0067}\u{e0062}', 100)).toBe('flag');
    expect(plainText('half \ud800 pair', 100)).toBe('half \ufffd pair');
  });

  it('isolates text that is written from right to left', () => {
    expect(markdownText('שלום', 100)).toBe('\u2068שלום\u2069');
    expect(markdownText('مرحبا 123', 100)).toBe('\u2068مرحبا 123\u2069');
  });

  it('cuts between graphemes', () => {
    expect(plainText('x'.repeat(200), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(plainText('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 10)).toBe('👨‍👩‍👧…');
    expect(plainText('12345', 5)).toBe('12345');
  });

  it('takes marks without a letter away, with the spaces behind them', () => {
    expect(markdownText('\u0301\n1.', 10)).toBe('1\\.');
    expect(markdownText('\u0301 \u0301 - a', 10)).toBe('\\- a');
  });

  it('keeps every text inert, on one line and bounded (any strings)', () => {
    const pieces = fc.constantFrom(
      ...[
        '@everyone',
        '\\',
        '**',
        '`',
        '](',
        '://',
        'http',
        's',
        '<@1>',
        '\n',
        '\u202e',
        '-',
        '#',
        '1.',
        ' ',
      ],
      ...['discord', '.', 'gg', '/', 'א', '\u0301', '\u200d', '👩', '\ufe0f', '\ud83d', '\u2069', '||', '>'],
    );
    const outside = fc.oneof(
      fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 300 }),
    );
    fc.assert(
      fc.property(outside, fc.integer({ min: 1, max: 120 }), (text, charsMax) => {
        const made = markdownText(text, charsMax);
        expect(made.isWellFormed()).toBe(true);
        expect(made.length).toBeLessThanOrEqual(2 * charsMax + 2);
        expect(made.replace(/\\[^0-9A-Za-z\s]/g, '')).not.toContain('\\');
        for (const markup of LIVE_MARKUP) expect(live(made)).not.toMatch(markup);
        expect(made.replace(/^\u2068|\u2069$/g, '')).not.toMatch(
          /[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f]/,
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('Format', () => {
  const format = createFormat('en');

  it('writes money as the contract says', () => {
    expect(format.money(1_234_500)).toBe('¥1,234.5');
    expect(format.money(100)).toBe('¥0.1');
    expect(format.money(198_000)).toBe('¥198');
    expect(format.money(12_345_678_910)).toBe('¥12,345,678.91');
  });

  it('writes durations in two units, by language', () => {
    expect(format.duration(5_000_000)).toBe('1 h 23 min');
    expect(format.duration(90_061_000)).toBe('1 d 1 h');
    expect(format.duration(400)).toBe('0 s');
    expect(createFormat('zh-CN').duration(5_000_000)).toBe('1 小时 23 分');
    expect(createFormat('ja').duration(5_000_000)).toBe('1時間23分');
  });

  it('links rooms by a name that cannot leave its brackets', () => {
    const room = 9_100_001 as Parameters<typeof format.roomLink>[0]['room'];
    expect(format.roomLink({ room, name: '云雀' })).toBe('[云雀](https://live.bilibili.com/9100001)');
    expect(format.roomLink({ room, name: '](https://evil.example)' })).toMatch(
      /^\[\\\]\\\(https\\:\\\/\/evil\\\.example\\\)\]\(https:\/\/live\.bilibili\.com\/9100001\)$/,
    );
    expect(format.roomLink({ room, name: '\u200b' })).toBe('[9100001](https://live.bilibili.com/9100001)');
  });

  it('keeps an embed of a command within the limits', () => {
    const embed = format.embed({
      title: 't'.repeat(300),
      description: '\\*'.repeat(4_000),
      fields: Array.from({ length: 40 }, () => ({ name: '', value: 'v'.repeat(2_000) })),
      footer: 'f'.repeat(3_000),
      tone: 'warning',
    });
    const json = JSON.parse(JSON.stringify(embed));
    expect(json.title.length).toBe(256);
    expect(json.description.endsWith('\\*…')).toBe(true);
    const { title, description, footer, fields } = json;
    const all = [
      title,
      description,
      footer.text,
      ...fields.flatMap((f: { name: string; value: string }) => [f.name, f.value]),
    ];
    expect(all.join('').length).toBeLessThanOrEqual(6_000);
  });
});
