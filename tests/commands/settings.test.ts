import { describe, expect, it } from 'vitest';
import { CALLER, ROLE } from './loopback.ts';
import { text, useStages } from './stage.ts';

const stage = useStages();
const role = {
  options: [{ type: 8, name: 'money-role', value: ROLE }],
  resolved: { roles: { [ROLE]: { id: ROLE, name: 'treasurers', permissions: '0' } } },
};

describe('/settings', () => {
  it('shows them when nothing is given, and changes nothing', async () => {
    const { run, world } = await stage();
    const answer = await run('settings');
    expect(answer.text).toContain('Settings of this server\nLanguage\nEnglish\nTime zone\nAsia/Shanghai');
    expect(answer.text).toContain('Money is seen by\neveryone');
    expect(world.calls).toEqual([]);
  });

  it('changes what is given and keeps the rest', async () => {
    const { run, world } = await stage();
    await run('settings', { options: [text('time-zone', 'asia/tokyo'), text('language', 'ja')] });
    expect(world.settings).toMatchObject({ timeZone: 'Asia/Tokyo', language: 'ja', moneyFor: 'everyone' });
    expect((await run('settings', role)).text).toContain(`Money is seen by\n<@&${ROLE}>`);
    expect(world.settings).toMatchObject({ timeZone: 'Asia/Tokyo', moneyFor: ROLE });
    expect(world.calls.findLast(({ name }) => name === 'setGuildSettings')?.args[1]).toBe(CALLER);
    expect(world.calls.at(-1)?.name).toBe('planReports');
  });

  it('hides money from then on', async () => {
    const { run } = await stage();
    await run('settings', { options: [text('money', 'nobody')] });
    expect((await run('stats', { options: [text('room', '1001')] })).text).not.toContain('¥');
  });

  it.each([
    [
      'a time zone that does not exist',
      { options: [text('time-zone', 'Mars/Base')] },
      'choose it from the list',
    ],
    ['two answers at once', { ...role, options: [...role.options, text('money', 'nobody')] }, 'Give either'],
  ])('refuses %s', async (_what, how, message) => {
    const { run, world } = await stage();
    expect((await run('settings', how)).text).toContain(message);
    expect(world.calls).toEqual([]);
  });

  it('completes time zones', async () => {
    const { complete } = await stage();
    const none = await complete('settings', { options: [text('time-zone', '', true)] });
    expect(none).toHaveLength(25);
    expect(none[0]?.value).toBe('Asia/Shanghai');
    const found = await complete('settings', { options: [text('time-zone', 'new york', true)] });
    expect(found).toEqual([{ name: 'America/New_York', value: 'America/New_York' }]);
  });
});
