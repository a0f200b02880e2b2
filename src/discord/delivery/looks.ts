/** How each channel wants its messages: language, time zone and money of the guild that it belongs to. */
import type { Look } from '#src/discord/format/pen.ts';
import type { Archive } from '#src/store/archive.ts';

export interface ChannelLook extends Look {
  /** False when only a report posts there: pausing watches would not stop it. */
  readonly hasWatch: boolean;
}

/** A change of settings shows within this time. */
const KEPT_MS = 5_000;

/** Answers null for a channel that neither a watch nor a report names any more. */
export function createLooks(
  archive: Pick<Archive, 'watches' | 'reports' | 'guildSettings'>,
  now: () => number,
): (channelId: string) => Promise<ChannelLook | null> {
  let readMs = Number.NEGATIVE_INFINITY;
  let looks: Promise<Map<string, ChannelLook>> = Promise.resolve(new Map());

  async function read(): Promise<Map<string, ChannelLook>> {
    const [watches, reports] = await Promise.all([archive.watches(), archive.reports()]);
    const guildIds = new Set([...watches, ...reports].map(({ guildId }) => guildId));
    const guilds = new Map(
      await Promise.all([...guildIds].map(async (id) => [id, await archive.guildSettings(id)] as const)),
    );
    const found = new Map<string, ChannelLook>();
    const add = (channelId: string, guildId: string, hasWatch: boolean) => {
      const guild = guilds.get(guildId);
      if (guild === undefined) return;
      // A channel is read by people whose roles differ: money shows only where everyone may see it.
      const { language, timeZone, moneyFor } = guild;
      found.set(channelId, { language, timeZone, showMoney: moneyFor === 'everyone', hasWatch });
    };
    for (const { channelId, guildId } of reports) add(channelId, guildId, false);
    for (const { channelId, guildId } of watches) add(channelId, guildId, true);
    return found;
  }

  function refresh(): Promise<Map<string, ChannelLook>> {
    readMs = now();
    looks = read();
    looks.catch(() => {
      readMs = Number.NEGATIVE_INFINITY;
    });
    return looks;
  }

  return async (channelId) => {
    const isFresh = now() - readMs < KEPT_MS;
    const found = (await (isFresh ? looks : refresh())).get(channelId);
    return found ?? (isFresh ? ((await refresh()).get(channelId) ?? null) : null);
  };
}
