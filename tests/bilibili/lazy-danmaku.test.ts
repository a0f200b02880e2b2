import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fields, isFields } from '#src/bilibili/fields.ts';
import { jumpDanmaku, walkDanmaku } from '#src/bilibili/lazy-danmaku.ts';
import { readMessage } from '#src/bilibili/message.ts';
import { readDanmaku } from '#src/bilibili/normalise/danmaku.ts';
import type { LiveEvent } from '#src/events.ts';
import { findShared, openReader } from './support.ts';

/** What the reader of the command makes of a body, and all of it but `info[0]`. */
function outcome(body: Fields) {
  const events: LiveEvent[] = [];
  const { reader } = openReader();
  const state = Object.assign(Object.create(reader) as typeof reader, {
    ...{ room: reader.room, now: () => 1, emit: (event: LiveEvent) => events.push(event) > 0 },
  });
  let fault = '';
  try {
    readDanmaku({ cmd: 'DANMU_MSG', body, text: '' }, state);
  } catch (error) {
    fault = String(error);
  }
  const info: unknown = body.info;
  return { events, fault, rest: { ...body, info: Array.isArray(info) ? [0, ...info.slice(1)] : info } };
}

/** Each way that reads the message reads it as JSON.parse does. Answers which did. */
function compare(text: string): { jumped: boolean; walked: boolean } {
  const bytes = Buffer.from(text);
  const expected = outcome(JSON.parse(bytes.toString('utf8')) as Fields);
  const [jumped, walked] = [jumpDanmaku(bytes), walkDanmaku(bytes)];
  if (jumped !== null) expect(outcome(jumped)).toEqual(expected);
  if (walked !== null) expect(outcome(walked)).toEqual(expected);
  expect(outcome(readMessage(bytes).body)).toEqual(expected);
  return { jumped: jumped !== null, walked: walked !== null };
}

/** Texts that look like the places where the readers look. */
const TRAPS = [
  ...[
    '],"',
    '"],"',
    '],',
    ',"',
    '[',
    ',[',
    ':[',
    '{',
    '}',
    '{}',
    '\\',
    '"',
    '\\"',
    '\\\\"',
    ',',
    '雾',
    '😀',
    '\ud83d',
  ],
  ...['\udc00', '\u0000', '\n', '</', ',"id_str":"fake"', '\\",\\"id_str\\":\\"fake\\"', '"is_mirror":true'],
  ...['is_mirror\\":true', '"info":[[', '],"x",[1,"y"]', '"extra":"{\\"', '[dog]', 'id_str', ' ', 'a', '0'],
];
const text = fc.array(fc.constantFrom(...TRAPS), { maxLength: 5 }).map((parts) => parts.join(''));
const name = fc.oneof({ weight: 12, arbitrary: fc.constant('山雾') }, text);
const shuffled = (fields: Fields) =>
  fc
    .shuffledSubarray(Object.entries(fields), { minLength: Object.keys(fields).length })
    .map((entries) => Object.fromEntries(entries));
const sometimes = (fields: Fields) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(fields) }, shuffled(fields));
const indent = fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, fc.constantFrom(1, '\t'));
const json = fc.jsonValue({ maxDepth: 2 });

const extra = fc
  .record({
    content: text,
    emots: fc.oneof(fc.constant(null), fc.dictionary(text, fc.record({ id_str: text }), { maxKeys: 2 })),
    animation: fc.constant({}),
    id_str: fc.oneof({ weight: 12, arbitrary: fc.constant('0a1b2c') }, text, fc.constant(7)),
    icon: fc.oneof(fc.constant(null), fc.record({ is_mirror: fc.boolean(), id_str: fc.constant('fake') })),
    is_mirror: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, fc.constant(true)),
  })
  .chain((fields) => fc.tuple(sometimes(fields), indent))
  .map(([fields, space]) => JSON.stringify(fields, null, space));

const user = fc
  .record({
    extra: fc.oneof({ weight: 12, arbitrary: extra }, text),
    base: fc.record({ name }),
    more: fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, json),
    isOld: fc.boolean(),
  })
  .chain(({ extra, base, more, isOld }) =>
    sometimes(isOld ? { mode: 0, show_player_type: 0, extra } : { extra, mode: 0, user: { base, more } }),
  );

const meta = fc
  .record({
    ...{
      user,
      sticker: fc.oneof(fc.constant('{}'), fc.record({ name: text, url: text }), fc.record({ url: json })),
    },
    ...{
      atMs: fc.integer({ min: 0, max: 2e12 }),
      rnd: fc.integer(),
      more: fc.oneof({ weight: 12, arbitrary: fc.constant([0]) }, fc.array(json)),
    },
    length: fc.oneof({ weight: 12, arbitrary: fc.constant(99) }, fc.nat(18)),
  })
  .map(({ user, sticker, atMs, rnd, more, length }) => {
    const style = [
      0,
      1,
      25,
      255,
      atMs,
      rnd,
      0,
      'ab12',
      0,
      0,
      5,
      '#1453BAFF,#4C2263A2',
      1,
      sticker,
      '{}',
      user,
    ];
    return [...style, { not_show: 0 }, ...more].slice(0, length);
  });

