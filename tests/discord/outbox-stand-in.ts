/** An outbox in memory, with the archive's rules for versions, folds and failures. */
import type { AlertDocument } from '#src/alerts/document.ts';
import { foldDocuments } from '#src/alerts/fold.ts';
import type { DeliveryOptions } from '#src/discord/delivery.ts';
import type { GuildSettings, ReportRow, WatchRow } from '#src/shapes.ts';
import type { OutboxItem } from '#src/store/archive.ts';
import { ROOM, watch } from '../alerts/samples.ts';

type Row = { -readonly [K in keyof OutboxItem]: OutboxItem[K] } & {
  state: 'open' | 'folded' | 'failed';
  foldedInto: number | null;
  error: string | null;
};

export interface OutboxStandIn {
  readonly archive: DeliveryOptions['archive'];
  readonly rows: Row[];
  readonly watches: WatchRow[];
  readonly reports: ReportRow[];
  readonly paused: { channelId: string; reason: string | null }[];
  /** Every writing call, in order: `attempted 1`, `delivered 1 v1`. */
  readonly calls: string[];
  settings: Omit<GuildSettings, 'guildId'>;
  want(key: string, document: AlertDocument, how?: Partial<OutboxItem>): Row;
}

export function openOutbox(): OutboxStandIn {
  const rows: Row[] = [];
  const calls: string[] = [];
  const paused: OutboxStandIn['paused'] = [];
  const watches: WatchRow[] = [watch, { ...watch, id: 2, channelId: '300000000000000009' }];
  const reports: ReportRow[] = [];
  const isOpen = (row: Row) => row.state === 'open' && row.deliveredVersion < row.version;
  const rowOf = (id: number) => {
    const row = rows.find((known) => known.id === id);
    if (row === undefined) throw new Error(`no row ${id}`);
    return row;
  };
  const stand: OutboxStandIn = {
    ...{ rows, calls, paused, watches, reports },
    settings: { language: 'en', timeZone: 'UTC', moneyFor: 'everyone' },
    want(key, document, how = {}) {
      const channelId = how.channelId ?? watch.channelId;
      const known = rows.find((row) => row.channelId === channelId && row.key === key);
      if (known !== undefined) {
        Object.assign(known, { document, version: known.version + 1, ...how });
        return known;
      }
      const nowMs = Date.now();
      const row: Row = {
        ...{
          id: rows.length + 1,
          channelId,
          key,
          document,
          version: 1,
          deliveredVersion: 0,
          messageId: null,
        },
        ...{
          attemptedMs: null,
          eventMs: nowMs,
          createdMs: nowMs,
          state: 'open',
          foldedInto: null,
          error: null,
        },
        ...how,
      };
      rows.push(row);
      return row;
    },
    archive: {
      watches: async () => [...watches],
      reports: async () => [...reports],
      guildSettings: async (guildId) => ({ guildId, ...stand.settings }),
      openOutbox: async (limit) => {
        const stopped = new Set(watches.filter((row) => row.paused !== null).map((row) => row.channelId));
        const open = rows.filter((row) => isOpen(row) && !stopped.has(row.channelId));
        return open.slice(0, limit).map((row) => ({ ...row }));
      },
      async markAttempted(ids, nowMs) {
        for (const id of ids) rowOf(id).attemptedMs = nowMs;
        calls.push(...ids.map((id) => `attempted ${id}`));
      },
      async markDelivered(done) {
        for (const { id, version, messageId } of done) {
          Object.assign(rowOf(id), { deliveredVersion: version, messageId });
          calls.push(`delivered ${id} v${version}`);
        }
      },
      async markFailed(id, error) {
        Object.assign(rowOf(id), { state: 'failed', error });
        calls.push(`failed ${id}`);
      },
      async pauseChannel(channelId, reason) {
        paused.push({ channelId, reason });
        for (const [index, row] of watches.entries())
          if (row.channelId === channelId) watches[index] = { ...row, paused: reason };
      },
      async foldOutbox(channelId, ids, reason, nowMs, joinMs) {
        const fits = (row: Row) =>
          row.channelId === channelId &&
          row.key.startsWith(`fold:${reason}`) &&
          row.createdMs >= nowMs - joinMs;
        const members = (fold: number) =>
          rows.filter((row) => row.foldedInto === fold).map(({ document }) => document);
        const existing = rows.find(fits);
        const fold = existing?.id ?? rows.length + 1;
        for (const id of ids) Object.assign(rowOf(id), { state: 'folded', foldedInto: fold });
        const document = foldDocuments(members(fold), reason);
        stand.want(existing?.key ?? `fold:${reason}:${nowMs}`, document, { channelId });
        calls.push(`folded ${ids.length} ${reason}`);
      },
    },
  };
  return stand;
}

export const reportRow: ReportRow = {
  ...{ id: 1, guildId: watch.guildId, channelId: '300000000000000005', room: ROOM, every: 'day' },
  lastPeriodMs: null,
};
