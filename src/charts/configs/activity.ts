/** Danmaku, active chatters and viewers over time. */
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

const COUNTS = { maximumFractionDigits: 1, notation: 'compact', compactDisplay: 'short' } as const;
/** With at most this many buckets every one gets a dot. */
const DOTTED_MAX = 32;
/** With fewer buckets than this every one is wanted, whole or not. */
const CUT_FROM = 4;

export function activityConfig(request: ChartRequest): PlainConfig {
  const words = WORDS[request.language];
  return frame(request, drawingOf(request, words), words);
}

function drawingOf(request: ChartRequest, words: Words): Drawing {
  const { points, stepMs } = request.series;
  const values = (field: 'danmaku' | 'chatters' | 'online') => points.map((point) => point[field]);
  const whole = (field: 'danmaku' | 'chatters') =>
    points.map((point, at) => (isCut(request, at) ? null : point[field]));
  const [danmaku, chatters, online] = [whole('danmaku'), whole('chatters'), values('online')];
  const isObserved = [danmaku, chatters, online].flat().some((value) => value !== null);
  const hasOnline = online.some((value) => value !== null);
  const isQuiet = !hasOnline && sumOf(danmaku) === 0;
  const step = words.perStep(nameStep(stepMs, words));
  return {
    datasets: [
      line(words.danmaku, danmaku, PALETTE.danmaku, {
        fill: 'origin',
        backgroundColor: PALETTE.danmakuFill,
        order: 1,
      }),
      line(words.chatters, chatters, PALETTE.chatters, { order: 2 }),
      ...(hasOnline
        ? [line(words.online, online, PALETTE.online, { yAxisID: 'yOnline', borderDash: [6, 4], order: 3 })]
        : []),
    ],
    axes: {
      y: {
        ...valueAxis(`${words.danmaku}${words.separator}${words.chatters} (${step})`, {
          position: 'left',
          color: PALETTE.text,
          format: COUNTS,
          isWhole: true,
        }),
        stacked: false,
        suggestedMax: 5,
      },
      ...(hasOnline
        ? {
            yOnline: {
              ...valueAxis(words.online, {
                position: 'right',
                color: PALETTE.online,
                format: COUNTS,
                isWhole: true,
              }),
              suggestedMax: 5,
            },
          }
        : {}),
    },
    summary: summarizeActivity(request),
    message: !isObserved ? words.unobserved : isQuiet ? words.quiet.activity : null,
  };
}

/** A bucket at the edge that the range covers in part: drawn, it would look like a drop. The summary counts it. */
function isCut({ series: { points, stepMs }, range }: ChartRequest, at: number): boolean {
  const atMs = points[at]?.atMs ?? 0;
  return points.length > CUT_FROM && (atMs < range.fromMs || atMs + stepMs > range.toMs);
}

/** Nulls are not joined. A value between two of them would be no line at all: it gets a dot. */
function line(label: string, data: readonly (number | null)[], color: string, more: JsonObject): JsonObject {
  const isDotted = data.length <= DOTTED_MAX;
  const isAlone = (at: number) => (data[at - 1] ?? null) === null && (data[at + 1] ?? null) === null;
  return {
    type: 'line',
    label,
    data,
    borderColor: color,
    backgroundColor: color,
    borderWidth: 2,
    borderJoinStyle: 'round',
    spanGaps: false,
    pointRadius: data.map((_, at) => (isDotted ? 3 : isAlone(at) ? 2.5 : 0)),
    pointBackgroundColor: color,
    pointBorderWidth: 0,
    pointStyle: 'circle',
    ...more,
  };
}

/** "12,345 danmaku, peak 321 at Nov 20, 21:05, up to 88 chatters, up to 4,321 online". */
export function summarizeActivity({ series, language, timeZone }: ChartRequest): string {
  const words = WORDS[language];
  const number = new Intl.NumberFormat('en-US');
  const danmaku = series.points.map((point) => point.danmaku);
  const peak = peakOf(danmaku);
  const at = peak === null ? undefined : series.points[peak.index]?.atMs;
  const most = (field: 'chatters' | 'online') => peakOf(series.points.map((point) => point[field]))?.value;
  const [chatters, online] = [most('chatters'), most('online')];
  return [
    words.sumDanmaku(number.format(sumOf(danmaku))),
    ...(peak === null || at === undefined
      ? []
      : [words.peak(number.format(peak.value), nameTime(at, words.locale, timeZone))]),
    ...(chatters === undefined ? [] : [words.mostChatters(number.format(chatters))]),
    ...(online === undefined ? [] : [words.mostOnline(number.format(online))]),
  ].join(words.separator);
}
