/** The real process when something is wrong from the start: one clear line, the right exit status, nothing changed. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BotRun, runBot, startBot, temporaryFolder } from '../support/bot.ts';

const STATUS = { fault: 1, setting: 2 } as const;
const OFFLINE = { BILIBILI_API_URL: 'http://127.0.0.1:9', BILIBILI_LIVE_URL: 'http://127.0.0.1:9' };
const folder = temporaryFolder();
const taken: Server = createServer();
let takenPort = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  takenPort = (taken.address() as { port: number }).port;
});

afterAll(async () => {
  await new Promise((resolve) => taken.close(resolve));
  folder[Symbol.dispose]();
});

/** Names and contents of everything below but compiled code, which the bot may keep whatever becomes of its start. */
function fingerprint(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.split(path.sep).includes('cache'))
    .map((file) => `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`)
    .sort();
}

/** A folder of its own below the temporary one. */
function makeFolder(name: string): string {
  const own = path.join(folder.path, name);
  mkdirSync(own, { recursive: true });
  return own;
}

function write(name: string, content: string | Buffer): string {
  const file = path.join(folder.path, name);
  writeFileSync(file, content);
  return file;
}

/** Ends, by itself, with one line that has every part; the folder is as it was. */
async function expectRefusal(run: () => BotRun, status: number, parts: readonly string[]): Promise<void> {
  const before = fingerprint(folder.path);
  const refused = run();
  const code = await refused.exit;
  const lines = refused
    .printed()
    .split('\n')
    .filter((line) => line !== '');
  const told = lines.filter((line) => line.startsWith('livelark: '));
  expect(told, refused.printed()).toHaveLength(1);
  for (const part of parts) expect(told[0]).toContain(part);
  expect(refused.printed()).not.toContain('    at ');
  expect(code).toBe(status);
  expect(fingerprint(folder.path)).toEqual(before);
}

describe('settings and arguments (status 2)', () => {
  const cases: [string, Record<string, string>, string[], string[]][] = [
    [
      'several bad settings are named at once',
      {
        ROOM_BUDGET: 'many',
        HTTP_PORT: '99999',
        ROOMS: '6,abc',
        DISCORD_API_URL: 'http://discord.example',
        DISCORD_TOKEN: 'sec ret',
      },
      [],
      [
        ...['ROOM_BUDGET: "many"', 'a whole number from 1 to 10000', 'HTTP_PORT: "99999"', '0 to 65535'],
        ...['ROOMS: "6,abc"', 'a room id such as', 'DISCORD_API_URL', 'http:// on loopback'],
        'DISCORD_TOKEN: this value is not allowed',
      ],
    ],
    ['an unknown option', {}, ['--romms', '6'], ["'--romms'", 'allowed: --rooms']],
    ['an option without its value', {}, ['--rooms'], ['--rooms', 'allowed: --rooms']],
    ['a bad value of an option', {}, ['--rooms', 'x'], ['rooms: "x"', 'allowed: with commas between']],
    ['an unknown command', {}, ['frobnicate'], ['frobnicate: no such command', 'allowed: demo']],
    ['a missing --config file', {}, ['--config', '/nowhere.json'], ['/nowhere.json', 'ENOENT', 'allowed:']],
    [
      'a host that others reach, without ADMIN_TOKEN',
      { HTTP_HOST: '0.0.0.0' },
      [],
      ['HTTP_HOST', 'ADMIN_TOKEN'],
    ],
  ];
  it.each(cases)('%s', async (_name, environment, args, parts) => {
    await expectRefusal(
      () => runBot({ DATA_DIR: makeFolder('settings'), ...environment }, args),
      STATUS.setting,
      parts,
    );
  });

  it.each([
    ['is not JSON', '{ nope', 'not JSON'],
    ['has a setting that is not there', '{"httpp":{"port":1}}', 'httpp: no such setting'],
    ['is not an object', '[1]', 'not an object'],
  ])('a --config file that %s', async (_name, content, part) => {
    const file = write('settings.json', content);
    await expectRefusal(
      () => runBot({ DATA_DIR: makeFolder('settings') }, ['--config', file]),
      STATUS.setting,
      [part, 'allowed:'],
    );
  });

  it('never prints a secret', async () => {
    const run = runBot({
      DISCORD_TOKEN: 'hush hush',
      ADMIN_TOKEN: 'short',
      DATA_DIR: makeFolder('settings'),
    });
    expect(await run.exit).toBe(STATUS.setting);
    expect(run.printed()).not.toMatch(/hush|short\b/);
  });

  it.each([[['--help']], [['demo', '--help']]])('%s explains and ends with 0', async (args) => {
    const run = runBot({}, args);
    expect(await run.exit).toBe(0);
    for (const part of ['npm start', 'npm run demo', '--rooms', '--config'])
      expect(run.printed()).toContain(part);
  });
});

describe('what makes a start impossible (status 1)', () => {
  it('a port in use', async () => {
    const data = makeFolder('port');
    const bot = await startBot({ ...OFFLINE, DATA_DIR: data });
    await bot.stop();
    const run = runBot({ ...OFFLINE, DATA_DIR: data, HTTP_PORT: String(takenPort) });
    expect(await run.exit).toBe(STATUS.fault);
    const told = run
      .printed()
      .split('\n')
      .filter((line) => line.startsWith('livelark: '));
    expect(told).toEqual([
      expect.stringMatching(new RegExp(`HTTP_PORT: port ${takenPort} .* in use; choose`)),
    ]);
    expect(run.printed()).not.toContain('    at ');
    expect(run.printed()).not.toContain('"ready"');
    await (await startBot({ ...OFFLINE, DATA_DIR: data })).stop();
  });

  it.each([
    ['below a file', () => path.join(write('a-file', 'mine'), 'data')],
    ['that is a file', () => write('a-file', 'mine')],
    ['below /proc', () => '/proc/livelark'],
  ])('a DATA_DIR %s', async (_name, place) => {
    const data = place();
    await expectRefusal(() => runBot({ DATA_DIR: data }), STATUS.fault, [
      'DATA_DIR',
      data,
      'cannot be written',
    ]);
  });

  it('a DATABASE_URL below a file', async () => {
    const file = path.join(write('a-file', 'mine'), 'x.db');
    const data = makeFolder('elsewhere');
    await expectRefusal(() => runBot({ DATA_DIR: data, DATABASE_URL: `file:${file}` }), STATUS.fault, [file]);
  });

  it('a file that is not a database', async () => {
    const data = makeFolder('garbage');
    writeFileSync(path.join(data, 'livelark.db'), Buffer.alloc(20_000, 'not a database '));
    await expectRefusal(() => runBot({ DATA_DIR: data }), STATUS.fault, [
      path.join(data, 'livelark.db'),
      'not a SQLite database',
    ]);
  });

  it('a database of a newer version', async () => {
    const data = makeFolder('newer');
    const file = path.join(data, 'livelark.db');
    await (await startBot({ ...OFFLINE, DATA_DIR: data })).stop();
    const database = new Database(file);
    database
      .prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)')
      .run('f'.repeat(64), Date.UTC(2100, 0, 1));
    database.close();
    await expectRefusal(() => runBot({ ...OFFLINE, DATA_DIR: data }), STATUS.fault, [file, 'newer']);
  });
});
