import { describe, expect, it } from 'vitest';
import { text, useStages } from './stage.ts';

const stage = useStages();

describe('/chart', () => {
  const series = async (_room: unknown, _range: unknown, stepMs: number) => ({
    stepMs,
    points: [],
    gaps: [],
  });

  it('attaches the picture with its description', async () => {
    const { run, world } = await stage((w) => Object.assign(w.queries, { series }));
    const options = [text('room', '1001'), text('metric', 'revenue'), text('period', '24h')];
    const answer = await run('chart', { options });
    expect(answer.files).toEqual([{ name: 'chart.png', bytes: 9 }]);
    expect(answer.body.attachments).toMatchObject([{ id: '0', description: 'Danmaku from 12:00 to 13:00.' }]);
    expect(answer.body.embeds).toMatchObject([{ image: { url: 'attachment://chart.png' } }]);
    expect(world.calls.at(-1)?.args[0]).toMatchObject({
      metric: 'revenue',
      timeZone: 'Asia/Shanghai',
      series: { stepMs: 600_000 },
    });
  });

  it('draws no money where it is hidden', async () => {
    const { run } = await stage((w) => Object.assign(w.settings, { moneyFor: 'nobody' }));
    const answer = await run('chart', { options: [text('room', '1001'), text('metric', 'revenue')] });
    expect(answer.text).toContain('does not show you money');
  });
});
