import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { World } from '../world.ts';
import { BLOCKED, ENTRANCE, openDanmuInfo } from './entrance.ts';
import { LISTS } from './lists.ts';
import { drawPicture } from './picture.ts';
import { ROOMS } from './rooms.ts';
import { type Answer, type Call, type Route, refuse } from './route.ts';

const BODY_BYTES_MAX = 64 * 1024;

function readCookies(header: string): Map<string, string> {
  return new Map(
    header
      .split(';')
      .map((pair) => pair.trim().split('='))
      .filter(([name = '']) => name !== '')
      .map(([name = '', ...value]) => [name, value.join('=')]),
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readCall(world: World, request: IncomingMessage, body: Buffer): Call {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const cookies = readCookies(request.headers.cookie ?? '');
  const sessdata = cookies.get('SESSDATA');
  return {
    world,
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    userAgent: request.headers['user-agent'] ?? '',
    cookies,
    account: world.accounts.find((account) => account.sessdata === sessdata) ?? null,
    body,
  };
}

function picture(path: string): Answer | null {
  const match = /^\/bfs\/(live|face)\/([\w-]{1,64})\.(?:png|gif|webp)$/.exec(path);
  if (match === null) return null;
  const [, folder, name = ''] = match;
  const isFace = folder === 'face' || name.startsWith('gift-');
  return { body: drawPicture(name, isFace ? 64 : 320, isFace ? 64 : 180), type: 'image/png' };
}

function answerCall(call: Call, routes: ReadonlyMap<string, Route>): Answer {
  if (call.world.now() < call.world.faults.blockedUntilMs) return BLOCKED;
  const route = routes.get(call.path);
  if (route !== undefined) return route(call);
  return picture(call.path) ?? { status: 404, ...refuse(-404, '啥都木有') };
}

function codeOf(body: unknown): number | null {
  return typeof body === 'object' && body !== null && 'code' in body ? Number(body.code) : null;
}

function write(response: ServerResponse, { status = 200, body, type, headers = {} }: Answer): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': type ?? 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

/** The HTTP side: one origin for what Bilibili spreads over api., api.live. and the pictures' hosts. */
export function openHttpServer(world: World, delays: Set<NodeJS.Timeout>): Server {
  const routes = new Map<string, Route>([
    ...Object.entries(ENTRANCE),
    ...Object.entries(ROOMS),
    ...Object.entries(LISTS),
    ['/xlive/web-room/v1/index/getDanmuInfo', openDanmuInfo()],
  ]);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    if (body === null) return write(response, { status: 413, body: { code: -413, message: 'too large' } });
    const answer = answerCall(readCall(world, request, body), routes);
    world.log({
      atMs: world.now(),
      kind: 'http',
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      userAgent: request.headers['user-agent'] ?? '',
      cookie: request.headers.cookie ?? '',
      status: answer.status ?? 200,
      code: codeOf(answer.body),
      fault: answer.fault ?? null,
    });
    if (world.faults.httpDelayMs === 0) return write(response, answer);
    const timer = setTimeout(() => {
      delays.delete(timer);
      write(response, answer);
    }, world.faults.httpDelayMs);
    delays.add(timer);
  };
  return createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
}
