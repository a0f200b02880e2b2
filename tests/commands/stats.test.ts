import { describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { ROLE } from './loopback.ts';
import { text, useStages } from './stage.ts';
import { sessionRow } from './world.ts';

const stage = useStages();

describe('/stats', () => {
  it('shows totals and averages of the current broadcast', async () => {
    const { text: seen } = await (await stage()).run('stats', { options: [text('room', '1001')] });
    for (const part of [
      'current broadcast',
      'Evening songs',
      '**1,200**\n20 a minute',
      '**¥318.5**',
      '¥120.5',
      '12,345 watched',
    ])
      expect(seen).toContain(part);
    expect(seen).not.toContain('Not observed');
  });

  it('says what was not observed and what is masked', async () => {
    const gaps = [
      { fromMs: 0, toMs: 900_000, reason: 'process-down' },
      { fromMs: 600_000, toMs: 900_000, reason: 'new @everyone' },
    ];
    const session = { ...sessionRow(asRoomId(1001)), gaps, maskedDanmaku: 300, maskedMilli: 100 };
    const { run } = await stage((w) => Object.assign(w, { session }));
    const { text: seen } = await run('stats', { options: [text('room', '1001')] });
    expect(seen).toContain('15 min (25 %) in 2 gaps: the bot was not running, new \\@everyone.');
    expect(seen).toContain('25 % of the danmaku and < 1 % of the money');
    expect(seen).toContain('26.7 a minute');
  });

  it('asks the store for the period, and for everything without a range', async () => {
    const { run, world } = await stage();
    await run('stats', { options: [text('room', '1001'), text('period', '24h')] });
    await run('stats', { options: [text('room', '1001'), text('period', 'all')] });
    const [day, all] = world.calls.map(({ args }) => args[1]);
    expect(day).toEqual({ fromMs: Date.UTC(2026, 5, 30, 12), toMs: Date.UTC(2026, 6, 1, 12) });
    expect(all).toBeUndefined();
  });

  it.each([
    ['nobody', 'nobody', [], false],
    ['a role the caller lacks', ROLE, [], false],
    ['a role the caller has', ROLE, [ROLE], true],
    ['everyone', 'everyone', [], true],
  ])('with money for %s', async (_who, moneyFor, roles, sees) => {
    const { run } = await stage((w) => Object.assign(w.settings, { moneyFor }));
    const { text: seen } = await run('stats', { options: [text('room', '1001')], roles });
    expect(seen.includes('¥')).toBe(sees);
  });

  it.each([
    ['stats', []],
    ['history', []],
    ['top-gifters', []],
    ['chart', [text('metric', 'revenue')]],
  ])('/%s with money is for the caller alone where not everyone may see it', async (name, more) => {
    const { run, world } = await stage((w) => {
      const row = { rank: 1, uid: 1, name: 'Ann', valueMilli: 5_000, gifts: 1, danmaku: 0 };
      w.queries = {
        sessions: async () => ({ items: [sessionRow(asRoomId(1001))], next: null }),
        top: async () => [row],
        series: async () => ({ stepMs: 60_000, points: [], gaps: [] }),
      };
    });
    const how = { options: [text('room', '1001'), ...more], roles: [ROLE] };
    expect((await run(name, how)).ephemeral).toBe(false);
    Object.assign(world.settings, { moneyFor: ROLE });
    expect((await run(name, how)).ephemeral).toBe(true);
  });
});
