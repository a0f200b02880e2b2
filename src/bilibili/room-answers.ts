/** What the endpoints say of rooms and servers (protocol §2.4), as our own types. */
import type { LiveStatus } from '#src/events.ts';
import { ApiError } from '#src/lib/errors.ts';
import { type Fields, findInteger, findText, isFields, readCount, readText } from './fields.ts';

const HOSTS_MAX = 20;
const HOST = /^[a-z0-9.-]{1,253}$|^[0-9a-f:]{2,45}$/i;

/** room_init: which room it is and whether it may be entered. */
export interface RoomInit {
  readonly room: number;
  readonly shortId: number | null;
  readonly uid: number;
  readonly liveStatus: LiveStatus;
  readonly startSecond: number | null;
  /** Why nobody gets in, for people; null when everybody does. */
  readonly closedReason: string | null;
}

/** getRoomBaseInfo: how the room presents itself. */
export interface RoomBase {
  readonly room: number;
  readonly shortId: number | null;
  readonly uid: number;
  readonly name: string | null;
  readonly title: string | null;
  readonly area: string | null;
  readonly coverUrl: string | null;
  readonly liveStatus: LiveStatus;
  readonly startSecond: number | null;
}

export interface DanmuHost {
  readonly host: string;
  readonly wsPort: number;
  readonly wssPort: number;
}

export interface DanmuToken {
  readonly token: string;
  /** Without duplicates, in their order. */
  readonly hosts: readonly DanmuHost[];
}

/** 2 is a loop of recordings: not live. */
function readLiveStatus(value: unknown): LiveStatus {
  const status = findInteger(value);
  return status === 1 ? 'live' : status === 2 ? 'replay' : 'offline';
}

function findPositive(value: unknown): number | null {
  const number = findInteger(value);
  return number !== null && number > 0 ? number : null;
}

function isSet(value: unknown): boolean {
  return value === true || value === 1 || value === '1';
}

function findClosedReason(data: Fields): string | null {
  if (isSet(data.is_locked)) return 'the room is locked by Bilibili';
  if (isSet(data.is_hidden)) return 'the room is hidden';
  if (isSet(data.encrypted) && !isSet(data.pwd_verified)) return 'the room is encrypted: it needs a password';
  return findInteger(data.special_type) === 1 ? 'the room is paid: only who bought a ticket gets in' : null;
}

/** Throws ApiError when the answer does not say which room it is. */
export function readRoomInit(body: Fields): RoomInit {
  const data = isFields(body.data) ? body.data : {};
  const room = findPositive(data.room_id);
  if (room === null) throw new ApiError('room_init told no room_id', 0, 200);
  return {
    room,
    shortId: findPositive(data.short_id),
    uid: readCount(data.uid),
    liveStatus: readLiveStatus(data.live_status),
    startSecond: findPositive(data.live_time),
    closedReason: findClosedReason(data),
  };
}

/** `YYYY-MM-DD HH:mm:ss` in UTC+8, zeros when offline. */
function findStartSecond(time: unknown): number | null {
  if (typeof time !== 'string') return findPositive(time);
  if (!/^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time)) return null;
  const ms = Date.parse(`${time.replace(' ', 'T')}+08:00`);
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

/** The rooms in the answer, by their real ids; what is not readable is left out. */
export function readRoomBases(body: Fields): RoomBase[] {
  const data = isFields(body.data) ? body.data : {};
  const rooms = isFields(data.by_room_ids) ? Object.values(data.by_room_ids) : [];
  return rooms.filter(isFields).flatMap((base) => {
    const room = findPositive(base.room_id);
    if (room === null) return [];
    return {
      room,
      shortId: findPositive(base.short_id),
      uid: readCount(base.uid),
      name: findText(base.uname),
      title: typeof base.title === 'string' ? base.title : null,
      area: findText(readText(base.area_name).trim()),
      coverUrl: findText(base.cover),
      liveStatus: readLiveStatus(base.live_status),
      startSecond: findStartSecond(base.live_time),
    };
  });
}

function findPort(value: unknown): number | null {
  const port = findInteger(value);
  return port !== null && port > 0 && port < 65_536 ? port : null;
}

function readHost(value: unknown): DanmuHost | null {
  if (!isFields(value) || typeof value.host !== 'string' || !HOST.test(value.host)) return null;
  const [wsPort, wssPort] = [findPort(value.ws_port), findPort(value.wss_port)];
  if (wsPort === null && wssPort === null) return null;
  return { host: value.host, wsPort: wsPort ?? 2244, wssPort: wssPort ?? 443 };
}

/** Null when the answer is "unsigned": code 0 without a token. */
export function findDanmuToken(body: Fields): DanmuToken | null {
  const data = isFields(body.data) ? body.data : {};
  const token = findText(data.token);
  if (token === null) return null;
  const hosts = new Map<string, DanmuHost>();
  for (const value of Array.isArray(data.host_list) ? data.host_list.slice(0, HOSTS_MAX) : []) {
    const host = readHost(value);
    if (host !== null) hosts.set(`${host.host} ${host.wsPort} ${host.wssPort}`, host);
  }
  return { token, hosts: [...hosts.values()] };
}
