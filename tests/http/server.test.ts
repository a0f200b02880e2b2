import { describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { StartError, UserError } from '#src/lib/errors.ts';
import type { DanmakuRow } from '#src/shapes.ts';
import { ask, faultOf, ROOM, useServers } from './parts.ts';

const start = useServers();

describe('faults', () => {
  it.each([
    ['/api/rooms/1/stats', 404, 'room-not-watched'],
    ['/api/rooms/abc/stats', 400, 'invalid'],
    ['/api/rooms/77/danmaku?limit=501', 400, 'invalid'],
    ['/api/rooms/77/danmaku?limit=0', 400, 'invalid'],
    ['/api/rooms/77/gifts?kind=cake', 400, 'invalid'],
    ['/api/rooms/77/stats?from=9&to=8', 400, 'invalid'],
    ['/api/rooms/77/stats?from=yesterday', 400, 'invalid'],
    ['/api/rooms/77/series?stepMs=1', 400, 'invalid'],
    ['/nothing', 404, 'not-found'],
    ['/..%2f..%2fpackage.json', 404, 'not-found'],
  ])('%s is %i %s', async (path, status, code) => {
    const totals = () => Promise.reject(new Error('was asked'));
    const answer = await ask(await start({}, { totals }), path);
    expect([answer.status, faultOf(answer.text).code]).toEqual([status, code]);
  });

  it('names the bad parameter', async () => {
    const answer = await ask(await start(), '/api/rooms/77/danmaku?limit=abc');
    expect(faultOf(answer.text).message).toContain('limit: a whole number from 1 to 500');
  });

  it('shows a UserError as it is and hides what broke', async () => {
    const server = await start(
      {},
      {
        totals: async () => {
          throw new Error('secret path');
        },
        series: async () => {
          throw new UserError('too many buckets');
        },
      },
    );
    const broken = await ask(server, '/api/rooms/77/stats');
    expect([broken.status, broken.text.includes('secret')]).toEqual([500, false]);
    expect(faultOf((await ask(server, '/api/rooms/77/series')).text)).toEqual({
      code: 'bad-request',
      message: 'too many buckets',
    });
  });

  it('tells a room that is not there from a text that is no room', async () => {
    const resolve = () => Promise.reject(new UserError('no such room'));
    const server = await start({}, {}, { resolve });
    const post = async (room: string) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await ask(server, '/api/rooms', {
        method: 'POST',
        headers,
        body: JSON.stringify({ room }),
      });
      return [answer.status, faultOf(answer.text)];
    };
    expect(await post('12345')).toEqual([404, { code: 'room-not-found', message: 'no such room' }]);
    expect(await post('a room')).toEqual([400, { code: 'bad-request', message: 'no such room' }]);
  });

  it('says which part is not ready', async () => {
    const server = await start({ health: async () => ({ notReady: ['discord (connecting)'] }) as never });
    const answer = await ask(server, '/readyz');
    expect([answer.status, faultOf(answer.text).message]).toEqual([503, 'Not ready: discord (connecting).']);
  });

  it('listens on an IPv6 address as it stands in a URL', async () => {
    const listening = start({ host: '[::1]' }).then(({ url }) => url, String);
    // A machine without IPv6 says so; anything else means that the address was not understood.
    expect(await listening).toMatch(/^http:\/\/\[::1\]:\d+$|EADDRNOTAVAIL|EAFNOSUPPORT/);
  });

  it('says that a port is in use', async () => {
    const first = await start();
    const again = start({ port: Number(new URL(first.url).port) });
    await expect(again).rejects.toThrow(StartError);
    await expect(start({ port: Number(new URL(first.url).port) })).rejects.toThrow(
      /HTTP_PORT: port \d+ on 127.0.0.1 is in use/,
    );
  });
});

describe('answers', () => {
  it('passes filters on and pages by the answer of the page before', async () => {
    const row: DanmakuRow = {
      id: '1',
      uid: null,
      name: '云***',
      text: '<b>hi</b>',
      atMs: 1,
      medal: null,
      guardLevel: 0,
      userLevel: 1,
      isAdmin: false,
      recalled: false,
    };
    let asked: unknown;
    const server = await start(
      {},
      {
        danmaku: async (room, query) => {
          asked = [room, query];
          return { items: [row], next: 'n1' };
        },
      },
    );
    const answer = await ask(
      server,
      `/api/rooms/77/danmaku?q=${encodeURIComponent('晚上')}&uid=5&limit=2&before=n0&from=3`,
    );
    expect(JSON.parse(answer.text)).toEqual({ items: [row], next: 'n1' });
    expect(asked).toEqual([
      ROOM.room,
      { q: '晚上', uid: 5, limit: 2, before: 'n0', range: { fromMs: 3, toMs: Number.MAX_SAFE_INTEGER } },
    ]);
  });

  it('lists rooms in pages', async () => {
    const all = Array.from({ length: 51 }, (_, at) => ({ ...ROOM, room: asRoomId(at + 1), shortId: null }));
    const server = await start({}, {}, { all: () => all });
    const read = async (query: string) => {
      const page = JSON.parse((await ask(server, `/api/rooms${query}`)).text);
      return [page.items.map((room: { roomId: number }) => room.roomId), page.next];
    };
    expect(await read('?limit=2&before=49')).toEqual([[50, 51], null]);
    expect(await read('?limit=1&before=49')).toEqual([[50], '50']);
    const [ids, next] = await read('');
    expect([ids.length, next]).toEqual([50, '50']);
    expect((await ask(server, '/api/rooms?before=99')).status).toBe(400);
  });

  it('ranks 50 people where no limit is given', async () => {
    let asked = 0;
    const server = await start(
      {},
      {
        top: async (_room, _by, limit) => {
          asked = limit;
          return [];
        },
      },
    );
    expect((await ask(server, '/api/rooms/77/top')).status).toBe(200);
    expect(asked).toBe(50);
  });

  it('refuses to take back what a channel watches', async () => {
    const kept = await start({}, {}, { keeperOf: () => 'a channel watches it' });
    const answer = await ask(kept, '/api/rooms/77', { method: 'DELETE' });
    expect([answer.status, faultOf(answer.text).message]).toEqual([409, 'a channel watches it']);
  });

  it('describes itself', async () => {
    const answer = await ask(await start(), '/api/openapi.json');
    const document = JSON.parse(answer.text) as { openapi: string; paths: Record<string, object> };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/metrics',
        '/api/openapi.json',
        '/api/rooms',
        '/api/rooms/{room}/stats',
        '/api/rooms/{room}/series',
      ]),
    );
  });

  it('serves the page under a policy that runs nothing from elsewhere', async () => {
    const answer = await ask(await start(), '/');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
    expect(answer.headers['content-security-policy']).not.toContain('unsafe');
  });
});

describe('a room', () => {
  it('names the channels that cannot be posted to any more', async () => {
    const pausedChannels = [{ channelId: '12', reason: 'Discord 403/50013' }];
    const server = await start({}, {}, { pausedIn: () => pausedChannels });
    expect(JSON.parse((await ask(server, '/api/rooms/77')).text)).toMatchObject({ pausedChannels });
  });
});
