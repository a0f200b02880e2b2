import type { BrokenKind } from './packet.ts';

/** How sockets are cut: a reset, a clean close, or the TCP stream ended without a close frame. */
export type Cut = 'rst' | 'close' | 'end';

/** What is wrong at the moment. Counters go down as they are used up. */
export interface FaultState {
  riskControlCalls: number;
  refusedAuths: number;
  silentAuths: number;
  refusedUpgrades: number;
  blockedUntilMs: number;
  hasDeadFirstHost: boolean;
  httpDelayMs: number;
  /** Rooms whose next PREPARING is not sent. */
  readonly lostPreparing: Set<number>;
}

/** Faults that tests and later fault runs switch on; each says how long it holds. */
export interface Faults {
  /** Cuts the sockets of a room, or all; returns how many. */
  drop(how?: Cut, roomId?: number): number;
  /** Sockets open now stay open, but nothing is sent or answered any more; returns how many. */
  halfOpen(roomId?: number): number;
  /** The next auths are answered -101 and closed. */
  refuseAuth(times: number): void;
  /** The next auths are hung up on without a word. */
  closeSilently(times: number): void;
  /** The next upgrades of the socket get HTTP 403. */
  refuseUpgrade(times: number): void;
  /** The next signed calls (getDanmuInfo, getInfoByRoom) are answered -352. */
  riskControl(calls: number): void;
  /** Every HTTP call is answered 412 for this time; 0 ends it. */
  block(ms: number): void;
  /** The first entry of host_list has ports that nobody listens on. */
  deadFirstHost(on: boolean): void;
  /** All tokens given out so far are refused from now on. */
  expireTokens(): void;
  /** New WBI keys; the old ones are refused. */
  rotateKeys(): void;
  /** HTTP answers come this late. */
  delayHttp(ms: number): void;
  /** The next PREPARING of the room happens, but is not sent. */
  loseNextPreparing(roomId: number): void;
  /** Sends bytes that a reader must survive, as one ws message of their own; returns to how many sockets. */
  sendBroken(roomId: number, kind: BrokenKind): number;
  /** Sends the last `count` messages of a room again, byte by byte the same. */
  repeatLast(roomId: number, count: number): number;
}

/** Faults that hold from the beginning. */
export interface FaultOptions {
  readonly riskControlCalls?: number;
  readonly refusedAuths?: number;
  readonly silentAuths?: number;
  readonly hasDeadFirstHost?: boolean;
  readonly httpDelayMs?: number;
}

export function openFaultState(options: FaultOptions): FaultState {
  return {
    riskControlCalls: options.riskControlCalls ?? 0,
    refusedAuths: options.refusedAuths ?? 0,
    silentAuths: options.silentAuths ?? 0,
    refusedUpgrades: 0,
    blockedUntilMs: 0,
    hasDeadFirstHost: options.hasDeadFirstHost ?? false,
    httpDelayMs: options.httpDelayMs ?? 0,
    lostPreparing: new Set(),
  };
}
