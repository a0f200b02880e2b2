/** Gateway v10 in JSON: https://discord.com/developers/docs/events/gateway */
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { guildCreateJson } from './guild-json.ts';
import type { Json } from './shapes.ts';
import type { World } from './world.ts';

const HEARTBEAT_INTERVAL_MS = 41_250;
/** Dispatches kept of a session for RESUME; the oldest goes. */
const REPLAY_MAX = 1000;
const PAYLOAD_BYTES_MAX = 4096;
const SESSIONS_MAX = 50;
const INTENT_GUILDS = 1 << 0;
const INTENT_GUILD_MESSAGES = 1 << 9;
export const GATEWAY_PATH = '/gateway';

const OP = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  ack: 11,
};

interface Session {
  readonly id: string;
  readonly intents: number;
  seq: number;
  replay: Json[];
  socket: WebSocket | null;
}

export interface Gateway {
  /** Sessions that are connected now. */
  readonly connected: number;
  /** IDENTIFYs and RESUMEs that succeeded. */
  readonly counts: { readonly identified: number; readonly resumed: number };
  /** Cuts every connection without a word, as a broken network does. The sessions can be resumed. */
  drop(): void;
  /** Asks for a reconnect (op 7). */
  reconnect(): void;
  /** Ends the sessions (op 9); `isResumable` says what the message says. */
  invalidate(isResumable?: boolean): void;
  /** Closes every connection with a code such as 4004. */
  closeAll(code: number, reason: string): void;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly server: Server;
  readonly world: World;
  /** A refused token is closed with 4004. */
  isToken(token: unknown): boolean;
  /** While true, connections are cut before they stand. */
  isAway(): boolean;
}

export function startGateway(options: GatewayOptions): Gateway {
  const { server, world } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: PAYLOAD_BYTES_MAX });
  const sessions = new Map<string, Session>();
  const counts = { identified: 0, resumed: 0 };
  server.on('upgrade', (request, socket, head) => {
    const isOurs = request.url?.split(/[/?]/)[1] === GATEWAY_PATH.slice(1);
    if (!isOurs || options.isAway()) socket.destroy();
    else sockets.handleUpgrade(request, socket, head, (opened) => serve(opened, options, sessions, counts));
  });
  const dispatch = (name: string, payload: object) => {
    for (const session of sessions.values()) if (wants(session, name)) send(session, name, payload);
  };
  world.changes.on('dispatch', dispatch);
  const connected = () => [...sessions.values()].flatMap((session) => (session.socket ? [session] : []));
  return {
    counts,
    get connected() {
      return connected().length;
    },
    drop() {
      for (const socket of sockets.clients) socket.terminate();
    },
    reconnect() {
      for (const { socket } of connected()) socket?.send(JSON.stringify({ op: OP.reconnect, d: null }));
    },
    invalidate(isResumable = false) {
      for (const session of connected()) {
        if (!isResumable) sessions.delete(session.id);
        session.socket?.send(JSON.stringify({ op: OP.invalidSession, d: isResumable }));
      }
    },
    closeAll(code, reason) {
      sessions.clear();
      for (const socket of sockets.clients) socket.close(code, reason);
    },
    async close() {
      world.changes.off('dispatch', dispatch);
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

function wants({ intents }: Session, name: string): boolean {
  if (name.startsWith('MESSAGE_')) return (intents & INTENT_GUILD_MESSAGES) !== 0;
  if (/^(?:GUILD|CHANNEL|THREAD)_/.test(name)) return (intents & INTENT_GUILDS) !== 0;
  return true;
}

/** Numbers the dispatch, keeps it for RESUME and sends it when the session is connected. */
function send(session: Session, t: string, d: object): void {
  session.seq += 1;
  const message = { op: OP.dispatch, t, s: session.seq, d };
  session.replay.push(message);
  if (session.replay.length > REPLAY_MAX) session.replay.shift();
  session.socket?.send(JSON.stringify(message));
}

function serve(
  socket: WebSocket,
  { world, isToken }: GatewayOptions,
  sessions: Map<string, Session>,
  counts: { identified: number; resumed: number },
): void {
  let session: Session | null = null;
  const say = (op: number, d: unknown) => socket.send(JSON.stringify({ op, d }));
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    if (session?.socket === socket) session.socket = null;
  });
  socket.on('message', (raw) => {
    const message = readPayload(String(raw));
    if (message === null) return socket.close(4002, 'Decode error');
    if (message.op === OP.heartbeat) return say(OP.ack, null);
    if (message.op === OP.identify && session === null) {
      if (!isToken(message.d.token)) return socket.close(4004, 'Authentication failed');
      session = openSession(sessions, Number(message.d.intents), socket);
      counts.identified += 1;
      return greet(world, session);
    }
    if (message.op === OP.resume && session === null) {
      if (!isToken(message.d.token)) return socket.close(4004, 'Authentication failed');
      session = sessions.get(String(message.d.session_id)) ?? null;
      if (session === null) return say(OP.invalidSession, false);
      counts.resumed += 1;
      return resume(session, socket, Number(message.d.seq));
    }
    // Presence and voice updates are accepted silently, as Discord does.
    if (session === null) socket.close(4003, 'Not authenticated');
  });
  say(OP.hello, { heartbeat_interval: HEARTBEAT_INTERVAL_MS, _trace: [] });
}

function readPayload(text: string): { op: number; d: Json } | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('op' in value)) return null;
    const d = 'd' in value && typeof value.d === 'object' && value.d !== null ? value.d : {};
    return { op: Number(value.op), d: d as Json };
  } catch {
    return null;
  }
}

function openSession(sessions: Map<string, Session>, intents: number, socket: WebSocket): Session {
  const session: Session = { id: randomUUID().replaceAll('-', ''), intents, seq: 0, replay: [], socket };
  sessions.set(session.id, session);
  if (sessions.size > SESSIONS_MAX) sessions.delete(sessions.keys().next().value ?? '');
  return session;
}

function greet(world: World, session: Session): void {
  const guilds = [...world.guilds.values()];
  send(session, 'READY', {
    v: 10,
    user: { ...world.bot, verified: true, mfa_enabled: false, email: null, flags: 0 },
    session_type: 'normal',
    session_id: session.id,
    resume_gateway_url: gatewayUrl(world),
    guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
    application: { id: world.applicationId, flags: 0 },
    shard: [0, 1],
    ...{ user_settings: {}, relationships: [], private_channels: [], presences: [], _trace: [] },
  });
  if ((session.intents & INTENT_GUILDS) === 0) return;
  for (const guild of guilds) send(session, 'GUILD_CREATE', guildCreateJson(world, guild));
}

function resume(session: Session, socket: WebSocket, seq: number): void {
  session.socket?.terminate();
  session.socket = socket;
  for (const message of session.replay) if (Number(message.s) > seq) socket.send(JSON.stringify(message));
  send(session, 'RESUMED', { _trace: [] });
}

export const gatewayUrl = (world: World) => `${world.origin.replace(/^http/, 'ws')}${GATEWAY_PATH}`;
