/** What an answer of Discord means for the message that was to be sent. */
import { DiscordAPIError } from 'discord.js';
import { describeError } from '#src/lib/errors.ts';

export type Fault =
  /** The channel is gone or closed to us: paused, not retried. */
  | 'channel'
  /** The message is gone (deleted by a moderator) or is not ours: left alone. */
  | 'message'
  /** Discord does not take this content: it will not take it later either. */
  | 'content'
  /** The token is wrong or was taken back: nothing can be sent. */
  | 'token'
  /** Network, 5xx, or an answer that is not Discord's: again later. */
  | 'passing';

const UNKNOWN_MESSAGE = 10008;
const NOT_OUR_MESSAGE = 50005;
/** Too many edits of a message that is older than an hour. */
const OLD_EDITS = 30046;
/** What a firewall in front of Discord answers has no code of Discord's. */
const DISCORD_CODE_MIN = 10_000;

export function faultOf(error: unknown): Fault {
  if (!(error instanceof DiscordAPIError)) {
    return error instanceof Error && error.message.startsWith('Expected token') ? 'token' : 'passing';
  }
  const { status, code } = error;
  if (status === 401) return 'token';
  if (code === UNKNOWN_MESSAGE || code === NOT_OUR_MESSAGE) return 'message';
  if (code === OLD_EDITS || status === 408 || status === 429) return 'passing';
  if (status === 403 || status === 404)
    return typeof code === 'number' && code >= DISCORD_CODE_MIN ? 'channel' : 'passing';
  return status >= 400 && status < 500 ? 'content' : 'passing';
}

/** One line for the log and the store, with Discord's code. */
export function describeFault(error: unknown): string {
  if (!(error instanceof DiscordAPIError)) return describeError(error).slice(0, 300);
  return `Discord ${error.status}/${error.code}: ${error.message.replace(/\s+/g, ' ').slice(0, 300)}`;
}
