/** The API's shapes (contract §4): checked on the way in and out, and the source of /api/openapi.json. */
import { z } from 'zod';

const whole = z.int();
const time = z.int().describe('epoch milliseconds');
const milli = z.int().describe('1/1000 CNY');

const numeric = (min: number, max: number, allowed: string) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `a whole number ${allowed}`)
    .transform(Number)
    .pipe(z.int().min(min, `a whole number ${allowed}`).max(max, `a whole number ${allowed}`));

export const ErrorBody = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export const RoomParams = z.object({
  room: numeric(1, Number.MAX_SAFE_INTEGER, 'above 0: a room id or short id'),
});

const from = numeric(0, Number.MAX_SAFE_INTEGER, 'of epoch milliseconds').optional();
const limit = numeric(1, 500, 'from 1 to 500').default(50);
const before = z.string().max(200).optional().describe('the `next` of the page before');

export const RoomsQuery = z.object({ limit, before });
export const RangeQuery = z.object({ from, to: from });
export const ListQuery = RangeQuery.extend({ limit, before });
export const DanmakuQuery = ListQuery.extend({
  q: z.string().max(200).optional(),
  uid: numeric(1, Number.MAX_SAFE_INTEGER, 'above 0').optional(),
});
export const GiftsQuery = ListQuery.extend({
  kind: z.enum(['gift', 'super-chat', 'guard']).optional(),
  minMilli: numeric(0, Number.MAX_SAFE_INTEGER, 'of 1/1000 CNY').optional(),
});
export const TopQuery = RangeQuery.extend({
  by: z.enum(['value', 'danmaku']).default('value'),
  limit,
});
export const SeriesQuery = RangeQuery.extend({
  stepMs: numeric(1_000, 31 * 86_400_000, 'of milliseconds, at least 1000').optional(),
});
export const ChartQuery = RangeQuery.extend({ metric: z.enum(['activity', 'revenue']).default('activity') });
export const EventsQuery = z.object({
  room: numeric(1, Number.MAX_SAFE_INTEGER, 'above 0: a room id or short id').optional(),
});

export const Totals = z
  .object({
    danmaku: whole,
    chatters: whole,
    gifts: whole.describe('items'),
    giftMilli: milli,
    superChats: whole,
    superChatMilli: milli,
    guards: whole,
    guardMilli: milli,
    revenueMilli: milli,
    payers: whole,
    gaps: z.array(z.object({ fromMs: time, toMs: time, reason: z.string() })).readonly(),
    maskedDanmaku: whole,
    maskedMilli: milli,
  })
  .meta({ id: 'Totals' });

export const Room = z
  .object({
    roomId: whole,
    shortId: whole.nullable(),
    uid: whole,
    name: z.string(),
    title: z.string(),
    area: z.string(),
    liveStatus: z.enum(['live', 'offline', 'replay']),
    liveSinceMs: time.nullable(),
    connection: z.enum(['connected', 'connecting', 'waiting', 'failed']),
    reason: z.string().nullable().describe('why it waits or has failed'),
    pausedChannels: z
      .array(z.object({ channelId: z.string(), reason: z.string() }))
      .readonly()
      .describe('Discord channels that cannot be posted to any more'),
    watched: whole.nullable(),
    online: whole.nullable(),
    danmakuPerMinute: whole,
    activeChatters: whole,
    moneyMilliPerMinute: milli,
    session: Totals.nullable(),
  })
  .meta({ id: 'Room' });

const uid = whole.nullable().describe('null when Bilibili masks the person');

export const DanmakuItem = z
  .object({
    id: z.string(),
    uid,
    name: z.string(),
    text: z.string(),
    atMs: time,
    medal: z.object({ name: z.string(), level: whole }).nullable(),
    guardLevel: whole,
    userLevel: whole,
    isAdmin: z.boolean(),
    recalled: z.boolean(),
  })
  .meta({ id: 'Danmaku' });

export const PaymentItem = z
  .object({
    id: z.string(),
    kind: z.enum(['gift', 'super-chat', 'guard']),
    uid,
    name: z.string(),
    giftId: whole.nullable(),
    giftName: z.string(),
    count: whole,
    valueMilli: milli,
    worthMilli: milli,
    text: z.string().nullable(),
    atMs: time,
    isListPrice: z.boolean().describe('only GUARD_BUY came: the price is the list price'),
  })
  .meta({ id: 'Payment' });

export const TopItem = z
  .object({ rank: whole, uid, name: z.string(), valueMilli: milli, gifts: whole, danmaku: whole })
  .meta({ id: 'Top' });

export const SessionItem = Totals.extend({
  id: z.string(),
  title: z.string(),
  startedMs: time,
  endedMs: time.nullable(),
}).meta({ id: 'Session' });

const nullable = whole.nullable();
export const SeriesBody = z
  .object({
    stepMs: whole,
    points: z
      .array(
        z.object({
          atMs: time,
          danmaku: nullable,
          chatters: nullable,
          revenueMilli: nullable,
          watched: nullable,
          online: nullable,
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Series' });

export const AlertItem = z
  .object({
    id: whole,
    channelId: z.string(),
    type: z.string(),
    room: z.string(),
    line: z.string(),
    paidMilli: milli.nullable(),
    atMs: time,
    delivered: z.boolean(),
    folded: z.boolean().describe('another message speaks for it'),
    error: z.string().nullable(),
  })
  .meta({ id: 'Alert' });

export const list = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item).readonly(), next: z.string().nullable() });
