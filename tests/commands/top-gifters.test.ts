import { describe, expect, it } from 'vitest';
import { integer, text, useStages } from './stage.ts';
import { TOTALS } from './world.ts';

const stage = useStages();

describe('/top-gifters', () => {
  const row = (rank: number, name: string) => ({
    rank,
    uid: rank,
    name,
    valueMilli: 5_000_500,
    gifts: 3,
    danmaku: 1,
  });

  it('ranks, inert and within an embed, 25 hostile names', async () => {
    const names = Array.from(
      { length: 25 },
      (_, i) => `@everyone **[x](https://evil.example)** \`${'<@&1>'.repeat(40)}${i}`,
    );
    const { run } = await stage((w) =>
      Object.assign(w.queries, { top: async () => names.map((name, i) => row(i + 1, name)) }),
    );
    const answer = await run('top-gifters', { options: [text('room', '1001'), integer('limit', 25)] });
    expect(answer.text).not.toMatch(
      /(?<!\\)@everyone|(?<!\\)\]\((?!https:\/\/live\.bilibili\.com\/1001\))|(?<!\\)<@&/u,
    );
    expect(answer.text).toContain('25. **\\@everyone');
    expect(answer.text).toContain('¥5,000.5 · 3 gifts');
    expect(answer.text.length).toBeLessThan(4096);
    expect(answer.body.allowed_mentions).toEqual({ parse: [] });
  });

  it('says what cannot be ranked, and when nobody paid', async () => {
    const totals = { ...TOTALS, maskedMilli: 5_000 };
    const { run } = await stage((w) => Object.assign(w, { totals, queries: { top: async () => [] } }));
    const answer = await run('top-gifters', { options: [text('room', '1001'), text('period', '7d')] });
    expect(answer.text).toContain('Nobody with a name paid anything in this time.');
    expect(answer.text).toContain('¥5 more came from people whom Bilibili masks');
  });

  it('refuses politely where money is hidden', async () => {
    const { run } = await stage((w) => Object.assign(w.settings, { moneyFor: 'nobody' }));
    const answer = await run('top-gifters', { options: [text('room', '1001')] });
    expect(answer).toMatchObject({ ephemeral: true });
    expect(answer.text).toContain('does not show you money');
  });
});
