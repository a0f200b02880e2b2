import { describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import type { DanmakuRow } from '#src/sdk.ts';
import { text, useStages } from './stage.ts';
import { NOW_MS, sessionRow } from './world.ts';

const stage = useStages();

describe('/history', () => {
  it('lists broadcasts newest first, with money only for those who may see it', async () => {
    const live = sessionRow(asRoomId(1001));
    const ended = sessionRow(asRoomId(1001), {
      title: '*bold*',
      startedMs: NOW_MS - 9e7,
      endedMs: NOW_MS - 9e7 + 6e6,
    });
    const sessions = async () => ({ items: [live, ended], next: null });
    const { run, world } = await stage((w) => Object.assign(w.queries, { sessions }));
    const { text: seen } = await run('history', { options: [text('room', '1001')] });
    expect(seen).toMatch(
      /\*\*live\*\* for 1 h\n\*\*Evening songs\*\*[\s\S]*1 h 40 min\n\*\*\\\*bold\\\*\*\*\n1,200 danmaku/u,
    );
    expect(seen).toContain('¥318.5');
    Object.assign(world.settings, { moneyFor: 'nobody' });
    expect((await run('history', { options: [text('room', '1001')] })).text).not.toContain('¥');
  });

  it('says since when nothing was seen', async () => {
    const { run } = await stage((w) =>
      Object.assign(w.queries, { sessions: async () => ({ items: [], next: null }) }),
    );
    expect((await run('history', { options: [text('room', '1001')] })).text).toContain(
      'has been seen since <t:',
    );
  });
});

describe('/search', () => {
  const row = (name: string, said: string, rest: Partial<DanmakuRow> = {}): DanmakuRow => ({
    ...{ id: said, uid: 5, name, text: said, atMs: NOW_MS, medal: null, guardLevel: 0, userLevel: 1 },
    ...{ isAdmin: false, recalled: false, ...rest },
  });
  const asked: unknown[] = [];
  const found = (items: DanmakuRow[], next: string | null = null) => ({
    danmaku: async (_room: unknown, query: object) => {
      asked.push(query);
      return { items, next };
    },
  });

  it('shows what was said to the caller only, inert, without what was recalled', async () => {
    const rows = [row('@everyone', 'hello `<@1>`'), row('B', 'taken back hello', { recalled: true })];
    const { run } = await stage((w) => Object.assign(w.queries, found(rows)));
    const answer = await run('search', {
      options: [text('room', '1001'), text('text', 'hello'), text('user', '5')],
    });
    expect(answer.ephemeral).toBe(true);
    expect(answer.text).toContain('**\\@everyone** hello \\`\\<\\@1\\>\\`');
    expect(answer.text).not.toContain('taken back');
    expect(asked.at(-1)).toMatchObject({ q: 'hello', uid: 5, limit: 15, range: { toMs: NOW_MS } });
  });

  it('finds a viewer by part of a name, and says how far it looked', async () => {
    const { run } = await stage((w) =>
      Object.assign(w.queries, found([row('Ａｌｉｃｅ', 'hi'), row('Bob', 'hi')], '9')),
    );
    const options = [text('room', '1001'), text('text', 'hi')];
    const alice = await run('search', { options: [...options, text('user', 'alice')] });
    expect(alice.text).toContain('Ａｌｉｃｅ');
    expect(alice.text).not.toContain('Bob');
    const carol = await run('search', { options: [...options, text('user', 'carol')] });
    expect(carol.text).toContain('Nothing of carol was found among the newest 500 with that text');
  });

  it('stays within an embed with the longest texts', async () => {
    const rows = Array.from({ length: 15 }, () => row('长'.repeat(200), '长'.repeat(500)));
    const { run } = await stage((w) => Object.assign(w.queries, found(rows)));
    const answer = await run('search', { options: [text('room', '1001'), text('text', '长')] });
    expect(answer.text.length).toBeLessThan(4096);
  });
});
