/** Tables of what channels want and get: watches, settings, messages, reports. See schema.ts for the units. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** A channel that follows a room. `paused` says why nothing is posted (channel gone, permission lost). */
export const watches = sqliteTable(
  'watches',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    guildId: text('guild_id').notNull(),
    channelId: text('channel_id').notNull(),
    room: integer('room').notNull(),
    giftMinMilli: integer('gift_min_milli').notNull(),
    roleId: text('role_id'),
    paused: text('paused'),
    createdMs: integer('created_ms').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    uniqueIndex('watches_channel_room').on(table.channelId, table.room),
    index('watches_room').on(table.room),
  ],
);

export const guildSettings = sqliteTable('guild_settings', {
  guildId: text('guild_id').primaryKey(),
  language: text('language', { enum: ['en', 'zh-CN', 'ja'] })
    .notNull()
    .default('en'),
  timeZone: text('time_zone').notNull().default('UTC'),
  /** Who may see money: `everyone`, `nobody`, or a role id. */
  moneyFor: text('money_for').notNull().default('everyone'),
  changedBy: text('changed_by'),
  changedMs: integer('changed_ms'),
});

/** Wanted message per channel and key; delivered when `delivered_version` = `version` (docs/architecture.md). */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    channelId: text('channel_id').notNull(),
    key: text('key').notNull(),
    room: integer('room').notNull(),
    document: text('document').notNull(),
    version: integer('version').notNull().default(1),
    deliveredVersion: integer('delivered_version').notNull().default(0),
    messageId: text('message_id'),
    state: text('state', { enum: ['open', 'folded', 'failed'] })
      .notNull()
      .default('open'),
    /** The fold document (another row) that speaks for this one; its sums follow this row's changes. */
    foldedInto: integer('folded_into'),
    /** When the first post was tried: it may have reached Discord even if nothing came back. */
    attemptedMs: integer('attempted_ms'),
    /** When the event that caused the document happened (server time). */
    eventMs: integer('event_ms').notNull(),
    createdMs: integer('created_ms').notNull(),
    updatedMs: integer('updated_ms').notNull(),
    error: text('error'),
  },
  (table) => [
    uniqueIndex('outbox_channel_key').on(table.channelId, table.key),
    index('outbox_folded').on(table.foldedInto).where(sql`folded_into IS NOT NULL`),
    index('outbox_open').on(table.id).where(sql`state = 'open' AND delivered_version < version`),
  ],
);

export const reports = sqliteTable('reports', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  guildId: text('guild_id').notNull(),
  channelId: text('channel_id').notNull(),
  room: integer('room').notNull(),
  every: text('every', { enum: ['hour', '6h', 'day', 'week'] }).notNull(),
  createdMs: integer('created_ms').notNull(),
  createdBy: text('created_by').notNull(),
  /** Start of the last period that was reported: one picture a period, whatever restarts. */
  lastPeriodMs: integer('last_period_ms'),
});
