import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReportDocument } from '#src/alerts/document.ts';
import type { Intent } from '#src/alerts/rules.ts';
import { type Reports, startReports } from '#src/discord/reports.ts';
import { asRoomId } from '#src/events.ts';
import type { ReportEvery, ReportRow, RoomRow, Totals } from '#src/shapes.ts';

const room = asRoomId(9001);
const ROOM: RoomRow = {
  room,
  shortId: null,
  uid: 1,
  name: '海风电台',
  title: 'Night shift',
  area: 'Chat',
  coverUrl: null,
  liveStatus: 'live',
  liveSinceMs: null,
  firstSeenMs: 0,
  onPage: false,
};

const at = (text: string) => Date.parse(text);

/** The archive as far as reports use it, kept over "restarts" of the planner. */
class Scene {
  readonly rows: ReportRow[] = [];
  readonly zones = new Map<string, string>();
  readonly intents: Intent[] = [];
  readonly asked: { fromMs: number; toMs: number }[] = [];
  readonly logged: string[] = [];
  failing = 0;
  isWatched = true;
  #open: Reports[] = [];

  add(every: ReportEvery, guildId = 'g1', lastPeriodMs: number | null = null): ReportRow {
    const row = { id: this.rows.length + 1, guildId, channelId: `c-${guildId}`, room, every, lastPeriodMs };
    this.rows.push(row);
    return row;
  }

  async start(): Promise<Reports> {
    const reports = await startReports({
      archive: {
        reports: async () => this.rows.map((row) => ({ ...row })),
        guildSettings: async (guildId) => ({
          guildId,
          language: 'en',
          timeZone: this.zones.get(guildId) ?? 'UTC',
          moneyFor: 'everyone',
        }),
        putReport: async (id, periodMs, intent) => {
          const index = this.rows.findIndex((row) => row.id === id);
          const row = this.rows[index];
          if (row === undefined || (row.lastPeriodMs ?? -1) >= periodMs) return false;
          this.rows[index] = { ...row, lastPeriodMs: periodMs };
          this.intents.push(intent);
          return true;
        },
      },
      queries: {
        totals: async (_room, range) => {
          if (this.failing > 0) {
            this.failing -= 1;
            throw new Error('the disk is away');
          }
          this.asked.push(range ?? { fromMs: 0, toMs: 0 });
          return { danmaku: 7, gaps: [] } as unknown as Totals;
        },
      },
      rooms: { inGuild: () => (this.isWatched ? [ROOM] : []) },
      now: () => Date.now(),
      log: pino({ level: 'trace' }, { write: (line: string) => this.logged.push(line) }),
    });
    this.#open.push(reports);
    return reports;
  }

