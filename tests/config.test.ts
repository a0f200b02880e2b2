import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { databaseFile, keepCompiledCode, readConfig } from '#src/config.ts';
import { ConfigError } from '#src/lib/errors.ts';
import { VARIABLES } from '#src/settings.ts';

const SECRETS = Object.entries(VARIABLES).filter(([, entry]) => entry.secret === true);
const folder = mkdtempSync(path.join(os.tmpdir(), 'livelark-config-'));
writeFileSync(path.join(folder, 'default.json'), readFileSync('config/default.json'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(environment: Record<string, string>, more: { file?: string; rooms?: string } = {}) {
  return readConfig({ environment, folder, ...more });
}

function fault(environment: Record<string, string>, more: { file?: string; rooms?: string } = {}): string {
  try {
    read(environment, more);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('was accepted');
}

function file(content: string): string {
  const name = path.join(folder, `${Math.random()}.json`);
  writeFileSync(name, content);
  return name;
}

describe('readConfig', () => {
  it('needs nothing: the defaults are a whole configuration', () => {
    const config = read({});
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 8080, adminToken: null });
    expect(config.bilibili.roomBudget).toBe(20);
    expect(databaseFile(config)).toBe(path.resolve('data/livelark.db'));
    expect(Object.isFrozen(config.alerts)).toBe(true);
  });

  it('lets a file win over the defaults and the environment over both', () => {
    const config = file('{ "http": { "port": 1234, "host": "127.0.0.2" } }');
    expect(read({ HTTP_PORT: '0' }, { file: config }).http).toMatchObject({ port: 0, host: '127.0.0.2' });
  });

  it('takes an empty variable as absent and --rooms before ROOMS', () => {
    expect(
      read({ DISCORD_TOKEN: ' ', ROOMS: '1' }, { rooms: '6,https://live.bilibili.com/7?a=b' }),
    ).toMatchObject({
      discord: { token: null },
      rooms: [6, 7],
    });
  });

  it('names every wrong setting at once and says what is allowed', () => {
    const message = fault({ HTTP_PORT: '70000', ROOMS: '1,x', LOG_LEVEL: 'loud' });
    expect(message).toContain('HTTP_PORT: "70000" is not allowed; allowed: a whole number from 0 to 65535');
    expect(message).toContain('ROOMS: "1,x" is not allowed');
    expect(message).toContain('LOG_LEVEL: "loud" is not allowed; allowed: trace, debug');
    expect(message).not.toContain('\n');
  });

  it.each(SECRETS.map(([name]) => name))('does not print %s back', (name) => {
    const value = name === 'BILIBILI_OPEN_APP_ID' ? 'x' : 'hid den\tsecret';
    let message = '';
    try {
      read({ [name]: value });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).not.toContain('hid den');
  });

  it('accepts plain http for Bilibili and Discord on loopback only', () => {
    expect(read({ BILIBILI_LIVE_URL: 'http://127.0.0.1:9/' }).bilibili.liveUrl).toBe('http://127.0.0.1:9');
    for (const name of ['DISCORD_API_URL', 'BILIBILI_API_URL', 'BILIBILI_LIVE_URL', 'BILIBILI_OPEN_URL']) {
      expect(fault({ [name]: 'http://example.com' })).toContain(
        `${name}: "http://example.com" is not allowed`,
      );
      expect(fault({ [name]: 'http://127.0.0.1.example.com' })).toContain(name);
    }
  });

  it('refuses a host that is not loopback without ADMIN_TOKEN', () => {
    expect(fault({ HTTP_HOST: '0.0.0.0' })).toContain('ADMIN_TOKEN');
    expect(read({ HTTP_HOST: '0.0.0.0', ADMIN_TOKEN: 'long-enough' }).http.host).toBe('0.0.0.0');
  });

  it('names what is wrong with a file', () => {
    expect(fault({}, { file: '/nowhere/local.json' })).toContain(
      '/nowhere/local.json: cannot be read (ENOENT)',
    );
    expect(fault({}, { file: file('{') })).toContain('not JSON');
    expect(fault({}, { file: file('{ "http": { "prot": 1 } }') })).toContain('http.prot: no such setting');
  });
});

describe('compiled code', () => {
  it('is kept in DATA_DIR', () => {
    const dataDir = path.join(folder, 'data');
    const source = `import { keepCompiledCode } from '#src/config.ts';
      keepCompiledCode(${JSON.stringify(dataDir)});
      console.log(process.env.NODE_COMPILE_CACHE);
      await import('#src/lib/money.ts');`;
    const { NODE_COMPILE_CACHE: _, ...env } = process.env;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', source], { env });
    expect(child.stdout.toString().trim()).toBe(path.join(dataDir, 'cache'));
    expect(readdirSync(path.join(dataDir, 'cache'))).not.toEqual([]);
  });

  it('is not kept where nothing can be written', () => {
    const before = process.env.NODE_COMPILE_CACHE;
    keepCompiledCode(path.join(file('not a folder'), 'below'));
    expect(process.env.NODE_COMPILE_CACHE).toBe(before);
  });
});
