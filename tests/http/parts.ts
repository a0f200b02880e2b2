/** A server on a free port over answers that a test chooses; what it does not choose throws. */
import http from 'node:http';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import { Bus } from '#src/bus.ts';
import { asRoomId } from '#src/events.ts';
import { type HttpOptions, type HttpServer, openHttp } from '#src/http/server.ts';
import type { RoomDirectory, RoomRow } from '#src/sdk.ts';
import type { Queries } from '#src/store/queries.ts';

export const NOW_MS = 1_790_000_000_000;

export const ROOM: RoomRow = {
  room: asRoomId(7734200),
  shortId: 77,
  uid: 900,
  name: '云雀Livelark',
  title: '今晚唱歌',
  area: '虚拟主播',
  coverUrl: null,
  liveStatus: 'offline',
  liveSinceMs: null,
  firstSeenMs: NOW_MS - 3_600_000,
  onPage: true,
};

function refusing<T extends object>(name: string, known: Partial<T>): T {
  return new Proxy(known as T, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key);
      throw new Error(`${name}.${String(key)} was not expected`);
    },
  });
}

export interface TestServer extends HttpServer {
  readonly bus: Bus;
}

async function openTestServer(
  options: Partial<HttpOptions> = {},
  queries: Partial<Queries> = {},
  rooms: Partial<RoomDirectory> = {},
): Promise<TestServer> {
  const bus = new Bus((error) => {
    throw error;
  });
  const server = await openHttp({
    host: '127.0.0.1',
    port: 0,
    adminToken: null,
    publicUrl: null,
    bus,
    queries: refusing<Queries>('queries', {
      snapshot: async () => null,
      lastSession: async () => null,
      ...queries,
    }),
    rooms: refusing<RoomDirectory>('rooms', {
      all: () => [ROOM],
      status: () => null,
      pausedIn: () => [],
      ...rooms,
    }),
    charts: refusing('charts', {}),
    health: async () => {
      throw new Error('health was not expected');
    },
    now: () => NOW_MS,
    timeZone: 'Asia/Shanghai',
    version: '0.0.0',
    log: pino({ level: 'silent' }),
    ...options,
  });
  return { ...server, bus };
}

/** Starts servers for the tests of a file and closes them after each. */
export function useServers(): typeof openTestServer {
  const open: TestServer[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
  return async (...args) => {
    const server = await openTestServer(...args);
    open.push(server);
    return server;
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** Like fetch, but lets a test set Host and Origin. */
export function ask(
  server: HttpServer,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = http.request(
    new URL(path, server.url),
    { method: options.method ?? 'GET', headers: options.headers },
    (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    },
  );
  request.on('error', reject);
  request.end(options.body);
  return promise;
}

/** The fault in an answer that is not a success. */
export function faultOf(text: string): { code: string; message: string } {
  return (JSON.parse(text) as { error: { code: string; message: string } }).error;
}