  async close(): Promise<void> {
    for (const reports of this.#open.splice(0)) await reports.close();
  }

  periods(): string[] {
    return this.intents.map(({ document }) => {
      const { fromMs, toMs } = document as ReportDocument;
      return `${new Date(fromMs).toISOString()} ${new Date(toMs).toISOString()}`;
    });
  }
}

const passUntil = (text: string) => vi.advanceTimersByTimeAsync(at(text) - Date.now());

describe('reports', () => {
  let scene: Scene;
  beforeEach(() => {
    vi.useFakeTimers();
    scene = new Scene();
  });
  afterEach(async () => {
    await scene.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('puts the day before as one document when the day ends in the time zone of the server', async () => {
    vi.setSystemTime(at('2026-03-10T09:00:00Z'));
    scene.zones.set('g1', 'Asia/Shanghai');
    scene.add('day');
    await scene.start();
    await passUntil('2026-03-10T16:00:01Z');
    expect(scene.intents).toEqual([]);
    await passUntil('2026-03-10T16:00:03Z');
    const [fromMs, toMs] = [at('2026-03-09T16:00:00Z'), at('2026-03-10T16:00:00Z')];
    expect(scene.intents).toEqual([
      {
        channelId: 'c-g1',
        key: `report:1:${fromMs}`,
        eventMs: toMs,
        document: {
          type: 'report',
          every: 'day',
          fromMs,
          toMs,
          room: { room, name: '海风电台', title: 'Night shift', area: 'Chat', coverUrl: null },
          totals: { danmaku: 7, gaps: [] },
        },
      },
    ]);
    expect(scene.asked).toEqual([{ fromMs, toMs }]);
    await passUntil('2026-03-12T20:00:00Z');
    expect(scene.periods().slice(1)).toEqual([
      '2026-03-10T16:00:00.000Z 2026-03-11T16:00:00.000Z',
      '2026-03-11T16:00:00.000Z 2026-03-12T16:00:00.000Z',
    ]);
  });

  it('plans every kind and every time zone at once', async () => {
    vi.setSystemTime(at('2026-06-01T05:30:00Z'));
    scene.zones.set('g2', 'Asia/Kolkata');
    scene.add('hour');
    scene.add('6h', 'g2');
    scene.add('week', 'g2');
    await scene.start();
    await passUntil('2026-06-01T07:00:10Z');
    expect(scene.periods()).toEqual([
      '2026-06-01T05:00:00.000Z 2026-06-01T06:00:00.000Z',
      '2026-06-01T00:30:00.000Z 2026-06-01T06:30:00.000Z',
      '2026-06-01T06:00:00.000Z 2026-06-01T07:00:00.000Z',
    ]);
    await passUntil('2026-06-07T18:31:00Z');
    const weekly = scene.intents.filter(({ key }) => key.startsWith('report:3:'));
    expect(weekly.map(({ document }) => (document as ReportDocument).fromMs)).toEqual([
      at('2026-05-31T18:30:00Z'),
    ]);
  });

  it('catches up once after a restart in the first part of a period, and skips what is old', async () => {
    scene.add('day', 'g1', at('2026-03-07T00:00:00Z'));
    vi.setSystemTime(at('2026-03-10T01:00:00Z'));
    await scene.start();
    expect(scene.periods()).toEqual(['2026-03-09T00:00:00.000Z 2026-03-10T00:00:00.000Z']);
    await scene.close();
    await scene.start();
    expect(scene.intents).toHaveLength(1);
    await scene.close();
    vi.setSystemTime(at('2026-03-12T11:00:00Z'));
    await scene.start();
    await passUntil('2026-03-12T23:59:59Z');
    expect(scene.intents).toHaveLength(1);
    await passUntil('2026-03-13T00:00:05Z');
    expect(scene.periods()[1]).toBe('2026-03-12T00:00:00.000Z 2026-03-13T00:00:00.000Z');
  });

  it('begins with a report that is added, not before it, and ends with one that is removed', async () => {
    vi.setSystemTime(at('2026-03-10T10:05:00Z'));
    const reports = await scene.start();
    scene.add('hour');
    await reports.refresh();
    await passUntil('2026-03-10T10:59:00Z');
    expect(scene.intents).toEqual([]);
    await passUntil('2026-03-10T11:00:05Z');
    expect(scene.periods()).toEqual(['2026-03-10T10:00:00.000Z 2026-03-10T11:00:00.000Z']);
    scene.rows.splice(0);
    await reports.refresh();
    await passUntil('2026-03-10T15:00:00Z');
    expect(scene.intents).toHaveLength(1);
  });

  it('tries again after a fault, says so, and leaves rooms alone that nobody watches', async () => {
    vi.setSystemTime(at('2026-03-10T10:30:00Z'));
    scene.add('hour');
    scene.failing = 2;
    await scene.start();
    await passUntil('2026-03-10T11:01:30Z');
    expect(scene.intents).toEqual([]);
    expect(scene.logged.join()).toContain('the disk is away');
    await passUntil('2026-03-10T11:03:00Z');
    expect(scene.intents).toHaveLength(1);
    scene.isWatched = false;
    await passUntil('2026-03-10T13:00:00Z');
    expect(scene.intents).toHaveLength(1);
  });
});
