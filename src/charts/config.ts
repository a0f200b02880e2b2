/** What all pictures share: a Chart.js 4 configuration as plain JSON, without a function in it. */

import { bandAxes, bandDataset, bandsOf } from '#src/charts/gap-bands.ts';
import { FONT_FAMILY, PADDING, PALETTE, SIZES, WIDTH } from '#src/charts/look.ts';
import { drawnText, namePeriod, nameTimeZone, widthEm } from '#src/charts/text.ts';
import { labelTimes, type TickLabel } from '#src/charts/time-axis.ts';
import { nameStep, type Words } from '#src/charts/words.ts';
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

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface PlainConfig {
  readonly type: 'bar';
  readonly data: { readonly labels: readonly TickLabel[]; readonly datasets: readonly JsonObject[] };
  readonly options: JsonObject;
}

/** What one kind of picture adds to the frame. */
export interface Drawing {
  readonly datasets: readonly JsonObject[];
  /** Value axes by id; the time axis and the hidden ones of the gaps are the frame's. */
  readonly axes: { readonly [id: string]: JsonObject };
  /** The numbers in one line. */
  readonly summary: string;
  /** Stands in the middle of the picture when there is nothing to draw. */
  readonly message: string | null;
}

/** Not more buckets than this are wide enough to do without vertical lines. */
const WIDE_BUCKETS_MAX = 16;

/** The whole configuration of a picture. */
export function frame(request: ChartRequest, drawing: Drawing, words: Words): PlainConfig {
  const { series, timeZone } = request;
  const labels = labelTimes(series.points, series.stepMs, timeZone, words);
  const bands = bandsOf(series.gaps, series);
  const isEmpty = drawing.message !== null;
  return {
    type: 'bar',
    data: {
      labels,
      datasets: [
        ...(isEmpty ? [] : drawing.datasets),
        ...(bands.length === 0 ? [] : [bandDataset(bands, words)]),
      ],
    },
    options: {
      responsive: false,
      maintainAspectRatio: false,
      animation: false,
      events: [],
      locale: 'en-US',
      color: PALETTE.text,
      font: fontOf('tick'),
      layout: { padding: { top: PADDING - 6, right: PADDING, bottom: PADDING - 8, left: PADDING } },
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: timeAxis(labels),
        ...(drawing.message === null ? drawing.axes : messageAxes(drawing.message)),
        ...bandAxes(series.points.length),
      },
      plugins: {
        title: titleOf(request, words),
        subtitle: {
          display: true,
          align: 'start',
          color: PALETTE.text,
          font: fontOf('subtitle'),
          padding: { top: 2, bottom: 14 },
          text: [subtitleOf(request, words), ...(isEmpty ? [] : [fitLine(drawing.summary, SIZES.subtitle)])],
        },
        legend: {
          display: !isEmpty || bands.length > 0,
          position: 'bottom',
          labels: {
            color: PALETTE.text,
            font: fontOf('legend'),
            usePointStyle: true,
            padding: 18,
            boxHeight: 8,
          },
        },
        tooltip: { enabled: false },
        // Fills under all lines: none is dulled by another one's.
        filler: { drawTime: 'beforeDatasetsDraw' },
      },
    },
  };
}

/** Named everywhere: titles and legends do not inherit the family of the chart's options. */
function fontOf(part: keyof typeof SIZES): JsonObject {
  return { family: FONT_FAMILY, size: SIZES[part], weight: 'normal' };
}

/** Cut to the width of the picture. */
function fitLine(text: string, size: number): string {
  return drawnText(text, (WIDTH - 2 * PADDING) / size, '');
}

function titleOf({ room, metric }: ChartRequest, words: Words): JsonObject {
  const emMax = (WIDTH - 2 * PADDING) / SIZES.title;
  const around = widthEm(words.titles[metric](''));
  return {
    display: true,
    align: 'start',
    color: PALETTE.title,
    font: { ...fontOf('title'), weight: 'bold' },
    padding: { top: 0, bottom: 4 },
    text: words.titles[metric](drawnText(room.name, emMax - around, String(room.room))),
  };
}

function subtitleOf({ range, timeZone, series }: ChartRequest, words: Words): string {
  const period = namePeriod(range, words.locale, timeZone);
  const zone = nameTimeZone(timeZone, range.fromMs);
  return fitLine(`${period} (${zone}) · ${words.perStep(nameStep(series.stepMs, words))}`, SIZES.subtitle);
}

/** A grid line and a tick only where a label stands. */
function timeAxis(labels: readonly TickLabel[]): JsonObject {
  const shown = (color: string) => labels.map((label) => (label === '' ? 'transparent' : color));
  return {
    type: 'category',
    offset: true,
    stacked: true,
    border: { color: PALETTE.axis },
    grid:
      labels.length === 0
        ? { display: false }
        : {
            // With lines between the buckets there is one more line than colours.
            offset: false,
            drawOnChartArea: labels.length > WIDE_BUCKETS_MAX,
            color: shown(PALETTE.grid),
            tickColor: shown(PALETTE.axis),
            tickLength: 6,
          },
    ticks: { color: PALETTE.text, autoSkip: false, maxRotation: 0, minRotation: 0, font: fontOf('tick') },
  };
}

/** A sentence in the middle of the picture: the title of an axis that has nothing else. */
function messageAxes(message: string): { readonly [id: string]: JsonObject } {
  const bare = { ticks: { display: false }, grid: { display: false }, border: { display: false } };
  return {
    y: { type: 'linear', min: 0, max: 1, ...bare, title: { display: true, text: ' ' } },
    xMessage: {
      ...bare,
      type: 'linear',
      axis: 'x',
      position: 'center',
      title: { display: true, text: message, color: PALETTE.title, font: fontOf('message') },
    },
  };
}

/** A value axis from zero. `format` are options of Intl.NumberFormat, so that no callback is needed. */
export function valueAxis(
  title: string,
  {
    position,
    color,
    format,
    isWhole,
  }: { position: 'left' | 'right'; color: string; format: JsonObject; isWhole: boolean },
): JsonObject {
  return {
    type: 'linear',
    position,
    beginAtZero: true,
    stacked: position === 'left',
    border: { display: false },
    grid: { color: PALETTE.grid, drawOnChartArea: position === 'left', drawTicks: false },
    ticks: {
      color,
      padding: 8,
      maxTicksLimit: 7,
      ...(isWhole ? { precision: 0 } : {}),
      font: fontOf('tick'),
      format,
    },
    title: { display: true, text: title, color, font: fontOf('axisTitle') },
  };
}