const message = fc
  .record({
    cmd: fc.constantFrom('DANMU_MSG', 'DANMU_MSG:4:0:2:2:2:0'),
    meta: fc.oneof({ weight: 12, arbitrary: meta }, json),
    ...{
      said: fc.oneof({ weight: 12, arbitrary: text }, json),
      name,
      medal: fc.oneof(json, fc.constant([3, '夜灯'])),
    },
    ...{
      more: fc.dictionary(text, json, { maxKeys: 2 }),
      length: fc.nat(30),
      isPlain: fc.nat(4).map((dice) => dice > 0),
    },
  })
  .chain(({ cmd, meta, said, name, medal, more, length, isPlain }) => {
    const rest = [said, [4_200_000_000_000_001, name, 1], medal, [9], [], 0, 3, null, { ts: 1_780_000_000 }];
    const info = isPlain ? [meta, ...rest] : [meta, ...rest].slice(0, length);
    const fields: Fields = isPlain ? { cmd, dm_v2: '', info } : { cmd, ...more, info, send_time: 1 };
    return fc.tuple(sometimes(fields), indent);
  })
  .map(([fields, space]) => JSON.stringify(fields, null, space));

describe('a danmaku', () => {
  it('is read alike by jump, walk and JSON.parse, whatever is in it', () => {
    const ways = { jumped: 0, walked: 0 };
    fc.assert(
      fc.property(message, (text) => {
        const { jumped, walked } = compare(text);
        ways.jumped += Number(jumped);
        ways.walked += Number(walked);
      }),
      { numRuns: 3_000 },
    );
    expect(ways.jumped).toBeGreaterThan(100);
    expect(ways.walked).toBeGreaterThan(1_500);
  });

  it('that is cut or damaged is given up, never thrown over', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.nat(255), (text, at, byte) => {
        const bytes = Buffer.from(text);
        const cut = bytes.subarray(0, at % bytes.length);
        const damaged = Buffer.from(bytes);
        damaged[at % bytes.length] = byte;
        for (const given of [cut, damaged]) {
          jumpDanmaku(given);
          walkDanmaku(given);
        }
        expect([jumpDanmaku(cut), walkDanmaku(cut)]).toEqual([null, null]);
      }),
      { numRuns: 500 },
    );
  });

  it('of the wire is read by the first way, with a sticker too', () => {
    const extra = JSON.stringify({
      content: '[dog]',
      animation: {},
      emots: null,
      id_str: 'a1',
      is_mirror: false,
    });
    const user = { extra, mode: 0, user: { base: { name: '[雾]' } } };
    const style = [0, 1, 25, 255, 1_780_000_000_000, -5, 0, 'ab', 0, 0, 0, '', 1];
    for (const sticker of ['{}', { emoticon_unique: '[雾]', url: 'https://i0.hdslb.com/a.png' }]) {
      const info = [[...style, sticker, '{}', user, { not_show: 0 }, 0], '[dog]', [7, '山雾', 0], [], [3]];
      const text = JSON.stringify({ cmd: 'DANMU_MSG:4', dm_v2: '', info });
      expect(compare(text)).toEqual({ jumped: true, walked: true });
      const open = JSON.stringify({ cmd: 'DANMU_MSG', info: [info[0], 5] }).slice(0, -2);
      const others = [`${open}],"more":[[1],"b",[8,"b"]]}`, `${open},[1],"b",[8,"b"]]}`];
      for (const other of [`${text.slice(0, -1)},"info":[[1,2],"second",[8,"b"]]}`, ...others])
        expect(compare(other).jumped).toBe(false);
    }
  });
});

describe('a command that is ignored', () => {
  it('is told by its name and parsed only for those who ask', () => {
    const padding = 'x'.repeat(200);
    const message = readMessage(Buffer.from(`{"cmd":"NOTICE_MSG:1","padding":"${padding}"}`));
    expect([message.cmd, message.body.padding]).toEqual(['NOTICE_MSG', padding]);
    const broken = readMessage(Buffer.from(`{"cmd":"NOTICE_MSG","padding":"${padding}`));
    expect(broken.cmd).toBe('NOTICE_MSG');
    expect(() => broken.body).toThrow(SyntaxError);
    expect(() => readMessage(Buffer.from(`{"cmd":"SEND_GIFT","padding":"${padding}`))).toThrow(SyntaxError);
  });
});

const shared = findShared();
describe.skipIf(shared === null)(
  `captured messages${shared === null ? ' (skipped: no ../shared)' : ''}`,
  () => {
    it('are read alike by every way, written either way', () => {
      let [danmaku, others] = [0, 0];
      const folders = readdirSync(shared ?? '', { withFileTypes: true, recursive: true });
      for (const file of folders.filter(({ name }) => name.endsWith('.json'))) {
        const source = readFileSync(path.join(file.parentPath, file.name), 'utf8');
        const parsed: unknown = JSON.parse(source);
        if (!isFields(parsed) || typeof parsed.cmd !== 'string') continue;
        for (const text of [source, JSON.stringify(parsed)]) {
          const { cmd, body } = readMessage(Buffer.from(text));
          expect(cmd).toBe(parsed.cmd.split(':')[0]);
          if (cmd === 'DANMU_MSG') {
            compare(text);
            danmaku++;
          } else {
            expect(body).toEqual(parsed);
            others++;
          }
        }
      }
      expect(danmaku).toBeGreaterThan(30);
      expect(others).toBeGreaterThan(400);
    });
  },
);
