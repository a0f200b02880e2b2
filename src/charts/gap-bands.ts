/** Stretches that were not observed, as shaded bands behind the lines: exact to the pixel, whatever the buckets are. */
import type { JsonObject } from '#src/charts/config.ts';
import { PALETTE } from '#src/charts/look.ts';
import type { Words } from '#src/charts/words.ts';
import type { Gap, Series } from '#src/shapes.ts';

/** A gap of seconds in a week is seen all the same: this share of the width at least. */
const GAP_SHARE_MIN = 0.002;
/** `offset` is what bars would have: half a bucket of air at both ends. */
const HIDDEN = { type: 'linear', display: false, offset: false, min: 0, max: 1 } as const;
const GAP_AXES = { x: 'xGap', y: 'yGap' } as const;

/** Hidden axes of their own: one unit a bucket along the time axis, the whole height across. */
export function bandAxes(buckets: number): { readonly [id: string]: JsonObject } {
  return { [GAP_AXES.x]: { ...HIDDEN, max: Math.max(buckets, 1) }, [GAP_AXES.y]: HIDDEN };
}

export interface Band {
  readonly from: number;
  readonly to: number;
}

/** Gaps as stretches of the axis, in buckets from its left edge, joined where they touch. */
export function bandsOf(gaps: readonly Gap[], { points, stepMs }: Series): Band[] {
  const startMs = points[0]?.atMs;
  if (startMs === undefined) return [];
  const least = points.length * GAP_SHARE_MIN;
  const bands: { from: number; to: number }[] = [];
  for (const { fromMs, toMs } of [...gaps].sort((a, b) => a.fromMs - b.fromMs)) {
    const from = Math.max((fromMs - startMs) / stepMs, 0);
    const to = Math.min(Math.max((toMs - startMs) / stepMs, from + least), points.length);
    const last = bands.at(-1);
    if (to <= from) continue;
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else bands.push({ from, to });
  }
  return bands;
}

/** Filled stretches from the bottom to the top; the nulls between them keep them apart. */
export function bandDataset(bands: readonly Band[], words: Words): JsonObject {
  return {
    type: 'line',
    label: words.notObserved,
    xAxisID: GAP_AXES.x,
    yAxisID: GAP_AXES.y,
    data: bands.flatMap(({ from, to }) => [
      { x: from, y: 1 },
      { x: to, y: 1 },
      { x: to, y: null },
    ]),
    fill: 'origin',
    backgroundColor: PALETTE.gap,
    borderColor: PALETTE.gap,
    borderWidth: 0,
    pointRadius: 0,
    pointStyle: 'rect',
    spanGaps: false,
    order: 10,
  };
}
