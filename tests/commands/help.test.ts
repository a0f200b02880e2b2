import { describe, expect, it } from 'vitest';
import { useStages } from './stage.ts';

const stage = useStages();

describe('/help', () => {
  it('names every command, clickable once registered, in the language of the caller', async () => {
    const { run, commands } = await stage();
    await commands.register();
    const english = await run('help');
    for (const name of [
      'chart',
      'help',
      'report',
      'rooms',
      'stats',
      'status',
      'top-gifters',
      'unwatch',
      'watch',
    ])
      expect(english.text).toMatch(new RegExp(`</${name}:\\d+> \\p{Lu}`, 'u'));
    expect((await run('help', { locale: 'ja' })).text).toContain('ギフト');
  });
});
