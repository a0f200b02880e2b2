/** Alt text: what a picture shows, for people who do not see it. */
import type { ChartRequest, Metric, PlainConfig } from '#src/charts/config.ts';
import { activityConfig, summarizeActivity } from '#src/charts/configs/activity.ts';
import { revenueConfig, summarizeRevenue } from '#src/charts/configs/revenue.ts';
import { drawnText, fitDescription, namePeriod, nameTimeZone } from '#src/charts/text.ts';
import { nameLength, WORDS } from '#src/charts/words.ts';
import type { Gap, Range } from '#src/shapes.ts';

/** One row a kind of picture: its configuration, and its numbers in words. */
export const METRICS: Readonly<
  Record<
    Metric,
    { config: (request: ChartRequest) => PlainConfig; summarize: (request: ChartRequest) => string }
  >
> = {
  activity: { config: activityConfig, summarize: summarizeActivity },
  revenue: { config: revenueConfig, summarize: summarizeRevenue },
};

const NAME_EM_MAX = 60;

/** At most 1024 characters: room, period, total, peak with its time, gaps. */
export function describeChart(request: ChartRequest): string {
  const { room, metric, range, timeZone, series } = request;
  const words = WORDS[request.language];
  const title = words.titles[metric](drawnText(room.name, NAME_EM_MAX, String(room.room)));
  const period = `${namePeriod(range, words.locale, timeZone)} (${nameTimeZone(timeZone, range.fromMs)})`;
  const isObserved = series.points.some((point) => point.danmaku !== null || point.revenueMilli !== null);
  const numbers = isObserved ? METRICS[metric].summarize(request) : words.unobserved;
  const unseen = mergeGaps(series.gaps, range);
  const gaps =
    unseen.length === 0 ? words.noGaps : words.gaps(unseen.length, nameLength(lengthOf(unseen), words));
  return fitDescription(
    [title, period, numbers, ...(isObserved || unseen.length > 0 ? [gaps] : [])].join('. '),
  );
}

/** Cut to the range, and joined where they touch. */
function mergeGaps(gaps: readonly Gap[], range: Range): { fromMs: number; toMs: number }[] {
  const merged: { fromMs: number; toMs: number }[] = [];
  for (const gap of [...gaps].sort((a, b) => a.fromMs - b.fromMs)) {
    const fromMs = Math.max(gap.fromMs, range.fromMs);
    const toMs = Math.min(gap.toMs, range.toMs);
    if (fromMs >= toMs) continue;
    const last = merged.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else merged.push({ fromMs, toMs });
  }
  return merged;
}

function lengthOf(stretches: readonly { fromMs: number; toMs: number }[]): number {
  return stretches.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
