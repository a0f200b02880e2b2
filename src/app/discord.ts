/** Everything that needs Discord: connection, delivery of the outbox, slash commands, periodic reports. */
import path from 'node:path';
import type { OpenRoomDirectory } from '#src/app/room-directory.ts';
import type { Charts } from '#src/charts/charts.ts';
import type { Config } from '#src/config.ts';
import { openDiscord } from '#src/discord/client.ts';
import { registerUntilDone } from '#src/discord/commands/registration.ts';
import { openCommands } from '#src/discord/commands.ts';
import { startDelivery } from '#src/discord/delivery.ts';
import { createFormat } from '#src/discord/format.ts';
import { startReports } from '#src/discord/reports.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Health } from '#src/sdk.ts';
import type { Archive } from '#src/store/archive.ts';
import type { Queries } from '#src/store/queries.ts';

export interface DiscordParts {
  readonly config: Config;
  readonly root: string;
  readonly archive: Archive;
  readonly queries: Queries;
  readonly rooms: OpenRoomDirectory;
  readonly charts: Charts;
  readonly health: () => Promise<Health>;
  readonly now: () => number;
  readonly log: Log;
  readonly onFault: (message: string) => void;
}

export interface DiscordSide {
  readonly state: () => Health['discord'];
  /** From the event to the request to Discord; null while nothing was sent. */
  readonly p99Ms: () => number | null;
  /** Says that the outbox has something to deliver. */
  readonly wake: () => void;
  close(): Promise<void>;
}

/** Without a token nothing is connected, and the log says so once. Throws StartError for a bad command file. */
export async function startDiscord(parts: DiscordParts): Promise<DiscordSide> {
  const { config, archive, queries, rooms, charts, health, now, log, onFault } = parts;
  const { token, apiUrl, guildId } = config.discord;
  if (token === null) {
    log.info('Discord is off: DISCORD_TOKEN is not set; the page shows what would be posted');
    return { state: () => 'off', p99Ms: () => null, wake: () => {}, close: async () => {} };
  }
  await using stack = new AsyncDisposableStack();
  const discord = openDiscord({ token, apiUrl, log });
  stack.defer(() => discord.close());
  const delivery = startDelivery({
    archive,
    rest: discord.messageRest,
    charts,
    queries,
    alertMaxAgeMs: config.alerts.maxAgeMs,
    foldAfter: config.alerts.foldAfter,
    onPaused: () => {
      rooms.refresh().catch((error: unknown) => log.warn(`rooms: ${describeError(error)}`));
    },
    now,
    log,
  });
  stack.defer(() => delivery.close());
  const reports = await startReports({ archive, queries, rooms, now, log });
  stack.defer(() => reports.close());
  const commands = await openCommands({
    ...{ queries, archive, rooms, charts, health, now, log, onFault, guildId, client: discord.client },
    folder: path.join(parts.root, 'commands'),
    operatorIds: config.operatorIds,
    format: createFormat,
    planReports: () => reports.refresh(),
  });
  stack.defer(() => commands.close());
  const closing = new AbortController();
  stack.defer(() => closing.abort());
  void discord.ready.then((isReady) =>
    isReady ? registerUntilDone(() => commands.register(), { log, signal: closing.signal }) : undefined,
  );
  const open = stack.move();
  return {
    state: discord.state,
    p99Ms: () => delivery.state().p99Ms,
    wake: () => delivery.wake(),
    close: () => open.disposeAsync(),
  };
}
