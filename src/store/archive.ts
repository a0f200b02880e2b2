/** The archive's one writing door: a handle on the main thread, the work on the writer thread. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { AlertDocument } from '#src/alerts/document.ts';
import type { Intent } from '#src/alerts/rules.ts';
import type { LiveEvent, RoomId } from '#src/events.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { GuildSettings, ReportEvery, ReportRow, RoomRow, WatchRow } from '#src/shapes.ts';
import { awaitStart, type Method, openCalls } from '#src/store/archive/calls.ts';
import { packEvents } from '#src/store/archive/wire.ts';
import type { Cursor } from '#src/store/hot-store.ts';

export interface CommitResult {
  /** Rows really inserted, and events that were there already. */
  readonly inserted: number;
  readonly repeated: number;
}

export interface OutboxItem {
  readonly id: number;
  readonly channelId: string;
  readonly key: string;
  readonly document: AlertDocument;
  readonly version: number;
  readonly deliveredVersion: number;
  readonly messageId: string | null;
  readonly attemptedMs: number | null;
  readonly eventMs: number;
  readonly createdMs: number;
}

/** Everything that changes the archive. Every call is one transaction, durable when it resolves. */
export interface Archive {
  /** Stores a batch, moves counters by rows really inserted, decides alerts, and the cursor: all or nothing. */
  commit(events: readonly LiveEvent[], cursor: Cursor | null): Promise<CommitResult>;
  cursor(): Promise<Cursor | null>;
  /** What time alone does: tells ends, books held guards at list price, keeps `alive_ms`, expires old intents. */
  tick(nowMs: number): Promise<void>;

  setWatch(watch: Omit<WatchRow, 'id' | 'paused'> & { readonly createdBy: string }): Promise<WatchRow>;
  /** False when there was no such watch. What was collected stays. */
  removeWatch(channelId: string, room: RoomId): Promise<boolean>;
  /** Pauses every watch of a channel that cannot be posted to, with the reason; null takes it up again. */
  pauseChannel(channelId: string, reason: string | null): Promise<void>;
  watches(): Promise<WatchRow[]>;

  /** Keeps what is known of a room; adds it when new. */
  putRoom(
    room: Pick<RoomRow, 'room' | 'shortId' | 'uid' | 'name' | 'title' | 'area' | 'coverUrl'>,
  ): Promise<void>;
  setOnPage(room: RoomId, onPage: boolean): Promise<void>;

  guildSettings(guildId: string): Promise<GuildSettings>;
  setGuildSettings(settings: GuildSettings, changedBy: string): Promise<void>;

  addReport(report: {
    guildId: string;
    channelId: string;
    room: RoomId;
    every: ReportEvery;
    createdBy: string;
  }): Promise<ReportRow>;
  removeReport(guildId: string, id: number): Promise<boolean>;
  reports(): Promise<ReportRow[]>;
  /** Puts the report's intent and `lastPeriodMs` in one transaction; false when that period was reported already. */
  putReport(reportId: number, periodMs: number, intent: Intent): Promise<boolean>;

  /** Documents whose wanted version is not delivered, oldest first. */
  openOutbox(limit: number): Promise<OutboxItem[]>;
  /** Written before the first post of a message, so that a crash cannot post it twice. */
  markAttempted(ids: readonly number[], nowMs: number): Promise<void>;
  markDelivered(done: readonly { id: number; version: number; messageId: string }[]): Promise<void>;
  markFailed(id: number, error: string): Promise<void>;
  /** Lets one fold document of the channel speak for these; younger than `joinMs` an existing one takes them in. */
  foldOutbox(
    channelId: string,
    ids: readonly number[],
    reason: 'burst' | 'late',
    nowMs: number,
    joinMs: number,
  ): Promise<void>;

  close(): Promise<void>;
}

export interface ArchiveOptions {
  /** Path of the SQLite file. */
  readonly file: string;
  readonly log: Log;
  /** Discord is off: a room that no channel watches gets its documents in the channel `page`. */
  readonly pageChannel: boolean;
  readonly giftMinMilli: number;
  /** An end is told this long after PREPARING. */
  readonly endDelayMs: number;
  /** A broadcast that starts within this time of the last end goes on with its card. */
  readonly resumeMs: number;
  /** A GUARD_BUY without toast is booked at list price after this time. */
  readonly guardHoldMs: number;
  /** Called when a commit left something to deliver. */
  readonly onOutbox: () => void;
  /** Called once when the writer thread is lost: nothing can be stored any more. */
  readonly onFault?: (error: Error) => void;
}

/** The channel name of documents that only the page shows. */
export const PAGE_CHANNEL = 'page';

/** Opens the file (creating it), applies pending migrations in one transaction. Throws StartError for a file that cannot be used or is newer than this program. */
export async function openArchive({
  log,
  onOutbox,
  onFault = (error) => log.error({ err: error }, describeError(error)),
  ...settings
}: ArchiveOptions): Promise<Archive> {
  const worker = new Worker(new URL('./archive/thread.ts', import.meta.url), {
    name: 'archive',
    workerData: settings,
  });
  await awaitStart(worker);
  const exited = once(worker, 'exit');
  const calls = openCalls(worker, { onOutbox, onFault });
  const call =
    <M extends Method>(method: M) =>
    (...args: Parameters<Archive[M]>) =>
      calls.send(method, args) as ReturnType<Archive[M]>;
  let closing: Promise<void> | null = null;

  async function close(): Promise<void> {
    try {
      await calls.send('close', []);
    } finally {
      await exited;
    }
  }

  return {
    commit: (events, cursor) => calls.send('commit', [packEvents(events), cursor]) as Promise<CommitResult>,
    cursor: call('cursor'),
    tick: call('tick'),
    setWatch: call('setWatch'),
    removeWatch: call('removeWatch'),
    pauseChannel: call('pauseChannel'),
    watches: call('watches'),
    putRoom: call('putRoom'),
    setOnPage: call('setOnPage'),
    guildSettings: call('guildSettings'),
    setGuildSettings: call('setGuildSettings'),
    addReport: call('addReport'),
    removeReport: call('removeReport'),
    reports: call('reports'),
    putReport: call('putReport'),
    openOutbox: call('openOutbox'),
    markAttempted: call('markAttempted'),
    markDelivered: call('markDelivered'),
    markFailed: call('markFailed'),
    foldOutbox: call('foldOutbox'),
    close() {
      closing ??= close();
      return closing;
    },
  };
}
