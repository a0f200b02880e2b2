/** The drawing thread: one Chart.js configuration in, one PNG out, one at a time. */
import { parentPort } from 'node:worker_threads';
import { createCanvas } from '@napi-rs/canvas';
import {
  Chart,
  type ChartConfiguration,
  type ChartItem,
  type Plugin,
  registerables,
  registry,
} from 'chart.js';
import { registerFonts } from '#src/charts/fonts.ts';
import { FONT_FAMILY } from '#src/charts/look.ts';
import type { RenderJob, RenderReply } from '#src/charts/render-messages.ts';
import { type RenderRequest, readRenderRequest } from '#src/charts/render-request.ts';

/** A PNG without a ground would be read against whatever Discord's theme is. */
function groundOf(color: string): Plugin {
  return {
    id: 'ground',
    beforeDraw({ ctx, width, height }) {
      ctx.save();
      ctx.globalCompositeOperation = 'destination-over';
      ctx.fillStyle = color;
      ctx.fillRect(0, 0, width, height);
      ctx.restore();
    },
  };
}

/** One for all pictures: each holds megabytes outside the heap, which the collector would let pile up. */
const canvas = createCanvas(1, 1);

async function draw({
  config,
  width,
  height,
  devicePixelRatio,
  backgroundColor,
}: RenderRequest): Promise<Buffer> {
  // Throws for a kind that there is not: without datasets it would be an empty picture.
  registry.getController(String(config.type));
  canvas.width = width;
  canvas.height = height;
  const posted = config as unknown as ChartConfiguration;
  const chart = new Chart(canvas as unknown as ChartItem, {
    ...posted,
    options: { ...posted.options, animation: false, responsive: false, devicePixelRatio, events: [] },
    plugins: [groundOf(backgroundColor)],
  });
  try {
    return await canvas.encode('png');
  } finally {
    chart.destroy();
    canvas.width = 1;
    canvas.height = 1;
  }
}

/** What takes longest the first time (fonts, native code) is done before somebody waits for it. */
async function warmUp(): Promise<void> {
  const config = {
    type: 'bar',
    data: {
      labels: ['弹幕', 'かな'],
      datasets: [{ type: 'line', data: [1, 2], fill: 'origin' }, { data: [3, 4] }],
    },
    options: {
      font: { family: FONT_FAMILY },
      plugins: { title: { display: true, text: '直播间 ¥1,234.5', font: { size: 22, weight: 'bold' } } },
    },
  };
  await draw({ config, width: 400, height: 200, devicePixelRatio: 2, backgroundColor: '#000000' });
}

async function answer({ id, body }: RenderJob): Promise<RenderReply> {
  try {
    const png = await draw(readRenderRequest(body));
    return { type: 'drawn', id, png: Uint8Array.from(png) };
  } catch (error) {
    return { type: 'refused', id, message: error instanceof Error ? error.message : String(error) };
  }
}

const port = parentPort;
if (port === null) throw new Error('render-thread.ts runs as a worker thread');
Chart.register(...registerables);
registerFonts();
await warmUp();
let last: Promise<void> = Promise.resolve();
port.on('message', (job: RenderJob) => {
  last = last.then(async () => {
    const reply = await answer(job);
    port.postMessage(reply, reply.type === 'drawn' ? [reply.png.buffer] : []);
  });
});
port.postMessage({ type: 'ready' } satisfies RenderReply);
