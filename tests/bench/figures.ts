/** What benchmarks hand back, and the table that people read. */

export interface Figure {
  readonly what: string;
  readonly value: string;
  /** Measured in the same run, with what is compared. */
  readonly reference?: string;
  /** What is to be reached. */
  readonly reach?: string;
  /** Whether it is; left out where nothing is to be reached. */
  readonly isReached?: boolean;
}

export interface BenchOptions {
  /** How long the measured part takes. */
  readonly seconds: number;
}

export type Bench = (options: BenchOptions) => Promise<readonly Figure[]>;

/** The value that `share` (0–1) of the values do not exceed; NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
export const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
export const times = (ratio: number) => `${ratio.toFixed(2)} ×`;
export const perSecond = (value: number) => `${Math.round(value).toLocaleString('en-US')}/s`;

/** p50, p99 and the highest of durations in ms. */
export function spread(values: readonly number[]): string {
  const [half, most, highest] = [0.5, 0.99, 1].map((share) => ms(percentile(values, share)));
  return `p50 ${half}, p99 ${most}, max ${highest} (${values.length})`;
}

/** A plain table: what, value, reference, reach and whether it is reached. */
export function formatFigures(name: string, figures: readonly Figure[]): string {
  const rows = [
    [name, 'measured', 'reference', 'to reach', ''],
    ...figures.map(({ what, value, reference = '', reach = '', isReached }) => [
      ...[what, value, reference, reach],
      isReached === undefined ? '' : isReached ? 'yes' : 'NO',
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}
