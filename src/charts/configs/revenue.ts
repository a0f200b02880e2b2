/** Money over time, stacked by where it came from. */
import {
  type ChartRequest,
  type Drawing,
  frame,
  type JsonObject,
  type PlainConfig,
  valueAxis,
} from '#src/charts/config.ts';
import { PALETTE } from '#src/charts/look.ts';
import { peakOf, sumOf } from '#src/charts/numbers.ts';
import { nameTime } from '#src/charts/text.ts';
import { nameStep, WORDS, type Words } from '#src/charts/words.ts';
import { formatMilli } from '#src/lib/money.ts';

/** `¥1,234.5`, as everywhere (contract §3). */
const MONEY = {
  style: 'currency',
  currency: 'CNY',
  currencyDisplay: 'narrowSymbol',
  minimumFractionDigits: 0,
  maximumFractionDigits: 2,
} as const;

const SOURCES = [
  { field: 'giftMilli', word: 'gifts', color: PALETTE.gifts },
  { field: 'superChatMilli', word: 'superChats', color: PALETTE.superChats },
  { field: 'guardMilli', word: 'guards', color: PALETTE.guards },
] as const;

/** From this many bars on, space between them would be all that is seen. */
const SLIM_BARS_MIN = 90;

export function revenueConfig(request: ChartRequest): PlainConfig {
  const words = WORDS[request.language];
  return frame(request, drawingOf(request, words), words);
}

function drawingOf(request: ChartRequest, words: Words): Drawing {
  const { points, stepMs } = request.series;
  const revenue = points.map((point) => point.revenueMilli);
  const isObserved = revenue.some((value) => value !== null);
  const step = words.perStep(nameStep(stepMs, words));
  return {
    datasets: SOURCES.map(({ field, word, color }) =>
      bars(
        words[word],
        points.map((point) => point[field]),
        color,
      ),
    ),
    axes: {
      y: {
        ...valueAxis(`¥ (${step})`, { position: 'left', color: PALETTE.text, format: MONEY, isWhole: false }),
        suggestedMax: 1,
      },
    },
    summary: summarizeRevenue(request),
    message: !isObserved ? words.unobserved : sumOf(revenue) === 0 ? words.quiet.revenue : null,
  };
}

function bars(label: string, milli: readonly (number | null)[], color: string): JsonObject {
  return {
    type: 'bar',
    label,
    data: milli.map((value) => (value === null ? null : value / 1000)),
    backgroundColor: color,
    borderWidth: 0,
    stack: 'revenue',
    categoryPercentage: 1,
    barPercentage: milli.length > SLIM_BARS_MIN ? 1 : 0.86,
    maxBarThickness: 72,
    pointStyle: 'rectRounded',
    order: 1,
  };
}

/** "¥1,234.5 in all, Gifts ¥1,000, Super chats ¥30, Guards ¥204.5, peak ¥320 at Nov 20, 21:05". */
export function summarizeRevenue({ series, language, timeZone }: ChartRequest): string {
  const words = WORDS[language];
  const revenue = series.points.map((point) => point.revenueMilli);
  const peak = peakOf(revenue);
  const at = peak === null ? undefined : series.points[peak.index]?.atMs;
  return [
    words.revenue(formatMilli(sumOf(revenue))),
    ...SOURCES.map(({ field, word }) =>
      words.part(words[word], formatMilli(sumOf(series.points.map((point) => point[field])))),
    ),
    ...(peak === null || at === undefined
      ? []
      : [words.peak(formatMilli(peak.value), nameTime(at, words.locale, timeZone))]),
  ].join(words.separator);
}
