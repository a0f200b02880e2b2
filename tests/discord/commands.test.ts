import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { press } from '../commands/loopback.ts';
import { openStage, text, useStages } from '../commands/stage.ts';

const stage = useStages();
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'livelark-commands-'));
  folders.push(folder);
  for (const [name, source] of Object.entries(files)) await writeFile(path.join(folder, name), source);
  return folder;
}

const source = (data: string, run = 'return { content: "done" };') =>
  `export default { data: ${data}, async run(interaction, context) { ${run} } };`;
const named = (name: string) => `{ name: '${name}', description: 'A test' }`;

describe('loading commands', () => {
  it.each([
    ['has no default export', 'broken.ts', 'export const nothing = 1;', /broken\.ts: has no default export/u],
    ['cannot be parsed', 'broken.ts', 'export default {', /broken\.ts: cannot be loaded/u],
    ['has another name', 'broken.ts', source(named('other')), /broken\.ts: .*"other", not the file's name/u],
    [
      'has no run',
      'broken.ts',
      `export default { data: ${named('broken')} };`,
      /broken\.ts: `run` is missing/u,
    ],
    [
      'has a required option last',
      'broken.ts',
      source(
        "{ name: 'broken', description: 'd', options: [{ type: 3, name: 'a', description: 'd' }, { type: 3, name: 'b', description: 'd', required: true }] }",
      ),
      /broken\.ts: broken has a required option after/u,
    ],
    [
      'has no description',
      'broken.ts',
      source("{ name: 'broken', description: '' }"),
      /0 characters, not 1–100/u,
    ],
    [
      'is too long',
      'broken.ts',
      source(
        `{ name: 'broken', description: 'x', options: Array.from({ length: 25 }, (_, i) => ({ type: 3, name: 'o' + i, description: 'd', choices: Array.from({ length: 25 }, (_, j) => ({ name: 'n'.repeat(10) + j, value: String(j) })) })) }`,
      ),
      /Discord allows 8000/u,
    ],
  ])('refuses to start with a file that %s, naming it', async (_what, name, content, message) => {
    const folder = await folderWith({ [name]: content, 'fine.ts': source(named('fine')) });
    await expect(openStage({ folder })).rejects.toThrow(message);
  });
});

describe('registering', () => {
  it('tells Discord the commands once, and not again while they are the same', async () => {
    const { commands, loopback } = await stage();
    await commands.register();
    await commands.register();
    const sent = loopback.requests.map(
      ({ method, path }) => `${method} ${path.split('/').slice(3).join('/')}`,
    );
    const list = 'guilds/900000000000000002/commands';
    expect(sent).toEqual([`GET ${list}`, `PUT ${list}`, `GET ${list}`]);
    expect(loopback.requests[0]?.query).toBe('?with_localizations=true');
  });

  it('registers again when one description changed', async () => {
    const { commands, loopback } = await stage();
    await commands.register();
    loopback.registered[0] = { ...loopback.registered[0], description: 'older' };
    await commands.register();
    expect(loopback.requests.filter(({ method }) => method === 'PUT')).toHaveLength(2);
  });

  it('registers all the same where the list is not told, but not when the bot is refused', async () => {
    const { commands, loopback } = await stage();
    loopback.failNext('/commands', 404, 0);
    await commands.register();
    expect(loopback.requests.map(({ method }) => method)).toEqual(['GET', 'PUT']);
    loopback.failNext('/commands', 403, 50001);
    await expect(commands.register()).rejects.toThrow();
    expect(loopback.requests).toHaveLength(3);
  });

  it('registers globally without a guild, and asks Discord who operates the bot', async () => {
    const { commands, loopback } = await stage(undefined, { guildId: null, operatorIds: [] });
    await commands.register();
    await commands.register();
    expect(loopback.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /applications/@me',
      'GET /applications/900000000000000001/commands',
      'PUT /applications/900000000000000001/commands',
      'GET /applications/900000000000000001/commands',
    ]);
  });
});

describe('answering', () => {
  it('defers before the handler has run', async () => {
    const folder = await folderWith({
      'slow.ts': source(
        named('slow'),
        'await new Promise((r) => { globalThis.goOn = r; }); return { content: "at last" };',
      ),
    });
    const { run, loopback } = await stage(undefined, { folder });
    const answer = run('slow');
    await expect.poll(() => loopback.requests.map(({ path }) => path.endsWith('/callback'))).toEqual([true]);
    expect(loopback.requests[0]?.body).toMatchObject({ type: 5 });
    await expect.poll(() => Reflect.has(globalThis, 'goOn')).toBe(true);
    Reflect.get(globalThis, 'goOn')();
    expect(await answer).toMatchObject({ text: 'at last', ephemeral: false });
  });

  it('shows a UserError as it is, to the caller only', async () => {
    const { run, loopback } = await stage((world) => Object.assign(world, { session: null }));
    const answer = await run('stats', { options: [text('room', '1001')] });
    expect(answer.ephemeral).toBe(true);
    expect(answer.text).toContain('No broadcast of **Hoshino** has been seen yet.');
    expect(answer.body.allowed_mentions).toEqual({ parse: [] });
    expect(loopback.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  it('shows a bug as a code, without its message', async () => {
    const folder = await folderWith({ 'bug.ts': source(named('bug'), 'throw new Error("secret detail");') });
    const answer = await (await stage(undefined, { folder })).run('bug');
    expect(answer.ephemeral).toBe(true);
    expect(answer.text).toMatch(/Something went wrong on our side.*`[0-9A-F]{6}`/u);
    expect(answer.text).not.toContain('secret detail');
  });

  it.each([
    ['Discord refuses the answer', undefined, true],
    ['the handler fails and the public defer cannot be deleted', 'throw new Error("x");', false],
  ])('leaves nobody waiting when %s', async (_what, body, ephemeral) => {
    const folder = await folderWith({ 'odd.ts': source(named('odd'), body) });
    const { run, loopback } = await stage(undefined, { folder });
    loopback.failNext('/messages/@original', 400, 50035);
    const answer = await run('odd');
    expect(answer.text).toMatch(/Code `[0-9A-F]{6}`/u);
    expect(answer.ephemeral).toBe(ephemeral);
  });

  it('goes on after an interaction that expired', async () => {
    const { run, loopback, requestsOf } = await stage();
    loopback.failNext('/callback', 404, 10062);
    const { token } = press(loopback.client, 2, 'help', {});
    await expect.poll(() => requestsOf(token)).toHaveLength(1);
    expect((await run('help')).text).toContain('Livelark watches');
    expect(requestsOf(token)).toHaveLength(1);
  });

  it('refuses more commands at once than a person has', async () => {
    const folder = await folderWith({
      'wait.ts': source(
        named('wait'),
        'await new Promise((r) => { (globalThis.waiting ??= []).push(r); }); return { content: "done" };',
      ),
    });
    const { run } = await stage(undefined, { folder });
    const answers = Array.from({ length: 7 }, () => run('wait'));
    expect((await Promise.race(answers)).text).toContain('Too many commands at once');
    await expect.poll(() => Reflect.get(globalThis, 'waiting')?.length).toBe(6);
    for (const release of Reflect.get(globalThis, 'waiting')) release();
    expect((await Promise.all(answers)).filter(({ text }) => text === 'done')).toHaveLength(6);
  });

  it('answers outside of a server that it works in servers', async () => {
    const answer = await (await stage()).run('rooms', { inGuild: false });
    expect(answer).toMatchObject({ ephemeral: true, text: 'Livelark answers in servers only.' });
  });
});
