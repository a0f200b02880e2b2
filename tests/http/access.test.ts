import { describe, expect, it } from 'vitest';
import { ask, faultOf, NOW_MS, useServers } from './parts.ts';

const TOKEN = 'a-long-admin-token';
const start = useServers();

describe('who may ask', () => {
  it('answers loopback without a token, and no name that was bent to it', async () => {
    const server = await start();
    expect((await ask(server, '/api/rooms')).status).toBe(200);
    const rebound = await ask(server, '/api/rooms', { headers: { host: 'evil.example' } });
    expect(rebound.status).toBe(403);
    expect(faultOf(rebound.text)).toMatchObject({ code: 'host-refused' });
    expect((await ask(server, '/healthz', { headers: { host: 'evil.example' } })).status).toBe(403);
  });

  it('refuses requests of other sites', async () => {
    const server = await start();
    for (const method of ['GET', 'POST']) {
      const answer = await ask(server, '/api/rooms', { method, headers: { origin: 'https://evil.example' } });
      expect([answer.status, faultOf(answer.text).code]).toEqual([403, 'origin-refused']);
    }
    const own = await ask(server, '/api/rooms', { headers: { origin: server.url } });
    expect(own.status).toBe(200);
  });

  it('wants the token for everything but the probes', async () => {
    const server = await start({ adminToken: TOKEN });
    for (const path of [
      '/',
      '/style.css',
      '/api/rooms',
      '/api/events',
      '/metrics',
      '/api/openapi.json',
      '/nothing',
    ]) {
      expect([path, (await ask(server, path)).status]).toEqual([path, 401]);
    }
    expect((await ask(server, '/healthz')).status).toBe(200);
    expect((await ask(server, '/api/rooms', { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(
      200,
    );
    expect((await ask(server, '/api/rooms', { headers: { authorization: `Bearer ${TOKEN}x` } })).status).toBe(
      401,
    );
  });

  it('logs in with a cookie that only this server reads', async () => {
    const server = await start({ adminToken: TOKEN });
    const headers = { 'content-type': 'application/json' };
    expect((await ask(server, '/login', { method: 'POST', headers, body: '{"token":"wrong"}' })).status).toBe(
      401,
    );
    const login = await ask(server, '/login', {
      method: 'POST',
      headers,
      body: JSON.stringify({ token: TOKEN }),
    });
    expect(login.status).toBe(204);
    const cookie = String(login.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toMatch(/Secure/);
    const behindProxy = await start({ adminToken: TOKEN, publicUrl: 'https://lark.example' });
    const secure = await ask(behindProxy, '/login', {
      method: 'POST',
      headers,
      body: JSON.stringify({ token: TOKEN }),
    });
    expect(String(secure.headers['set-cookie'])).toMatch(/Secure/);
    const value = cookie.split(';', 1)[0] ?? '';
    expect((await ask(server, '/api/rooms', { headers: { cookie: value } })).status).toBe(200);
    const later = value.replace(/=\d+/, `=${NOW_MS + 9e12}`);
    expect((await ask(server, '/api/rooms', { headers: { cookie: later } })).status).toBe(401);
  });

  it('leads a person to the login page, which works without script', async () => {
    const server = await start({ adminToken: TOKEN });
    const page = await ask(server, '/', { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.location]).toEqual([302, '/login']);
    expect((await ask(server, '/login')).text).toContain('<form method="post"');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const wrong = await ask(server, '/login', { method: 'POST', headers, body: 'token=wrong' });
    expect([wrong.status, wrong.text.includes('This is not the ADMIN_TOKEN')]).toEqual([401, true]);
    const done = await ask(server, '/login', { method: 'POST', headers, body: `token=${TOKEN}` });
    expect([done.status, done.headers.location]).toEqual([303, '/']);
  });

  it('has a login form whose Origin a browser does not hide: no-referrer would make it null', async () => {
    const server = await start({ adminToken: TOKEN });
    expect((await ask(server, '/login')).headers['referrer-policy']).toBe('same-origin');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: server.url };
    const done = await ask(server, '/login', { method: 'POST', headers, body: `token=${TOKEN}` });
    expect(done.status).toBe(303);
  });

  it('gives no cookie where no token is set', async () => {
    const server = await start();
    const headers = { 'content-type': 'application/json' };
    const login = await ask(server, '/login', { method: 'POST', headers, body: '{"token":"x"}' });
    expect([login.status, login.headers['set-cookie']]).toEqual([204, undefined]);
  });

  it('lets nothing past by another method or another spelling of an open path', async () => {
    const server = await start({ adminToken: TOKEN });
    const tries = [
      ['HEAD', '/api/rooms'],
      ['OPTIONS', '/api/rooms'],
      ['HEAD', '/api/events'],
      ['GET', '/healthz/../api/rooms'],
      ['GET', '/login/..%2fapi%2frooms'],
      ['GET', '/api/rooms;/healthz'],
      ['GET', '/%61pi/rooms'],
    ] as const;
    for (const [method, path] of tries) {
      const { status } = await ask(server, path, { method });
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });

  it('slows guessing down', async () => {
    const server = await start({ adminToken: TOKEN });
    const guess = () =>
      ask(server, '/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"token":"x"}',
      });
    const statuses = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await guess()).status);
    expect(statuses.slice(0, 10)).toEqual(new Array(10).fill(401));
    expect(statuses.at(-1)).toBe(429);
  });
});
