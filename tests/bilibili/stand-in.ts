/** As much of Bilibili on loopback as the collector's faults need: every answer can be replaced by a test. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Packet {
  readonly operation: number;
  readonly body: string;
}

/** A packet made here and not with the code under test. */
export function packet(version: number, operation: number, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(16);
  header.writeUInt32BE(16 + bytes.length, 0);
  header.writeUInt16BE(16, 4);
  header.writeUInt16BE(version, 6);
  header.writeUInt32BE(operation, 8);
  return Buffer.concat([header, bytes]);
}

export function push(...messages: object[]): Buffer {
  const inner = messages.map((message) => packet(0, 5, JSON.stringify(message)));
  return packet(2, 5, deflateSync(Buffer.concat(inner)));
}

type Answer = object | { readonly status: number; readonly text: string };

interface StandIn {
  readonly url: string;
  readonly port: number;
  /** Paths with their query, in order, and when. */
  readonly calls: {
    readonly url: string;
    readonly atMs: number;
    readonly headers: IncomingMessage['headers'];
  }[];
  readonly auths: Record<string, unknown>[];
  readonly heartbeats: Packet[];
  readonly sockets: Set<WebSocket>;
  /** Answers by path; a test replaces them. */
  readonly answers: Map<string, (query: URLSearchParams) => Answer>;
  /** What happens to an auth packet. */
  onAuth: (socket: WebSocket, auth: Record<string, unknown>) => void;
  onHeartbeat: (socket: WebSocket) => void;
  callsTo(name: string): number;
  close(): Promise<void>;
}

export const PATHS = {
  spi: '/x/frontend/finger/spi',
  nav: '/x/web-interface/nav',
  roomInit: '/room/v1/Room/room_init',
  base: '/xlive/web-room/v1/index/getRoomBaseInfo',
  danmuInfo: '/xlive/web-room/v1/index/getDanmuInfo',
} as const;

export function accept(socket: WebSocket): void {
  socket.send(packet(1, 8, '{"code":0}'));
}

function defaultAnswers(port: () => number): StandIn['answers'] {
  let tokens = 0;
  return new Map<string, (query: URLSearchParams) => Answer>([
    [PATHS.spi, () => ({ code: 0, data: { b_3: 'AAAA-BBBB12345infoc' } })],
    [
      PATHS.nav,
      () => ({
        code: -101,
        data: {
          isLogin: false,
          wbi_img: {
            img_url: 'https://example.invalid/7cd084941338484aae1ad9425b84077c.png',
            sub_url: 'https://example.invalid/4932caff0ff746eab6f01bf08b70ac45.png',
          },
        },
      }),
    ],
    [
      PATHS.roomInit,
      (query) => ({
        code: 0,
        data: {
          room_id: Number(query.get('id')),
          short_id: 0,
          uid: 700001,
          live_status: 1,
          live_time: 1780000000,
        },
      }),
    ],
    [PATHS.base, () => ({ status: 404, text: 'no such page' })],
    [
      PATHS.danmuInfo,
      () => ({
        code: 0,
        data: {
          token: `token-${++tokens}`,
          host_list: [{ host: '127.0.0.1', port: 1, ws_port: port(), wss_port: 1 }],
        },
      }),
    ],
  ]);
}

function respond(response: ServerResponse, answer: Answer): void {
  const isPlain = 'text' in answer && 'status' in answer && typeof answer.status === 'number';
  response.writeHead(isPlain ? answer.status : 200, { 'content-type': 'application/json' });
  response.end(isPlain ? String(answer.text) : JSON.stringify(answer));
}

export async function openStandIn(): Promise<StandIn> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    standIn.calls.push({ url: request.url ?? '', atMs: performance.now(), headers: request.headers });
    const answer = standIn.answers.get(url.pathname);
    respond(response, answer === undefined ? { status: 404, text: '' } : answer(url.searchParams));
  });
  const sockets = new WebSocketServer({ server, path: '/sub' });
  sockets.on('connection', (socket) => {
    standIn.sockets.add(socket);
    socket.on('close', () => standIn.sockets.delete(socket));
    socket.on('message', (data: Buffer) => {
      const operation = data.readUInt32BE(8);
      const body = data.subarray(16).toString();
      if (operation === 7) {
        const auth = JSON.parse(body) as Record<string, unknown>;
        standIn.auths.push(auth);
        standIn.onAuth(socket, auth);
      } else if (operation === 2) {
        standIn.heartbeats.push({ operation, body });
        standIn.onHeartbeat(socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const standIn: StandIn = {
    url: `http://127.0.0.1:${port}`,
    port,
    calls: [],
    auths: [],
    heartbeats: [],
    sockets: new Set(),
    answers: defaultAnswers(() => port),
    onAuth: accept,
    onHeartbeat: (socket) => socket.send(packet(1, 3, Buffer.from([0, 0, 0, 1]))),
    callsTo: (name) => standIn.calls.filter(({ url }) => url.startsWith(name)).length,
    async close() {
      for (const socket of standIn.sockets) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return standIn;
}
