/** Reads what was posted to the renderer: QuickChart's POST /chart, as far as we speak it. */

export interface RenderRequest {
  readonly config: Readonly<Record<string, unknown>>;
  /** Logical pixels. */
  readonly width: number;
  readonly height: number;
  readonly devicePixelRatio: number;
  /** A CSS colour. */
  readonly backgroundColor: string;
}

/** A request that cannot be drawn; the message says what is wrong with it. */
export class BadChart extends Error {
  override readonly name = 'BadChart';
}

const COLOR_CHARS_MAX = 64;

/** Throws BadChart naming the field. */
export function readRenderRequest(body: Uint8Array): RenderRequest {
  const posted = readObject(parse(new TextDecoder().decode(body), 'the body'), 'the body');
  const format = posted.format ?? 'png';
  if (format !== 'png') throw new BadChart('format: only png is drawn here');
  const chart = posted.chart ?? posted.c;
  const config = readObject(typeof chart === 'string' ? parse(chart, 'chart') : chart, 'chart');
  if (typeof config.type !== 'string') throw new BadChart('chart.type: a string is needed');
  return {
    config,
    width: readNumber(posted.width ?? 500, 'width', 50, 2000),
    height: readNumber(posted.height ?? 300, 'height', 50, 1500),
    devicePixelRatio: readNumber(posted.devicePixelRatio ?? 1, 'devicePixelRatio', 1, 3),
    backgroundColor: readColor(posted.backgroundColor ?? '#ffffff'),
  };
}

/** Nothing is ever evaluated: JSON or nothing. */
function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadChart(`${what}: not JSON (functions are not evaluated here)`);
  }
}

function readObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadChart(`${what}: an object is needed`);
  return value as Record<string, unknown>;
}

function readNumber(value: unknown, what: string, least: number, most: number): number {
  const number = Number(value);
  if (number >= least && number <= most) return number;
  throw new BadChart(`${what}: a number from ${least} to ${most} is needed`);
}

function readColor(value: unknown): string {
  if (typeof value === 'string' && value.length <= COLOR_CHARS_MAX) return value;
  throw new BadChart('backgroundColor: a CSS colour is needed');
}
