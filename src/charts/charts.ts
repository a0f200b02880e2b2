/** Pictures of numbers: Chart.js configs from rows, drawn by a QuickChart server (ours by default). */
import { LRUCache } from 'lru-cache';
import QuickChart from 'quickchart-js';
import type { ChartRequest } from '#src/charts/config.ts';
import { describeChart, METRICS } from '#src/charts/description.ts';
import { knownTimeZone } from '#src/charts/local-time.ts';
import { HEIGHT, PALETTE, PIXEL_RATIO, WIDTH } from '#src/charts/look.ts';
import { openRenderServer, type RenderServer } from '#src/charts/render-server.ts';
import { describeError, UserError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';

export type { ChartRequest, Metric } from '#src/charts/config.ts';
export { stepFor } from '#src/charts/step.ts';

export interface Picture {
  readonly png: Buffer;
  /** Says the numbers, for people who do not see the picture. */
  readonly description: string;
}

export interface Charts {
  /** Throws UserError when too many are being drawn, it takes too long, or the chart server cannot do it. */
  draw(request: ChartRequest): Promise<Picture>;
  close(): Promise<void>;
}

export interface ChartsOptions {
  /** A QuickChart server, or null for our own renderer on loopback. */
  readonly quickchartUrl: string | null;
  readonly log: Log;
  /** Time for one picture, its wait included (15 000). */
  readonly timeoutMs?: number;
  /** Pictures asked for at once (16). */
  readonly openMax?: number;
}

const TIMEOUT_MS = 15_000;
const OPEN_MAX = 16;
const CACHE_BYTES_MAX = 16 * 1024 * 1024;
const CACHE_MS = 60_000;
const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

/** Opens our renderer, or only remembers the server of `quickchartUrl`. */
export async function openCharts({ quickchartUrl, log, timeoutMs, openMax }: ChartsOptions): Promise<Charts> {
  const server = quickchartUrl === null ? await openRenderServer({ log }) : null;
  const target = readTarget(quickchartUrl ?? (server as RenderServer).url);
  // Keyed by the configuration itself: it holds every number of the picture, so that no entry is ever stale.
  const cache = new LRUCache<string, Buffer>({
    maxSize: CACHE_BYTES_MAX,
    sizeCalculation: (png, key) => png.byteLength + key.length * 2,
    ttl: CACHE_MS,
  });
  const open = new Map<string, Promise<Buffer>>();
  const find = (chart: string): Promise<Buffer> => {
    const known = cache.get(chart);
    if (known !== undefined) return Promise.resolve(known);
    const running = open.get(chart);
    if (running !== undefined) return running;
    if (open.size >= (openMax ?? OPEN_MAX))
      throw new UserError('Too many pictures are being drawn. Try again in a moment.');
    const drawn = fetchPicture(chart, target, timeoutMs ?? TIMEOUT_MS, log).finally(() => open.delete(chart));
    open.set(chart, drawn);
    return drawn.then((png) => {
      cache.set(chart, png);
      return png;
    });
  };
  return {
    async draw(request) {
      const known = { ...request, timeZone: knownTimeZone(request.timeZone) };
      const png = await find(JSON.stringify(METRICS[request.metric].config(known)));
      return { png, description: describeChart(known) };
    },
    close: async () => server?.close(),
  };
}

interface Target {
  readonly scheme: string;
  readonly host: string;
}

/** quickchart-js wants the parts; a path in front of /chart goes with the host. */
function readTarget(url: string): Target {
  const { protocol, host, pathname } = new URL(url);
  return { scheme: protocol.slice(0, -1), host: `${host}${pathname.replace(/\/+$/, '')}` };
}

async function fetchPicture(chart: string, target: Target, timeoutMs: number, log: Log): Promise<Buffer> {
  const quickchart = new QuickChart()
    .setConfig(chart)
    .setVersion('4')
    .setWidth(WIDTH)
    .setHeight(HEIGHT)
    .setDevicePixelRatio(PIXEL_RATIO)
    .setBackgroundColor(PALETTE.panel)
    .setScheme(target.scheme)
    .setHost(target.host);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UserError('The picture took too long to draw.')), timeoutMs);
  });
  try {
    const png = await Promise.race([quickchart.toBinary(), late]);
    if (!png.subarray(0, PNG_MAGIC.length).equals(PNG_MAGIC)) throw new Error('the answer is not a PNG');
    return png;
  } catch (error) {
    if (error instanceof UserError) throw error;
    log.error(`charts: ${target.host}: ${describeError(error)}`);
    throw new UserError('The picture could not be drawn: the chart server did not answer with one.', {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
