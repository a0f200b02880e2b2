/** Periodic pictures (/report): at the end of each period one document goes into the outbox, once whatever restarts. */
import { type Job, scheduleJob } from 'node-schedule';
import type { RoomFace } from '#src/alerts/document.ts';
import { type ReportSchedule, scheduleOf as scheduleInZone } from '#src/discord/report-periods.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { RoomDirectory } from '#src/sdk.ts';
import type { ReportEvery, ReportRow } from '#src/shapes.ts';
import type { Archive } from '#src/store/archive.ts';
import type { Queries } from '#src/store/queries.ts';

export type { ReportSchedule } from '#src/discord/report-periods.ts';

export interface ReportsOptions {
  readonly archive: Pick<Archive, 'reports' | 'guildSettings' | 'putReport'>;
  readonly queries: Pick<Queries, 'totals'>;
  readonly rooms: Pick<RoomDirectory, 'inGuild'>;
  readonly now: () => number;
  readonly log: Log;
  /** Other periods than those of the calendar, for tests that cannot wait for an hour. */
  readonly scheduleOf?: ((every: ReportEvery, timeZone: string) => ReportSchedule) | undefined;
  /** From the end of a period to its report (2 000): by then its last events are stored. */
  readonly settleMs?: number | undefined;
}

export interface Reports {
  /** Plans anew, after a report was added or removed or a time zone changed. Resolves when that is done. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const SETTLE_MS = 2_000;
/** A report that could not be made is tried again after this. */
const RETRY_MS = 60_000;
/** A wake-up whose time passed while it was planned comes after this. */
const MISSED_MS = 1_000;
/** A report comes late only within this part of the next period, and not later than six hours. */
const LATE_PART = 0.25;
const LATE_MS_MAX = 6 * 3_600_000;

/** Plans every report, and makes up for the last period of each when it ended a short while ago. */
export async function startReports(options: ReportsOptions): Promise<Reports> {
  const planner = new ReportPlanner(options);
  await planner.run();
  return { refresh: () => planner.run(), close: () => planner.close() };
}

/** The last period that has ended, and the end of the one that goes on. */
interface Period {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nextMs: number;
}

class ReportPlanner {
  readonly #options: ReportsOptions;
  readonly #settleMs: number;
  /** When this process first saw a report: one that is added has its first picture after the next boundary. */
  readonly #seenMs = new Map<number, number>();
  #job: Job | null = null;
  #running: Promise<void> = Promise.resolve();
  #hasStarted = false;
  #isClosed = false;

  constructor(options: ReportsOptions) {
    this.#options = options;
    this.#settleMs = options.settleMs ?? SETTLE_MS;
  }

  /** One pass at a time. Never rejects: what fails is logged and tried again. */
  run(): Promise<void> {
    this.#running = this.#running.then(async () => {
      if (this.#isClosed) return;
      try {
        await this.#pass();
      } catch (error) {
        this.#fault('the reports could not be planned', error);
        this.#wakeAt(this.#options.now() + RETRY_MS);
      }
    });
    return this.#running;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#job?.cancel();
    this.#job = null;
    await this.#running;
  }

  /** Puts what is due, then plans the next wake-up: the soonest end of a period among all reports. */
  async #pass(): Promise<void> {
    const { archive, now } = this.#options;
    const reports = await archive.reports();
    this.#remember(reports);
    const zones = await this.#timeZones(reports);
    const nowMs = now();
    const periods = new Map<string, Period>();
    let wakeMs = Number.POSITIVE_INFINITY;
    for (const report of reports) {
      if (this.#isClosed) return;
      const timeZone = zones.get(report.guildId) ?? 'UTC';
      const key = `${report.every} ${timeZone}`;
      const period = periods.get(key) ?? this.#lastPeriod(report.every, timeZone, nowMs);
      periods.set(key, period);
      wakeMs = Math.min(wakeMs, await this.#putWhenDue(report, period, nowMs));
    }
    this.#wakeAt(wakeMs);
  }

  #lastPeriod(every: ReportEvery, timeZone: string, nowMs: number): Period {
    const schedule = (this.#options.scheduleOf ?? scheduleInZone)(every, timeZone);
    const toMs = schedule.startOf(nowMs);
    return { fromMs: schedule.startOf(toMs - 1), toMs, nextMs: schedule.nextStart(nowMs) };
  }

  /** When to look at this report again. */
  async #putWhenDue(report: ReportRow, { fromMs, toMs, nextMs }: Period, nowMs: number): Promise<number> {
    const next = nextMs + this.#settleMs;
    const isDone = report.lastPeriodMs !== null && report.lastPeriodMs >= fromMs;
    const isNew = report.lastPeriodMs === null && (this.#seenMs.get(report.id) ?? 0) >= toMs;
    const isLate = nowMs - toMs > this.#settleMs + Math.min((toMs - fromMs) * LATE_PART, LATE_MS_MAX);
    if (isDone || isNew || isLate) return next;
    if (nowMs < toMs + this.#settleMs) return toMs + this.#settleMs;
    try {
      await this.#put(report, fromMs, toMs);
      return next;
    } catch (error) {
      this.#fault(`report ${report.id} could not be made`, error);
      return Math.min(next, nowMs + RETRY_MS);
    }
  }

  async #put(report: ReportRow, fromMs: number, toMs: number): Promise<void> {
    const { archive, queries, rooms, log } = this.#options;
    // The server may watch it no longer, while the archive knows it for ever.
    const room = rooms.inGuild(report.guildId, true).find((watched) => watched.room === report.room);
    if (room === undefined) {
      log.info(`report ${report.id}: room ${report.room} is not watched there any more`);
      return;
    }
    const { name, title, area, coverUrl } = room;
    const face: RoomFace = { room: report.room, name, title, area, coverUrl };
    const totals = await queries.totals(report.room, { fromMs, toMs });
    await archive.putReport(report.id, fromMs, {
      channelId: report.channelId,
      key: `report:${report.id}:${fromMs}`,
      document: { type: 'report', room: face, every: report.every, fromMs, toMs, totals },
      eventMs: toMs,
    });
  }

  #remember(reports: readonly ReportRow[]): void {
    const known = new Set(reports.map(({ id }) => id));
    for (const id of this.#seenMs.keys()) if (!known.has(id)) this.#seenMs.delete(id);
    // Those that stand at the start were added by an earlier process: their last period may have been missed.
    const seenMs = this.#hasStarted ? this.#options.now() : 0;
    for (const id of known) if (!this.#seenMs.has(id)) this.#seenMs.set(id, seenMs);
    this.#hasStarted = true;
  }

  async #timeZones(reports: readonly ReportRow[]): Promise<Map<string, string>> {
    const zones = new Map<string, string>();
    for (const guildId of new Set(reports.map((report) => report.guildId)))
      zones.set(guildId, (await this.#options.archive.guildSettings(guildId)).timeZone);
    return zones;
  }

  /** Infinity: not at all. */
  #wakeAt(atMs: number): void {
    this.#job?.cancel();
    this.#job = null;
    if (this.#isClosed || atMs === Number.POSITIVE_INFINITY) return;
    this.#job = scheduleJob(new Date(atMs), () => this.run());
    // node-schedule answers null for a date that has passed meanwhile.
    this.#job ??= scheduleJob(new Date(Date.now() + MISSED_MS), () => this.run());
  }

  #fault(what: string, error: unknown): void {
    this.#options.log.error(`reports: ${what}: ${describeError(error)}`);
  }
}
