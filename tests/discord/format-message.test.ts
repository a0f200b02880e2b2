import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertDocument, FoldDocument, GiftDocument, RoomFace } from '#src/alerts/document.ts';
import { giftIntent, guardIntent, streamIntent, superChatIntent, warningIntent } from '#src/alerts/rules.ts';
import { messageOf } from '#src/discord/format/message.ts';
import type { Look } from '#src/discord/format/pen.ts';
import { AT_MS, face, gift, guard, ROOM, superChat, totals, watch } from '../alerts/samples.ts';

const look: Look = { language: 'en', timeZone: 'Asia/Shanghai', showMoney: true };
const secret: Look = { ...look, showMoney: false };
const embedOf = (document: AlertDocument, how: Look = look) => messageOf(document, how).embeds[0];

const giftDocument: GiftDocument = {
  ...{ type: 'gift', room: face, viewerName: '麦穗', giftId: 31_000, giftName: '小花车' },
  ...{
    count: 5,
    paidMilli: 1_234_500,
    worthMilli: 1_234_500,
    boxName: null,
    receiverName: null,
    atMs: AT_MS,
  },
};
const fold: FoldDocument = {
  ...{ type: 'fold', reason: 'burst', rooms: ['云雀', '阿汀'], starts: 0, gifts: 37, superChats: 1 },
  ...{ guards: 0, warnings: 0, paidMilli: 512_000, fromMs: AT_MS, toMs: AT_MS + 9_000 },
};
const live = streamIntent(watch, face, {
  ...{ card: '7', startedMs: AT_MS, endedMs: null, peakOnline: null, totals: null, resumed: false },
}).document;
const ended = streamIntent(watch, face, {
  ...{ card: '7', startedMs: AT_MS, endedMs: AT_MS + 5_000_000, peakOnline: 4_321, resumed: false },
  totals: { ...totals, gaps: [{ fromMs: AT_MS, toMs: AT_MS + 120_000, reason: 'disconnected' }] },
}).document;
const report: AlertDocument = {
  ...{ type: 'report', room: face, every: 'day', fromMs: AT_MS, toMs: AT_MS + 86_400_000, totals },
};

