/** The three requests of a delivery: post, edit, and look for a message that may have been posted. */
import {
  type REST,
  type RESTGetAPIChannelMessagesResult,
  type RESTGetAPICurrentUserResult,
  type RESTPatchAPIChannelMessageJSONBody,
  type RESTPostAPIChannelMessageJSONBody,
  type RESTPostAPIChannelMessageResult,
  Routes,
} from 'discord.js';
import type { ReportDocument } from '#src/alerts/document.ts';
import type { Charts, Picture } from '#src/charts/charts.ts';
import { messageOf } from '#src/discord/format/message.ts';
import { type Look, REPORT_PICTURE } from '#src/discord/format/pen.ts';
import { untilAborted } from '#src/lib/backoff.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { OutboxItem } from '#src/store/archive.ts';
import type { Queries } from '#src/store/queries.ts';

export interface Poster {
  /** Answers the id of the new message, or of the one that the same nonce made before. Throws what discord.js throws. */
  post(item: OutboxItem, look: Look): Promise<string>;
  edit(item: OutboxItem, messageId: string, look: Look): Promise<void>;
  /** Looks for the item's message among our own of the channel since its first try. */
  find(item: OutboxItem): Promise<string | null>;
}

export interface PosterOptions {
  readonly rest: Pick<REST, 'get' | 'post' | 'patch'>;
  readonly charts: Pick<Charts, 'draw'>;
  readonly queries: Pick<Queries, 'series'>;
  readonly log: Log;
  /** Aborts what is under way when the delivery is closed. */
  readonly signal: AbortSignal;
}

const SUPPRESS_NOTIFICATIONS = 1 << 12;
const DESCRIPTION_CHARS_MAX = 1_024;
/** Our clock and Discord's may differ by this. */
const CLOCK_SKEW_MS = 60_000;
const PAGE_MESSAGES = 100;
const PAGES_MAX = 10;
const DISCORD_EPOCH_MS = 1_420_070_400_000;
const NOBODY = { parse: [] };

/**
 * Names a message to Discord (nonce, at most 25 characters) and in its embed's address. The time keeps the
 * ids of a database that was begun anew apart from those of the one before.
 */
export function nonceOf({ id, createdMs }: Pick<OutboxItem, 'id' | 'createdMs'>): string {
  return `${id.toString(36)}-${createdMs.toString(36)}`;
}

export function createPoster({ rest, charts, queries, log, signal }: PosterOptions): Poster {
  let ownId: Promise<string> | null = null;
  // discord.js sleeps a rate limit out, whatever its signal says; a close does not wait for that.
  const orAbort = <T>(work: Promise<T>) => untilAborted(work, signal);

  function askOwnId(): Promise<string> {
    ownId ??= (rest.get(Routes.user(), { signal }) as Promise<RESTGetAPICurrentUserResult>).then(
      ({ id }) => id,
    );
    ownId.catch(() => {
      ownId = null;
    });
    return ownId;
  }

  async function draw(document: ReportDocument, look: Look): Promise<Picture | null> {
    const { room, fromMs, toMs } = document;
    const range = { fromMs, toMs };
    try {
      const series = await queries.series(room.room, range, chooseStepMs(toMs - fromMs));
      const { language, timeZone } = look;
      return await orAbort(charts.draw({ metric: 'activity', room, series, range, language, timeZone }));
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ err: error, room: room.room }, `a report goes without its picture: ${describeError(error)}`);
      return null;
    }
  }

  return {
    async post(item, look) {
      const { document } = item;
      const nonce = nonceOf(item);
      const picture = document.type === 'report' ? await draw(document, look) : null;
      const { embeds, roleId, isQuiet } = messageOf(document, look, {
        mark: nonce,
        hasPicture: picture !== null,
      });
      const body: RESTPostAPIChannelMessageJSONBody = {
        embeds,
        nonce,
        enforce_nonce: true,
        allowed_mentions: roleId === null ? NOBODY : { parse: [], roles: [roleId] },
        ...(roleId === null ? {} : { content: `<@&${roleId}>` }),
        ...(isQuiet ? { flags: SUPPRESS_NOTIFICATIONS } : {}),
        ...(picture === null ? {} : { attachments: [attachmentOf(picture)] }),
      };
      const files =
        picture === null
          ? {}
          : { files: [{ name: REPORT_PICTURE, data: picture.png, contentType: 'image/png' }] };
      const path = Routes.channelMessages(item.channelId);
      const made = (await orAbort(
        rest.post(path, { body, ...files, signal }),
      )) as RESTPostAPIChannelMessageResult;
      return made.id;
    },
    async edit(item, messageId, look) {
      // The text with the role's mention stays as it is: an edit pings nobody.
      const { embeds } = messageOf(item.document, look, { mark: nonceOf(item) });
      const body: RESTPatchAPIChannelMessageJSONBody = { embeds, allowed_mentions: NOBODY };
      await orAbort(rest.patch(Routes.channelMessage(item.channelId, messageId), { body, signal }));
    },
    async find(item) {
      const [self, mark] = [await orAbort(askOwnId()), `#${nonceOf(item)}`];
      let after = snowflakeOf((item.attemptedMs ?? item.createdMs) - CLOCK_SKEW_MS);
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const query = new URLSearchParams({ limit: String(PAGE_MESSAGES), after: String(after) });
        const path = Routes.channelMessages(item.channelId);
        const messages = (await orAbort(
          rest.get(path, { query, signal }),
        )) as RESTGetAPIChannelMessagesResult;
        const own = messages.find(
          ({ author, embeds }) => author.id === self && embeds.some(({ url }) => url?.endsWith(mark)),
        );
        if (own !== undefined) return own.id;
        if (messages.length < PAGE_MESSAGES) return null;
        after = messages.map(({ id }) => BigInt(id)).reduce((a, b) => (a > b ? a : b), after);
      }
      return null;
    },
  };
}

function attachmentOf({ description }: Picture) {
  return {
    id: '0',
    filename: REPORT_PICTURE,
    description: description.slice(0, DESCRIPTION_CHARS_MAX).toWellFormed(),
  };
}

/** The smallest id that Discord gives at a time. */
function snowflakeOf(atMs: number): bigint {
  return BigInt(Math.max(0, Math.floor(atMs) - DISCORD_EPOCH_MS)) << 22n;
}

const MINUTE_MS = 60_000;
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60].map((minutes) => minutes * MINUTE_MS);
/** More buckets than this cannot be told apart in the picture. */
const BUCKETS_MAX = 180;

function chooseStepMs(spanMs: number): number {
  return STEPS_MS.find((stepMs) => spanMs / stepMs <= BUCKETS_MAX) ?? 120 * MINUTE_MS;
}
