import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Connection } from './feed.ts';
import { logInNotice } from './messages/room.ts';
import {
  type ClientPacket,
  encodeAuthReply,
  encodeHeartbeatReply,
  encodePushes,
  OPERATION,
  readClientPackets,
} from './packet.ts';
import type { World } from './world.ts';

/** A client frame is an auth or a heartbeat. */
const FRAME_BYTES_MAX = 64 * 1024;
const TOKEN_FAULT = -101;

/** The socket side of the stand-in; `close` ends every connection. */
export interface SocketDoor {
  readonly connections: ReadonlySet<Connection>;
  close(): void;
}

interface AuthBody {
  readonly uid: number;
  readonly roomId: number;
  readonly protover: 1 | 2 | 3;
  readonly buvid: string;
  readonly token: string;
}

function readAuthBody(body: Buffer): AuthBody | null {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const row = value as Record<string, unknown>;
  const { uid = 0, roomid, protover = 1, buvid = '', key = '' } = row;
  if (typeof uid !== 'number' || typeof roomid !== 'number') return null;
  if (protover !== 1 && protover !== 2 && protover !== 3) return null;
  return { uid, roomId: roomid, protover, buvid: String(buvid), token: String(key) };
}

/** Why an auth is refused, or null. */
function findAuthFault(world: World, auth: AuthBody): string | null {
  const grant = world.tokens.find(auth.token, world.now());
  if (world.faults.refusedAuths > 0) {
    world.faults.refusedAuths -= 1;
    return 'refused on purpose';
  }
  if (grant === null) return 'token unknown or expired';
  if (grant.roomId !== auth.roomId) return `token of room ${grant.roomId} used for ${auth.roomId}`;
  if (grant.uid !== auth.uid) return `token of uid ${grant.uid} used by ${auth.uid}`;
  return null;
}

function logAuth(world: World, request: IncomingMessage, auth: AuthBody, fault: string | null): void {
  world.log({
    atMs: world.now(),
    kind: 'auth',
    method: 'WS',
    url: `/sub room=${auth.roomId} uid=${auth.uid} protover=${auth.protover}`,
    userAgent: request.headers['user-agent'] ?? '',
    cookie: '',
    status: 101,
    code: fault === null ? 0 : TOKEN_FAULT,
    fault,
  });
}

/** Lets a watcher in, or says why not; false when the server hangs up without a word. */
function answerAuth(
  world: World,
  connection: Connection,
  packet: ClientPacket,
  req: IncomingMessage,
): boolean {
  const { ws } = connection;
  const auth = readAuthBody(packet.body);
  if (auth === null) return false;
  if (world.faults.silentAuths > 0) {
    world.faults.silentAuths -= 1;
    logAuth(world, req, auth, 'hung up on purpose');
    return false;
  }
  const fault = findAuthFault(world, auth);
  logAuth(world, req, auth, fault);
  if (fault !== null) {
    ws.send(encodeAuthReply(TOKEN_FAULT, packet.sequence));
    ws.close();
    return true;
  }
  const room = world.rooms.get(auth.roomId);
  if (room === undefined) return false;
  const grant = world.tokens.find(auth.token, world.now());
  Object.assign(connection, {
    roomId: auth.roomId,
    uid: auth.uid,
    protover: auth.protover,
    isAuthed: true,
    isMasked: auth.uid === 0 && room.isMasked,
    isThin: world.rules.thinsWithoutBuvid && (auth.buvid === '' || auth.buvid !== grant?.buvid),
  });
  // What happened before is not for this watcher.
  room.feed.flush();
  ws.send(encodeAuthReply(0, packet.sequence));
  const version = auth.protover === 1 ? 0 : auth.protover;
  if (auth.uid === 0) ws.send(encodePushes([JSON.stringify(logInNotice(world.origin))], version));
  room.feed.connections.add(connection);
  return true;
}

/** False when what came is not what a client sends: the server hangs up. */
function hear(world: World, connection: Connection, bytes: Buffer, request: IncomingMessage): boolean {
  const packets = readClientPackets(bytes);
  if (packets === null) return false;
  connection.heardAtMs = performance.now();
  for (const packet of packets) {
    if (!connection.isAuthed) {
      if (packet.operation !== OPERATION.auth) return false;
      if (!answerAuth(world, connection, packet, request)) return false;
      if (!connection.isAuthed) return true;
    } else if (packet.operation === OPERATION.heartbeat) {
      connection.ws.send(encodeHeartbeatReply(1, packet.body, packet.sequence));
    }
  }
  return true;
}

function refuse(world: World, request: IncomingMessage, socket: Socket, status: string): void {
  world.log({
    atMs: world.now(),
    kind: 'upgrade',
    method: request.method ?? 'GET',
    url: request.url ?? '',
    userAgent: request.headers['user-agent'] ?? '',
    cookie: '',
    status: Number(status.slice(0, 3)),
    code: null,
    fault: 'upgrade refused',
  });
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** @param onWatcher Called with a room's id whenever a watcher was let in. */
export function openSocketDoor(
  server: Server,
  world: World,
  onWatcher: (roomId: number) => void,
): SocketDoor {
  const connections = new Set<Connection>();
  const wss = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX, perMessageDeflate: false });

  const accept = (ws: WebSocket, request: IncomingMessage): void => {
    const connection: Connection = {
      ws,
      openedMs: world.now(),
      roomId: 0,
      uid: 0,
      protover: 1,
      isAuthed: false,
      isMasked: false,
      isThin: false,
      thinCount: 0,
      isDeaf: false,
      heardAtMs: performance.now(),
    };
    connections.add(connection);
    ws.on('message', (data) => {
      if (connection.isDeaf) return;
      const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer);
      if (!hear(world, connection, bytes, request)) ws.terminate();
      else if (connection.isAuthed) onWatcher(connection.roomId);
    });
    ws.on('error', () => ws.terminate());
    ws.on('close', () => {
      connections.delete(connection);
      world.rooms.get(connection.roomId)?.feed.connections.delete(connection);
    });
  };
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if ((request.url ?? '').split('?')[0] !== '/sub') return refuse(world, request, socket, '404 Not Found');
    if (world.faults.refusedUpgrades > 0) {
      world.faults.refusedUpgrades -= 1;
      return refuse(world, request, socket, '403 Forbidden');
    }
    wss.handleUpgrade(request, socket, head, (ws) => accept(ws, request));
  });
  const { authMsMax, silenceMsMax } = world.rules;
  const sweep = setInterval(
    () => {
      const nowMs = performance.now();
      for (const connection of connections) {
        const limit = connection.isAuthed ? silenceMsMax : authMsMax;
        if (!connection.isDeaf && nowMs - connection.heardAtMs > limit) connection.ws.terminate();
      }
    },
    Math.max(10, Math.min(1000, authMsMax / 4, silenceMsMax / 4)),
  );
  return {
    connections,
    close() {
      clearInterval(sweep);
      for (const { ws } of connections) ws.terminate();
      wss.close();
    },
  };
}
