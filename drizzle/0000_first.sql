CREATE TABLE `danmaku` (
	`id` integer PRIMARY KEY NOT NULL,
	`room` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`viewer` integer NOT NULL,
	`hash` integer NOT NULL,
	`event_id` text NOT NULL,
	`text` text NOT NULL,
	`name` text,
	`medal_name` text,
	`medal_level` integer,
	`guard_level` integer DEFAULT 0 NOT NULL,
	`user_level` integer DEFAULT 0 NOT NULL,
	`flags` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `danmaku_time` ON `danmaku` (`room`,`at_ms`,`viewer`,`hash`);--> statement-breakpoint
CREATE INDEX `danmaku_viewer` ON `danmaku` (`room`,`viewer`,`at_ms`);--> statement-breakpoint
CREATE TABLE `early_super_chats` (
	`room` integer NOT NULL,
	`event_id` text NOT NULL,
	`translation` text,
	`taken_down` integer DEFAULT false NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`room`, `event_id`)
);
--> statement-breakpoint
CREATE TABLE `gaps` (
	`id` integer PRIMARY KEY NOT NULL,
	`room` integer NOT NULL,
	`from_ms` integer NOT NULL,
	`to_ms` integer,
	`reason` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `gaps_room` ON `gaps` (`room`,`from_ms`);--> statement-breakpoint
CREATE TABLE `held_guards` (
	`room` integer NOT NULL,
	`event_id` text NOT NULL,
	`viewer` integer NOT NULL,
	`level` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`event` text NOT NULL,
	PRIMARY KEY(`room`, `event_id`)
);
--> statement-breakpoint
CREATE TABLE `interactions` (
	`at_ms` integer NOT NULL,
	`room` integer NOT NULL,
	`viewer` integer NOT NULL,
	`hash` integer NOT NULL,
	PRIMARY KEY(`at_ms`, `room`, `viewer`, `hash`)
);
--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `minutes` (
	`room` integer NOT NULL,
	`minute` integer NOT NULL,
	`danmaku` integer DEFAULT 0 NOT NULL,
	`masked_danmaku` integer DEFAULT 0 NOT NULL,
	`gifts` integer DEFAULT 0 NOT NULL,
	`gift_milli` integer DEFAULT 0 NOT NULL,
	`super_chats` integer DEFAULT 0 NOT NULL,
	`super_chat_milli` integer DEFAULT 0 NOT NULL,
	`guards` integer DEFAULT 0 NOT NULL,
	`guard_milli` integer DEFAULT 0 NOT NULL,
	`masked_milli` integer DEFAULT 0 NOT NULL,
	`watched` integer,
	`online` integer,
	`likes` integer,
	`enters` integer DEFAULT 0 NOT NULL,
	`follows` integer DEFAULT 0 NOT NULL,
	`shares` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`room`, `minute`)
);
--> statement-breakpoint
CREATE TABLE `payments` (
	`id` integer PRIMARY KEY NOT NULL,
	`room` integer NOT NULL,
	`kind` text NOT NULL,
	`event_id` text NOT NULL,
	`at_ms` integer NOT NULL,
	`viewer` integer NOT NULL,
	`name` text,
	`gift_id` integer,
	`gift_name` text NOT NULL,
	`count` integer NOT NULL,
	`paid_milli` integer NOT NULL,
	`worth_milli` integer NOT NULL,
	`combo_id` text,
	`text` text,
	`level` integer,
	`unit` text,
	`box_id` integer,
	`box_name` text,
	`receiver_uid` integer,
	`receiver_name` text,
	`flags` integer DEFAULT 0 NOT NULL,
	`translation` text,
	`end_ms` integer,
	`paired` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `payments_event` ON `payments` (`room`,`kind`,`event_id`);--> statement-breakpoint
CREATE INDEX `payments_time` ON `payments` (`room`,`at_ms`);--> statement-breakpoint
CREATE INDEX `payments_viewer` ON `payments` (`room`,`viewer`,`at_ms`);--> statement-breakpoint
CREATE INDEX `payments_combo` ON `payments` (`room`,`combo_id`) WHERE combo_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `rooms` (
	`room` integer PRIMARY KEY NOT NULL,
	`short_id` integer,
	`uid` integer DEFAULT 0 NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`title` text DEFAULT '' NOT NULL,
	`area` text DEFAULT '' NOT NULL,
	`cover_url` text,
	`live_status` text DEFAULT 'offline' NOT NULL,
	`first_seen_ms` integer NOT NULL,
	`on_page` integer DEFAULT false NOT NULL,
	`observed` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE `session_viewers` (
	`session` integer NOT NULL,
	`viewer` integer NOT NULL,
	`danmaku` integer DEFAULT 0 NOT NULL,
	`gifts` integer DEFAULT 0 NOT NULL,
	`paid_milli` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`session`, `viewer`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`session` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`room` integer NOT NULL,
	`live_key` text,
	`start_second` integer,
	`started_ms` integer NOT NULL,
	`ended_ms` integer,
	`end_told` integer DEFAULT false NOT NULL,
	`card` integer,
	`live_ms` integer,
	`title` text DEFAULT '' NOT NULL,
	`area` text DEFAULT '' NOT NULL,
	`peak_online` integer,
	`peak_watched` integer,
	`danmaku` integer DEFAULT 0 NOT NULL,
	`masked_danmaku` integer DEFAULT 0 NOT NULL,
	`gifts` integer DEFAULT 0 NOT NULL,
	`gift_milli` integer DEFAULT 0 NOT NULL,
	`super_chats` integer DEFAULT 0 NOT NULL,
	`super_chat_milli` integer DEFAULT 0 NOT NULL,
	`guards` integer DEFAULT 0 NOT NULL,
	`guard_milli` integer DEFAULT 0 NOT NULL,
	`masked_milli` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sessions_room_started` ON `sessions` (`room`,`started_ms`);--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_live_key` ON `sessions` (`room`,`live_key`) WHERE live_key IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sessions_untold` ON `sessions` (`ended_ms`) WHERE ended_ms IS NOT NULL AND end_told = 0;--> statement-breakpoint
CREATE INDEX `sessions_card` ON `sessions` (`card`);--> statement-breakpoint
CREATE TABLE `viewers` (
	`viewer` integer PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`seen_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `viewers_key` ON `viewers` (`key`);--> statement-breakpoint
CREATE TABLE `guild_settings` (
	`guild_id` text PRIMARY KEY NOT NULL,
	`language` text DEFAULT 'en' NOT NULL,
	`time_zone` text DEFAULT 'UTC' NOT NULL,
	`money_for` text DEFAULT 'everyone' NOT NULL,
	`changed_by` text,
	`changed_ms` integer
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`channel_id` text NOT NULL,
	`key` text NOT NULL,
	`room` integer NOT NULL,
	`document` text NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`delivered_version` integer DEFAULT 0 NOT NULL,
	`message_id` text,
	`state` text DEFAULT 'open' NOT NULL,
	`folded_into` integer,
	`attempted_ms` integer,
	`event_ms` integer NOT NULL,
	`created_ms` integer NOT NULL,
	`updated_ms` integer NOT NULL,
	`error` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_channel_key` ON `outbox` (`channel_id`,`key`);--> statement-breakpoint
CREATE INDEX `outbox_folded` ON `outbox` (`folded_into`) WHERE folded_into IS NOT NULL;--> statement-breakpoint
CREATE INDEX `outbox_open` ON `outbox` (`id`) WHERE state = 'open' AND delivered_version < version;--> statement-breakpoint
CREATE TABLE `reports` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`guild_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`room` integer NOT NULL,
	`every` text NOT NULL,
	`created_ms` integer NOT NULL,
	`created_by` text NOT NULL,
	`last_period_ms` integer
);
--> statement-breakpoint
CREATE TABLE `watches` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`guild_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`room` integer NOT NULL,
	`gift_min_milli` integer NOT NULL,
	`role_id` text,
	`paused` text,
	`created_ms` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `watches_channel_room` ON `watches` (`channel_id`,`room`);--> statement-breakpoint
CREATE INDEX `watches_room` ON `watches` (`room`);