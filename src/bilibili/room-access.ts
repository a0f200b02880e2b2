/** What one room needs to connect: who it is, a token, and which of its servers is next. */
import { type Api, type DanmuAccess, isNoRoom } from './api.ts';
import type { DanmuHost, RoomInit } from './room-answers.ts';

/** The server of last resort (protocol §1.1). */
const STATIC_HOST: DanmuHost = { host: 'broadcastlv.chat.bilibili.com', wsPort: 2244, wssPort: 443 };
const FAILURES_PER_TOKEN = 3;
/** One refused token has expired; after this many in a row it is we who are not what nav said (protocol §1.4). */
const REFUSALS_PER_IDENTITY = 2;

/** What trying again at once does not mend; `message` is for people. */
export class RoomClosed extends Error {
  override readonly name = 'RoomClosed';
  /** False when it may open again one day. */
  readonly isForever: boolean;

  constructor(reason: string, isForever: boolean) {
    super(reason);
    this.isForever = isForever;
  }
}

interface RoomAccessOptions {
  readonly room: number;
  readonly api: Api;
  /** The live URL is plain http: a stand-in, whose socket is plain too. */
  readonly isPlain: boolean;
  readonly onInit: (init: RoomInit) => void;
}

/** Where to connect, and the body of the auth packet. */
export interface Target {
  readonly url: string;
  readonly auth: Readonly<Record<string, string | number>>;
}

export class RoomAccess {
  readonly #options: RoomAccessOptions;
  #access: DanmuAccess | null = null;
  #init: RoomInit | null = null;
  #tries = 0;
  #failures = 0;
  /** Tokens refused in a row. */
  #refusals = 0;
  /** Servers that did not even answer lately; they are tried again when no other is left. */
  readonly #dead = new Set<string>();
  #url = '';

  constructor(options: RoomAccessOptions) {
    this.#options = options;
  }

  get hasToken(): boolean {
    return this.#access !== null;
  }

  /** The next server, with the token of the last time while it is good. Throws RoomClosed or ApiError. */
  async next(): Promise<Target> {
    try {
      this.#access ??= await this.#fetch();
    } catch (error) {
      throw isNoRoom(error) ? new RoomClosed('Bilibili knows no such room', true) : error;
    }
    const { hosts, identity, token } = this.#access;
    const auth = {
      uid: identity.uid,
      roomid: this.#init?.room ?? this.#options.room,
      protover: 3,
      platform: 'web',
      type: 2,
      buvid: identity.buvid3,
      key: token,
    };
    this.#url = this.#chooseUrl(hosts);
    return { url: this.#url, auth };
  }

  /** The server took the token. */
  succeed(): void {
    this.#failures = 0;
    this.#refusals = 0;
  }

  /** A connection was lost or never came: a refused token is no good, nor is one that failed on every server. */
  fail(kind: 'refused' | 'unreached' | 'lost'): void {
    this.#failures++;
    if (kind === 'unreached') this.#dead.add(this.#url);
    const isRefused = kind === 'refused';
    if (isRefused && ++this.#refusals >= REFUSALS_PER_IDENTITY) this.#options.api.doubtIdentity();
    const failuresMax = Math.max(FAILURES_PER_TOKEN, this.#access?.hosts.length ?? 0);
    if (isRefused || this.#failures >= failuresMax) this.drop();
  }

  drop(): void {
    this.#access = null;
  }

  async #fetch(): Promise<DanmuAccess> {
    const { api, room, isPlain } = this.#options;
    await this.#findRoom();
    const access = await api.danmuAccess(this.#init?.room ?? room);
    if (access.hosts.length === 0 && isPlain) {
      throw new RoomClosed('Bilibili names no server for this room', false);
    }
    this.#failures = 0;
    return access.hosts.length === 0 ? { ...access, hosts: [STATIC_HOST] } : access;
  }

  /** room_init is vital the first time, later only news. */
  async #findRoom(): Promise<void> {
    const { api, room, onInit } = this.#options;
    let init: RoomInit;
    try {
      init = await api.roomInit(room);
    } catch (error) {
      if (this.#init === null || isNoRoom(error)) throw error;
      return;
    }
    if (init.closedReason !== null) throw new RoomClosed(init.closedReason, false);
    this.#init = init;
    onInit(init);
  }

  #chooseUrl(hosts: readonly DanmuHost[]): string {
    const urls = (hosts.length === 0 ? [STATIC_HOST] : hosts).map((host) => this.#makeUrl(host));
    if (urls.every((url) => this.#dead.has(url))) this.#dead.clear();
    const alive = urls.filter((url) => !this.#dead.has(url));
    return alive[this.#tries++ % alive.length] ?? '';
  }

  #makeUrl({ host, wsPort, wssPort }: DanmuHost): string {
    const name = host.includes(':') ? `[${host}]` : host;
    return this.#options.isPlain ? `ws://${name}:${wsPort}/sub` : `wss://${name}:${wssPort}/sub`;
  }
}