describe('messageOf', () => {
  it('tells of a gift: the room, who, what, how many, and the money', () => {
    const embed = embedOf(giftDocument);
    expect(embed.title).toBe('云雀');
    expect(embed.url).toBe(`https://live.bilibili.com/${ROOM}`);
    expect(embed.description).toBe('🎁 **麦穗** gave **小花车 × 5** = **¥1,234.5**');
  });

  it('names the box, its worth and who got it', () => {
    const { description } = embedOf({
      ...{ ...giftDocument, boxName: '心动盲盒', worthMilli: 2_000_000, receiverName: '阿汀' },
    });
    expect(description).toContain('From **心动盲盒**, worth ¥2,000');
    expect(description).toContain('For **阿汀**');
  });

  it('draws the card of a broadcast, and its end with everything that was counted', () => {
    const start = messageOf(live, look);
    expect(start.roleId).toBe(watch.roleId);
    expect(start.embeds[0]).toMatchObject({
      title: '🔴 云雀 is live',
      description: '**晨间歌会**',
      image: { url: face.coverUrl },
      fields: [
        { name: 'Area', value: '唱见' },
        { name: 'Started', value: `<t:${AT_MS / 1000}:R>` },
      ],
    });
    const end = messageOf(ended, look);
    expect(end.roleId).toBeNull();
    const text = JSON.stringify(end.embeds);
    for (const part of ['1 h 23 min', '4,321', '12,345', '678 chatters', '¥1,760.5', '41 payers', '2 min'])
      expect(text).toContain(part);
  });

  it('takes covers over https alone', () => {
    const coverOf = (coverUrl: string | null) =>
      embedOf({ ...live, room: { ...face, coverUrl } } as AlertDocument).image?.url;
    expect(coverOf('http://i0.hdslb.com/a.jpg')).toBe('https://i0.hdslb.com/a.jpg');
    expect(coverOf('//i0.hdslb.com/a.jpg')).toBe('https://i0.hdslb.com/a.jpg');
    for (const bad of ['javascript:alert(1)', 'data:image/png;base64,AA', 'ftp://x.y/a', '', 'x', null])
      expect(coverOf(bad)).toBeUndefined();
  });

  it('colours a super chat as Bilibili does, and shows no text that was taken down', () => {
    const chat = superChatIntent(
      watch,
      face,
      { ...superChat, paidMilli: 100_000, translation: 'おはよう' },
      false,
    );
    expect(embedOf(chat.document)).toMatchObject({
      color: 0xe2b52b,
      description: '💬 **夜航** sent a super chat = **¥100**\n> 早上好！\n> *おはよう*',
    });
    const gone = embedOf(superChatIntent(watch, face, superChat, true).document).description;
    expect(gone).toContain('Taken down by moderation.');
    expect(gone).not.toContain('早上好');
  });

  it('names guards by level and says what is a list price', () => {
    const describe = (change: Partial<typeof guard>) =>
      embedOf(guardIntent(watch, face, { ...guard, ...change })?.document as AlertDocument).description;
    expect(describe({})).toBe('⚓ **青岚** became **Captain (舰长) × 1 month** = **¥168**');
    expect(describe({ level: 1, count: 3, action: 'renew' })).toContain(
      'renewed **Governor (总督) × 3 months**',
    );
    expect(describe({ level: 2, isListPrice: true })).toContain(
      'Admiral (提督) × 1 month** = **¥168** (list price)',
    );
    expect(describe({ unit: '*x*' })).toContain('1 \\*x\\*');
  });

  it('tells of warnings, folds and reports', () => {
    const event = { kind: 'room-warned', id: 'w', room: ROOM, atMs: AT_MS } as const;
    const warning = warningIntent(watch, face, { ...event, cutOff: true, message: '# 违规' });
    expect(embedOf(warning.document).description).toBe('⚠️ Bilibili cut this broadcast off\n> \\# 违规');
    expect(embedOf(fold).description).toBe(
      'Many at once, told in one line:\n+37 gifts, +1 super chat, **¥512**\n**云雀**, **阿汀**',
    );
    expect(messageOf(fold, look).isQuiet).toBe(true);
    const late = (toMs: number) => embedOf({ ...fold, reason: 'late', toMs }).description;
    expect(late(AT_MS + 60_000)).toContain(`<t:${AT_MS / 1000}:t> – <t:${AT_MS / 1000 + 60}:t>`);
    expect(late(AT_MS + 86_400_000)).toContain(`<t:${AT_MS / 1000}:f>`);
    const drawn = messageOf(report, look, { hasPicture: true, mark: 'll-1' });
    expect(drawn).toMatchObject({ isQuiet: true, roleId: null });
    expect(drawn.embeds[0]).toMatchObject({
      url: `https://live.bilibili.com/${ROOM}#ll-1`,
      title: '云雀: the last day',
      image: { url: 'attachment://report.png' },
      footer: { text: 'Times of the picture: Asia/Shanghai' },
    });
    expect(embedOf(report).image).toBeUndefined();
  });

  it('tells no amount where money is hidden, not even by a colour', () => {
    const guarded = guardIntent(watch, face, guard)?.document as AlertDocument;
    const cheap = superChatIntent(watch, face, superChat, false).document;
    const dear = superChatIntent(watch, face, { ...superChat, paidMilli: 2_000_000 }, false).document;
    for (const document of [giftDocument, guarded, cheap, ended, fold, report])
      expect(JSON.stringify(messageOf(document, secret))).not.toContain('¥');
    expect(embedOf(dear, secret)).toEqual(embedOf(cheap, secret));
    expect(embedOf({ ...giftDocument, paidMilli: 1 }, secret)).toEqual(embedOf(giftDocument, secret));
  });

  it('speaks Chinese and Japanese', () => {
    expect(embedOf(giftDocument, { ...look, language: 'zh-CN' }).description).toBe(
      '🎁 **麦穗** 送出 **小花车 × 5** = **¥1,234.5**',
    );
    expect(embedOf(live, { ...look, language: 'ja' }).title).toBe('🔴 云雀 が配信中');
  });

  it('gives a valid message of any texts, with nothing live in it (any strings)', () => {
    const nasty = fc.constantFrom(
      '@everyone',
      '<@1>',
      '**',
      '[x](https://e.example)',
      '\\',
      '\n',
      'א',
      '👩‍👩‍👧',
      '`',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.array(nasty, { maxLength: 200 }).map((parts) => parts.join('')),
    );
    const room: fc.Arbitrary<RoomFace> = fc.record({
      ...{ room: fc.constant(ROOM), name: text, title: text, area: text, coverUrl: fc.option(text) },
    });
    const amount = fc.nat({ max: 1e12 });
    const documents = (part: RoomFace, words: readonly string[], value: number): AlertDocument[] => {
      const [a = '', b = '', c = ''] = words;
      const made = [
        giftIntent(
          { ...watch, giftMinMilli: 0 },
          part,
          {
            ...{ ...gift, name: a, viewer: { key: null, uid: null, name: b } },
            ...{ blindBox: { giftId: 1, name: c }, receiver: { uid: 1, name: a } },
          },
          { count: value, paidMilli: value, worthMilli: value + 1 },
        ),
        superChatIntent(watch, part, { ...superChat, text: a, translation: b }, false),
        guardIntent(watch, part, { ...guard, unit: c, viewer: { key: null, uid: null, name: a } }),
      ].flatMap((intent) => (intent === null ? [] : [intent.document]));
      return [
        ...made,
        { ...live, room: part } as AlertDocument,
        { ...ended, room: part } as AlertDocument,
        { ...report, room: part } as AlertDocument,
        { ...fold, rooms: [a, b, c, ...words] },
        { type: 'warning', room: part, cutOff: false, message: a, atMs: AT_MS },
      ];
    };
    fc.assert(
      fc.property(room, fc.array(text, { minLength: 3, maxLength: 20 }), amount, (part, words, value) => {
        for (const document of documents(part, words, value)) expectValid(embedOf(document));
      }),
      { numRuns: 150 },
    );
  });
});

