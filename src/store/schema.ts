/**
 * Tables of what happened in rooms; what channels want is in schema-channels.ts. Migrations in drizzle/ are
 * made from both (`npm run migration`).
 * `viewer` is a web uid, minus the row number of an Open Platform viewer, or 0 for a masked person (NULL
 * never conflicts in a UNIQUE key). Times are epoch milliseconds, money is 1/1000 CNY.
 */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull().default(false);
const count = (name: string) => integer(name).notNull().default(0);

export const rooms = sqliteTable('rooms', {
  room: integer('room').primaryKey(),
  shortId: integer('short_id'),
  uid: integer('uid').notNull().default(0),
  name: text('name').notNull().default(''),
  title: text('title').notNull().default(''),
  area: text('area').notNull().default(''),
  coverUrl: text('cover_url'),
  liveStatus: text('live_status', { enum: ['offline', 'live', 'replay'] })
    .notNull()
    .default('offline'),
  /** Since when this archive knows anything of the room; before it everything is a gap. */
  firstSeenMs: integer('first_seen_ms').notNull(),
  /** Added on the page (POST /api/rooms), watched without any channel. */
  onPage: flag('on_page'),
  /** Whether its socket was ever up: until then `first_seen_ms` is when the room became known. */
  observed: flag('observed'),
});

export const viewers = sqliteTable(
  'viewers',
  {
    viewer: integer('viewer').primaryKey(),
    key: text('key').notNull(),
    name: text('name').notNull(),
    seenMs: integer('seen_ms').notNull(),
  },
  (table) => [uniqueIndex('viewers_key').on(table.key)],
);

/** One broadcast a row. `card` is the session whose Discord card this one goes on with (itself, mostly). */
export const sessions = sqliteTable(
  'sessions',
  {
    session: integer('session').primaryKey({ autoIncrement: true }),
    room: integer('room').notNull(),
    liveKey: text('live_key'),
    startSecond: integer('start_second'),
    startedMs: integer('started_ms').notNull(),
    endedMs: integer('ended_ms'),
    endTold: flag('end_told'),
    card: integer('card'),
    /** Time of the last message that said "live": a PREPARING from before it is a late copy. */
    liveMs: integer('live_ms'),
    title: text('title').notNull().default(''),
    area: text('area').notNull().default(''),
    peakOnline: integer('peak_online'),
    peakWatched: integer('peak_watched'),
    danmaku: count('danmaku'),
    maskedDanmaku: count('masked_danmaku'),
    gifts: count('gifts'),
    giftMilli: count('gift_milli'),
    superChats: count('super_chats'),
    superChatMilli: count('super_chat_milli'),
    guards: count('guards'),
    guardMilli: count('guard_milli'),
    maskedMilli: count('masked_milli'),
  },
  (table) => [
    index('sessions_room_started').on(table.room, table.startedMs),
    uniqueIndex('sessions_live_key').on(table.room, table.liveKey).where(sql`live_key IS NOT NULL`),
    index('sessions_untold').on(table.endedMs).where(sql`ended_ms IS NOT NULL AND end_told = 0`),
    index('sessions_card').on(table.card),
  ],
);

/** What each viewer did in a broadcast: distinct chatters, payers and rankings are exact from it. */
export const sessionViewers = sqliteTable(
  'session_viewers',
  {
    session: integer('session').notNull(),
    viewer: integer('viewer').notNull(),
    danmaku: count('danmaku'),
    gifts: count('gifts'),
    paidMilli: count('paid_milli'),
  },
  (table) => [primaryKey({ columns: [table.session, table.viewer] })],
);

/** `flags`: 1 admin, 2 recalled, 4 emoticon. `name` only where the person is masked. The unique key is the time index. */
export const danmaku = sqliteTable(
  'danmaku',
  {
    id: integer('id').primaryKey(),
    room: integer('room').notNull(),
    atMs: integer('at_ms').notNull(),
    viewer: integer('viewer').notNull(),
    hash: integer('hash').notNull(),
    eventId: text('event_id').notNull(),
    text: text('text').notNull(),
    name: text('name'),
    medalName: text('medal_name'),
    medalLevel: integer('medal_level'),
    guardLevel: count('guard_level'),
    userLevel: count('user_level'),
    flags: count('flags'),
  },
  (table) => [
    uniqueIndex('danmaku_time').on(table.room, table.atMs, table.viewer, table.hash),
    index('danmaku_viewer').on(table.room, table.viewer, table.atMs),
  ],
);

