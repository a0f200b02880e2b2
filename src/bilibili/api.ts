/** The calls before and beside the socket: room_init, getRoomBaseInfo, getDanmuInfo. */
import { sleep } from '#src/lib/backoff.ts';
import { ApiError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import { Circuit } from './circuit.ts';
import { isFields } from './fields.ts';
import { CODE, HttpClient } from './http-client.ts';
import { type Identity, IdentitySource } from './identity.ts';
import {
  type DanmuToken,
  findDanmuToken,
  type RoomBase,
  type RoomInit,
  readRoomBases,
  readRoomInit,
} from './room-answers.ts';
import type { Timings } from './timings.ts';
import { signWbi } from './wbi.ts';

/** Rooms of one getRoomBaseInfo call. */
export const BATCH_MAX = 30;

interface ApiOptions {
  readonly apiUrl: string;
  readonly liveUrl: string;
  readonly cookie: string | null;
  /** Least time between two getDanmuInfo calls, also when the second is a retry. */
  readonly connectIntervalMs: number;
  readonly timings: Timings;
  readonly log: Log;
  readonly now: () => number;
  readonly closed: AbortSignal;
}

/** A token with the identity that it belongs to. */
export interface DanmuAccess extends DanmuToken {
  readonly identity: Identity;
}

/** True for the codes that say there is no such room. */
export function isNoRoom(error: unknown): boolean {
  return error instanceof ApiError && [60004, 1002002].includes(error.code);
}

export class Api {
  readonly #options: ApiOptions;
  readonly #live: HttpClient;
  readonly #identity: IdentitySource;
  readonly #circuits: Record<'api' | 'live' | 'risk', Circuit>;

  constructor(options: ApiOptions) {
    this.#options = options;
    const { apiUrl, liveUrl, cookie, timings, now, log, closed } = options;
    const { requestTimeoutMs, keysAgeMaxMs, keysDoubtMs } = timings;
    this.#circuits = {
      api: new Circuit(timings.rateBlock, now),
      live: new Circuit(timings.rateBlock, now),
      risk: new Circuit(timings.riskControl, now),
    };
    const { api, live } = this.#circuits;
    const client = new HttpClient({ baseUrl: apiUrl, requestTimeoutMs, circuit: api, closed });
    this.#live = new HttpClient({ baseUrl: liveUrl, requestTimeoutMs, circuit: live, closed });
    this.#identity = new IdentitySource({ client, cookie, keysAgeMaxMs, keysDoubtMs, now, log });
  }

  /** Which room a long or short id is. Throws ApiError; `isNoRoom` tells whether there is none. */
  async roomInit(id: number): Promise<RoomInit> {
    const cookie = this.#identity.plainCookie();
    const body = await this.#live.get({
      path: '/room/v1/Room/room_init',
      query: `id=${id}`,
      cookie,
      room: id,
    });
    return readRoomInit(body);
  }

  /** At most BATCH_MAX rooms; those that Bilibili does not know are missing from the answer. Throws ApiError. */
  async roomBases(rooms: readonly number[]): Promise<RoomBase[]> {
    const ids = rooms.slice(0, BATCH_MAX).map((room) => `room_ids=${room}`);
    const body = await this.#live.get({
      path: '/xlive/web-room/v1/index/getRoomBaseInfo',
      query: ['req_biz=web_room_componet', ...ids].join('&'),
      cookie: this.#identity.plainCookie(),
    });
    return readRoomBases(body);
  }

  /** The token and servers of a room. Throws ApiError: -352 opens the circuit after one try with new keys. */
  async danmuAccess(room: number): Promise<DanmuAccess> {
    const { risk } = this.#circuits;
    const rest = risk.describe();
    if (rest !== null) throw new ApiError(rest, CODE.riskControl, 0);
    let access = await this.#askDanmuInfo(room);
    if (access === null) {
      this.#identity.dropKeys();
      await sleep(this.#options.connectIntervalMs, this.#options.closed);
      access = await this.#askDanmuInfo(room);
    }
    if (access === null) {
      // Next time with a new buvid3 too.
      this.#identity.drop();
      risk.trip('risk control (-352) refuses getDanmuInfo');
      throw new ApiError('risk control refuses getDanmuInfo', CODE.riskControl, 200);
    }
    risk.succeed();
    return access;
  }

  /** A server refused a token again: who we are is asked anew before the next one. */
  doubtIdentity(): void {
    this.#identity.doubt();
  }

  /** How long no token can be had; 0 when one may be asked for. */
  restMs(): number {
    return Math.max(...Object.values(this.#circuits).map((circuit) => circuit.restMs()));
  }

  /** Why Bilibili is not asked right now, for people; null when it is. */
  trouble(): string | null {
    const reasons = Object.values(this.#circuits).map((circuit) => circuit.describe());
    return reasons.filter((reason) => reason !== null).join('; ') || null;
  }

  /** Null when risk control refuses: by its code, or by an answer that has nothing but a voucher for a captcha. */
  async #askDanmuInfo(room: number): Promise<DanmuAccess | null> {
    const identity = await this.#findIdentity();
    if (identity === null) return null;
    const seconds = Math.floor(this.#options.now() / 1000);
    const params = { id: room, type: 0, web_location: '444.8' };
    const body = await this.#live.get({
      path: '/xlive/web-room/v1/index/getDanmuInfo',
      query: signWbi(params, identity.mixinKey, seconds),
      cookie: identity.cookie,
      room,
      accept: [CODE.riskControl],
    });
    if (body.code === CODE.riskControl) return null;
    const token = findDanmuToken(body);
    if (token !== null) return { ...token, identity };
    if (isFields(body.data) && body.data.v_voucher !== undefined) return null;
    throw new ApiError('getDanmuInfo told no token', 0, 200);
  }

  async #findIdentity(): Promise<Identity | null> {
    try {
      return await this.#identity.get();
    } catch (error) {
      if (error instanceof ApiError && error.code === CODE.riskControl) return null;
      throw error;
    }
  }
}