function expectValid(embed: ReturnType<typeof embedOf>): void {
  const fields = embed.fields ?? [];
  expect(embed.title ?? 't').not.toBe('');
  expect((embed.title ?? '').length).toBeLessThanOrEqual(256);
  expect((embed.description ?? '').length).toBeLessThanOrEqual(4_096);
  for (const { name, value } of fields) {
    expect(name.length).toBeGreaterThan(0);
    expect(value.length).toBeGreaterThan(0);
    expect(value.length).toBeLessThanOrEqual(1_024);
  }
  const texts = [embed.title ?? '', embed.description ?? '', ...fields.flatMap((f) => [f.name, f.value])];
  expect(texts.join('').length).toBeLessThanOrEqual(6_000);
  for (const text of texts) {
    const bare = text.replace(/\\[^0-9A-Za-z\s]/g, 'x').replace(/<t:\d+:[a-zA-Z]>/g, '');
    expect(bare).not.toMatch(/[@<[\]`~|_]|https?:\/\//);
    expect(bare.replaceAll('**', '')).not.toMatch(/\*[^*\n]*\n/);
    expect((bare.match(/\*\*/g) ?? []).length % 2).toBe(0);
    expect(text.isWellFormed()).toBe(true);
  }
  if (embed.image !== undefined) expect(embed.image.url).toMatch(/^https:\/\//);
}