/** Gifts (free ones too), super chats and guards. `flags`: 1 list price, 2 bonus, 4 taken down, 8 blind box, 16 backpack, 32 silver. */
export const payments = sqliteTable(
  'payments',
  {
    id: integer('id').primaryKey(),
    room: integer('room').notNull(),
    kind: text('kind', { enum: ['gift', 'super-chat', 'guard'] }).notNull(),
    eventId: text('event_id').notNull(),
    atMs: integer('at_ms').notNull(),
    viewer: integer('viewer').notNull(),
    name: text('name'),
    giftId: integer('gift_id'),
    giftName: text('gift_name').notNull(),
    count: integer('count').notNull(),
    paidMilli: integer('paid_milli').notNull(),
    worthMilli: integer('worth_milli').notNull(),
    comboId: text('combo_id'),
    text: text('text'),
    /** Guard level 1..3. */
    level: integer('level'),
    unit: text('unit'),
    boxId: integer('box_id'),
    boxName: text('box_name'),
    receiverUid: integer('receiver_uid'),
    receiverName: text('receiver_name'),
    flags: count('flags'),
    /** Of a super chat: its text in another language, and how long it is pinned. */
    translation: text('translation'),
    endMs: integer('end_ms'),
    /** Of a guard's toast: the GUARD_BUY that told of the same purchase, so that two purchases pair one to one. */
    paired: text('paired'),
  },
  (table) => [
    uniqueIndex('payments_event').on(table.room, table.kind, table.eventId),
    index('payments_time').on(table.room, table.atMs),
    index('payments_viewer').on(table.room, table.viewer, table.atMs),
    index('payments_combo').on(table.room, table.comboId).where(sql`combo_id IS NOT NULL`),
  ],
);

/** Sums per room and minute (`minute` = floor(at_ms / 60000)). A gauge is the last value of the minute. */
export const minutes = sqliteTable(
  'minutes',
  {
    room: integer('room').notNull(),
    minute: integer('minute').notNull(),
    danmaku: count('danmaku'),
    maskedDanmaku: count('masked_danmaku'),
    gifts: count('gifts'),
    giftMilli: count('gift_milli'),
    superChats: count('super_chats'),
    superChatMilli: count('super_chat_milli'),
    guards: count('guards'),
    guardMilli: count('guard_milli'),
    maskedMilli: count('masked_milli'),
    watched: integer('watched'),
    online: integer('online'),
    likes: integer('likes'),
    enters: count('enters'),
    follows: count('follows'),
    shares: count('shares'),
  },
  (table) => [primaryKey({ columns: [table.room, table.minute] })],
);

/** Stretches of time in which a room was not observed; `to_ms` null: still going on. */
export const gaps = sqliteTable(
  'gaps',
  {
    id: integer('id').primaryKey(),
    room: integer('room').notNull(),
    fromMs: integer('from_ms').notNull(),
    toMs: integer('to_ms'),
    reason: text('reason').notNull(),
  },
  (table) => [index('gaps_room').on(table.room, table.fromMs)],
);

/** GUARD_BUY messages that wait for their toast; `event` is the GuardHeld as JSON. */
export const heldGuards = sqliteTable(
  'held_guards',
  {
    room: integer('room').notNull(),
    eventId: text('event_id').notNull(),
    viewer: integer('viewer').notNull(),
    level: integer('level').notNull(),
    atMs: integer('at_ms').notNull(),
    event: text('event').notNull(),
  },
  (table) => [primaryKey({ columns: [table.room, table.eventId] })],
);

/** What came before its super chat did: a translation, or that it was taken down. Kept for a day. */
export const earlySuperChats = sqliteTable(
  'early_super_chats',
  {
    room: integer('room').notNull(),
    eventId: text('event_id').notNull(),
    translation: text('translation'),
    takenDown: flag('taken_down'),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.room, table.eventId] })],
);

/** Interactions of the last hour, only so that one that comes twice is counted once. */
export const interactions = sqliteTable(
  'interactions',
  {
    atMs: integer('at_ms').notNull(),
    room: integer('room').notNull(),
    viewer: integer('viewer').notNull(),
    hash: integer('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.atMs, table.room, table.viewer, table.hash] })],
);

/** `cursor`: journal position of the last commit; `alive_ms`: when this archive was last known to be fed. */
export const meta = sqliteTable('meta', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});
