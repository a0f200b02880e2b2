/** What servers have set: language, time zone, money, periodic reports. */
import type { GuildSettings, ReportRow } from '#src/shapes.ts';
import type { Archive } from '#src/store/archive.ts';
import type { Db } from './migrate.ts';

interface GuildRows {
  settings(guildId: string): GuildSettings;
  setSettings(settings: GuildSettings, changedBy: string, nowMs: number): void;
  addReport(report: Parameters<Archive['addReport']>[0], nowMs: number): ReportRow;
  removeReport(guildId: string, id: number): boolean;
  reports(): ReportRow[];
  /** Null when there is no such report, or the period is not later than the last one told. */
  takePeriod(reportId: number, periodMs: number): ReportRow | null;
}

const REPORT = `id, guild_id AS guildId, channel_id AS channelId, room, every, last_period_ms AS lastPeriodMs`;

export function openGuildRows(db: Db): GuildRows {
  const settings = db.prepare<[string], GuildSettings>(
    `SELECT guild_id AS guildId, language, time_zone AS timeZone, money_for AS moneyFor FROM guild_settings
     WHERE guild_id = ?`,
  );
  const setSettings = db.prepare<[string, string, string, string, string, number]>(
    `INSERT INTO guild_settings (guild_id, language, time_zone, money_for, changed_by, changed_ms)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (guild_id) DO UPDATE SET language = excluded.language,
       time_zone = excluded.time_zone, money_for = excluded.money_for, changed_by = excluded.changed_by,
       changed_ms = excluded.changed_ms`,
  );
  const addReport = db.prepare<[string, string, number, string, number, string], ReportRow>(
    `INSERT INTO reports (guild_id, channel_id, room, every, created_ms, created_by) VALUES (?, ?, ?, ?, ?, ?)
     RETURNING ${REPORT}`,
  );
  const removeReport = db.prepare<[number, string]>('DELETE FROM reports WHERE id = ? AND guild_id = ?');
  const reports = db.prepare<[], ReportRow>(`SELECT ${REPORT} FROM reports ORDER BY id`);
  const takePeriod = db.prepare<[number, number, number], ReportRow>(
    `UPDATE reports SET last_period_ms = ? WHERE id = ? AND ifnull(last_period_ms, -1) < ? RETURNING ${REPORT}`,
  );
  return {
    settings: (guildId) =>
      settings.get(guildId) ?? { guildId, language: 'en', timeZone: 'UTC', moneyFor: 'everyone' },
    setSettings({ guildId, language, timeZone, moneyFor }, changedBy, nowMs) {
      setSettings.run(guildId, language, timeZone, moneyFor, changedBy, nowMs);
    },
    addReport({ guildId, channelId, room, every, createdBy }, nowMs) {
      const row = addReport.get(guildId, channelId, room, every, nowMs, createdBy);
      if (row === undefined) throw new Error(`the report of room ${room} was not stored`);
      return row;
    },
    removeReport: (guildId, id) => removeReport.run(id, guildId).changes > 0,
    reports: () => reports.all(),
    takePeriod: (reportId, periodMs) => takePeriod.get(periodMs, reportId, periodMs) ?? null,
  };
}
