/** Pictures of numbers: Chart.js configs from rows, drawn by a QuickChart server (ours by default). */
import type { Log } from '#src/lib/log.ts';
import type { Language, Range, RoomRow, Series } from '#src/shapes.ts';

export type Metric = 'activity' | 'revenue';

export interface ChartRequest {
  readonly metric: Metric;
  readonly room: Pick<RoomRow, 'room' | 'name' | 'title'>;
  readonly series: Series;
  readonly range: Range;
  readonly timeZone: string;
  readonly language: Language;
}

export interface Picture {
  readonly png: Buffer;
  /** Says the numbers, for people who do not see the picture. */
  readonly description: string;
}

export interface Charts {
  draw(request: ChartRequest): Promise<Picture>;
  close(): Promise<void>;
}

export interface ChartsOptions {
  /** A QuickChart server, or null for our own renderer on loopback. */
  readonly quickchartUrl: string | null;
  readonly log: Log;
}

export async function openCharts(_options: ChartsOptions): Promise<Charts> {
  throw new Error('to be written by the owner of src/charts');
}
