/** The bot's health from all its parts: for /status, the page, /readyz and /metrics. */
import type { Vitals } from '#src/app/vitals.ts';
import type { Collectors } from '#src/bilibili/collectors.ts';
import type { Health, RoomDirectory } from '#src/sdk.ts';
import type { HotStore } from '#src/store/hot-store.ts';
import type { Queries } from '#src/store/queries.ts';
import type { Sync } from '#src/store/sync.ts';

export interface HealthParts {
  readonly version: string;
  readonly startedMs: number;
  readonly vitals: Vitals;
  readonly queries: Queries;
  readonly hotStore: HotStore;
  readonly sync: Sync;
  readonly collectors: Collectors;
  readonly rooms: RoomDirectory;
  readonly discordState: () => Health['discord'];
  readonly deliveryP99Ms: () => number | null;
}

function countConnections(parts: HealthParts): Health['rooms'] {
  const counts = { connected: 0, connecting: 0, waiting: 0, failed: 0 };
  for (const room of parts.rooms.all()) counts[parts.rooms.status(room.room)?.connection ?? 'waiting'] += 1;
  return counts;
}

/** Asks every part; the store's answers come from its reader threads. */
export async function readHealth(parts: HealthParts): Promise<Health> {
  const { vitals, queries, collectors } = parts;
  const [outbox, storeBytes, journal, sync] = await Promise.all([
    queries.outbox(),
    queries.storeBytes(),
    parts.hotStore.journalDepth(),
    parts.sync.state(),
  ]);
  const discord = parts.discordState();
  const notReady = [];
  if (sync.fault !== null) notReady.push(`store (${sync.fault})`);
  if (discord === 'connecting' || discord === 'failed') notReady.push(`discord (${discord})`);
  return {
    version: parts.version,
    startedMs: parts.startedMs,
    rssBytes: process.memoryUsage.rss(),
    loopDelayP99Ms: vitals.loopDelayP99Ms(),
    eventsTotal: vitals.eventsTotal(),
    eventsPerSecond: vitals.eventsPerSecond(),
    rooms: countConnections(parts),
    outbox,
    journal,
    storeBytes,
    deliveryP99Ms: parts.deliveryP99Ms(),
    discord,
    bilibili: collectors.trouble(),
    unknownCommands: Object.fromEntries(collectors.unknownCommands()),
    lastErrors: vitals.lastErrors(),
    notReady,
  };
}
