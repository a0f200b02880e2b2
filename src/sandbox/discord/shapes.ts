/** What the stand-in knows, in the words of Discord's API where an object goes on the wire as it is. */

export type Json = Record<string, unknown>;

export interface User {
  readonly id: string;
  readonly username: string;
  readonly global_name: string | null;
  readonly discriminator: '0';
  readonly avatar: null;
  readonly flags: 0;
  readonly public_flags: 0;
  readonly primary_guild: null;
  readonly bot?: boolean;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  /** Bit set as a decimal string, as on the wire. */
  permissions: string;
  readonly color: number;
  readonly position: number;
  readonly hoist: boolean;
  readonly managed: boolean;
  readonly mentionable: boolean;
}

export interface Member {
  readonly user: User;
  roles: string[];
  readonly joined_at: string;
}

/** `type` 0 is a role, 1 a member. */
export interface Overwrite {
  readonly id: string;
  readonly type: 0 | 1;
  allow: string;
  deny: string;
}

/** `type` 0 text, 4 category, 11 public thread. */
export interface Channel {
  readonly id: string;
  readonly guild_id: string;
  readonly type: number;
  readonly name: string;
  readonly topic: string | null;
  readonly position: number;
  readonly parent_id: string | null;
  readonly permission_overwrites: Overwrite[];
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly locale: string;
  readonly roles: Role[];
  readonly members: Member[];
  readonly joinedAt: string;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly data: Buffer;
  readonly description: string | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
}

/** Whom a message really notified, after `allowed_mentions` and the bot's permissions. */
export interface Pings {
  readonly everyone: boolean;
  readonly roles: readonly string[];
  readonly users: readonly string[];
}

/** A message as it stands now; the same object changes with each edit. */
export interface StoredMessage {
  readonly id: string;
  readonly channelId: string;
  readonly author: User;
  readonly createdMs: number;
  readonly nonce: string | null;
  /** The person who alone sees it; null for a message that all see. */
  readonly ephemeralFor: string | null;
  readonly interaction: { readonly id: string; readonly name: string; readonly userId: string } | null;
  content: string;
  /** As the bot sent them, `attachment://` included. */
  embeds: Json[];
  components: Json[];
  files: StoredFile[];
  flags: number;
  pings: Pings;
  editedMs: number | null;
  edits: number;
  deleted: boolean;
  /** True between a deferred answer and its content ("is thinking…"). */
  loading: boolean;
}

export interface Command extends Json {
  readonly id: string;
  readonly name: string;
  readonly guild_id?: string;
}

/** One request that the bot made, as the stand-in saw and answered it. */
export interface LoggedRequest {
  readonly method: string;
  /** Template in the words of Discord's description, such as `/channels/{channel_id}/messages`; null: unknown. */
  readonly route: string | null;
  /** Without `/api/v10`, decoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The JSON, or `payload_json` of a multipart body; null without one. */
  readonly body: unknown;
  readonly files: readonly { field: string; name: string; contentType: string; bytes: number }[];
  readonly status: number;
  /** Discord's error code; null for a success. */
  readonly code: number | null;
  readonly atMs: number;
  readonly ms: number;
}
