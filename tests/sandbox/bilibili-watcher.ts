/** A watcher written for the tests alone: signs, connects and unpacks without any code of src/. */
import { createHash } from 'node:crypto';
import { brotliDecompressSync, inflateSync } from 'node:zlib';
import { WebSocket } from 'ws';

export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36';
const MIX =
  '46 47 18 2 53 8 23 32 15 50 10 31 58 3 45 35 27 43 5 49 33 9 42 19 29 28 14 39 12 38 41 13 37 48 7 16 24 55 40 61 26 17 0 1 60 51 30 4 22 25 54 21 56 59 6 63 57 62 11 36 20 34 44 52';

export interface Row {
  readonly [key: string]: unknown;
}

/** JSON of a call; `data` is what is mostly wanted. */
export interface Reply {
  readonly status: number;
  readonly code: number;
  readonly data: Row;
}

export async function call(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  init: RequestInit = {},
): Promise<Reply> {
  const response = await fetch(url, { ...init, headers: { 'user-agent': BROWSER, ...headers } });
  const body = (await response.json()) as { code: number; data: Row };
  return { status: response.status, code: body.code, data: body.data };
}

export interface Session {
  readonly cookie: string;
  readonly buvid: string;
  readonly mixin: string;
}

export async function openSession(url: string, sessdata?: string): Promise<Session> {
  const spi = await call(`${url}/x/frontend/finger/spi`);
  const buvid = String(spi.data.b_3);
  const cookie = `buvid3=${buvid}${sessdata === undefined ? '' : `; SESSDATA=${sessdata}`}`;
  const nav = await call(`${url}/x/web-interface/nav`, { cookie });
  const images = nav.data.wbi_img as { img_url: string; sub_url: string };
  const raw = [images.img_url, images.sub_url].map((one) => /(\w{32})\.png$/.exec(one)?.[1] ?? '').join('');
  const mixin = MIX.split(' ').map((index) => raw[Number(index)]);
  return { cookie, buvid, mixin: mixin.join('').slice(0, 32) };
}

export function sign(params: Row, mixin: string, wts = Math.floor(Date.now() / 1000)): string {
  const all: Row = { ...params, wts };
  const query = Object.keys(all)
    .sort()
    .map((key) => `${key}=${encodeURIComponent(String(all[key]))}`)
    .join('&');
  return `${query}&w_rid=${createHash('md5')
    .update(query + mixin)
    .digest('hex')}`;
}

interface DanmuInfo {
  readonly token: string;
  readonly host_list: readonly { host: string; port: number; ws_port: number; wss_port: number }[];
}

export async function getDanmuInfo(url: string, session: Session, roomId: number): Promise<DanmuInfo> {
  const query = sign({ id: roomId, type: 0, web_location: '444.8' }, session.mixin);
  const reply = await call(`${url}/xlive/web-room/v1/index/getDanmuInfo?${query}`, {
    cookie: session.cookie,
  });
  if (reply.code !== 0) throw new Error(`getDanmuInfo: ${reply.code}`);
  return reply.data as unknown as DanmuInfo;
}

export function pack(operation: number, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(16);
  head.writeUInt32BE(16 + bytes.length, 0);
  head.writeUInt16BE(16, 4);
  head.writeUInt16BE(1, 6);
  head.writeUInt32BE(operation, 8);
  head.writeUInt32BE(1, 12);
  return Buffer.concat([head, bytes]);
}

export interface Packet {
  readonly version: number;
  readonly operation: number;
  readonly lengthField: number;
  readonly body: Buffer;
}

/** Outer packets of one ws message; a heartbeat reply takes what is left, as its length lies. */
function unpack(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const lengthField = bytes.readUInt32BE(offset);
    const operation = bytes.readUInt32BE(offset + 8);
    const version = bytes.readUInt16BE(offset + 6);
    const end = operation === 3 ? bytes.length : offset + lengthField;
    if (bytes.readUInt16BE(offset + 4) !== 16 || lengthField < 16 || end > bytes.length)
      throw new Error(`bad packet at ${offset}`);
    packets.push({ version, operation, lengthField, body: bytes.subarray(offset + 16, end) });
    offset = end;
  }
  return packets;
}

export interface Watcher {
  readonly ws: WebSocket;
  /** Outer packets, oldest first. */
  readonly packets: Packet[];
  /** Outer packets in each ws message. */
  readonly outerCounts: number[];
  /** Inner packets of each compressed packet. */
  readonly innerCounts: number[];
  /** Texts of pushes, oldest first. */
  readonly texts: string[];
  readonly messages: Row[];
  readonly isClosed: () => boolean;
}

interface WatchOptions {
  readonly protover?: 1 | 2 | 3;
  /** Overrides fields of the auth body. */
  readonly auth?: Row;
  readonly sessdata?: string;
}

/** Opens a socket without auth. */
export async function openSocket(port: number, path = '/sub'): Promise<Watcher> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { 'user-agent': BROWSER } });
  let closed = false;
  const watcher: Watcher = {
    ws,
    packets: [],
    outerCounts: [],
    innerCounts: [],
    texts: [],
    messages: [],
    isClosed: () => closed,
  };
  const take = (packet: Packet): void => {
    const text = packet.body.toString();
    watcher.texts.push(text);
    watcher.messages.push(JSON.parse(text) as Row);
  };
  ws.on('message', (data: Buffer) => {
    const outer = unpack(data);
    watcher.outerCounts.push(outer.length);
    for (const packet of outer) {
      watcher.packets.push(packet);
      if (packet.operation !== 5) continue;
      if (packet.version === 0) {
        take(packet);
        continue;
      }
      const inner = unpack(
        packet.version === 2 ? inflateSync(packet.body) : brotliDecompressSync(packet.body),
      );
      watcher.innerCounts.push(inner.length);
      for (const one of inner) take(one);
    }
  });
  ws.on('close', () => {
    closed = true;
  });
  ws.on('error', () => {});
  await new Promise((resolve) => {
    ws.once('open', resolve);
    ws.once('close', resolve);
  });
  return watcher;
}

/** The whole way of a page: cookies, keys, token, socket, auth; resolves when the auth was answered or hung up on. */
export async function watch(url: string, roomId: number, options: WatchOptions = {}): Promise<Watcher> {
  const session = await openSession(url, options.sessdata);
  const { token, host_list } = await getDanmuInfo(url, session, roomId);
  const watcher = await openSocket(host_list[0]?.ws_port ?? 0);
  const auth = {
    uid: 0,
    roomid: roomId,
    protover: options.protover ?? 3,
    platform: 'web',
    type: 2,
    buvid: session.buvid,
    key: token,
    ...options.auth,
  };
  watcher.ws.send(pack(7, JSON.stringify(auth)));
  await until(() => watcher.isClosed() || watcher.packets.length > 0);
  return watcher;
}

export function codeOfAuth(watcher: Watcher): number | null {
  const reply = watcher.packets.find(({ operation }) => operation === 8);
  return reply === undefined ? null : (JSON.parse(reply.body.toString()) as { code: number }).code;
}

/** Waits for a condition, at most ten seconds. */
export async function until(test: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!test()) {
    if (performance.now() > endMs) throw new Error(`waited in vain for ${test.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
