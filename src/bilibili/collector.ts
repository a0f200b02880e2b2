/** One room's life: find it, get a token, connect, read, and come back after every loss. */
import type { GapReason, LiveEvent, LiveStatus, RoomId } from '#src/events.ts';
import { backoffMs, sleep } from '#src/lib/backoff.ts';
import { ApiError, describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Api } from './api.ts';
import type { CommandCounts } from './command-counts.ts';
import type { HeartbeatWheel } from './heartbeat.ts';
import { CODE } from './http-client.ts';
import type { Pace } from './pace.ts';
import { RoomAccess, RoomClosed } from './room-access.ts';
import type { RoomInit } from './room-answers.ts';
import { RoomReader } from './room-reader.ts';
import { DanmuSocket, type Loss, type SocketOwner } from './socket.ts';
import type { Timings } from './timings.ts';

interface CollectorOptions {
  readonly room: RoomId;
  readonly api: Api;
  readonly pace: Pace;
  readonly wheel: HeartbeatWheel;
  readonly counts: CommandCounts;
  readonly timings: Timings;
  readonly guardHoldMs: number;
  /** The live URL is plain http: a stand-in, whose socket is plain too. */
  readonly isPlain: boolean;
  readonly log: Log;
  readonly now: () => number;
  readonly publish: (event: LiveEvent) => void;
  /** Lower connects first. */
  readonly rank: () => number;
  /** room_init told the live status. */
  readonly onLiveStatus: (status: LiveStatus) => void;
  /** It stopped for a reason that trying again does not mend. */
  readonly onStopped: () => void;
}

const STOPPED: Loss = { reason: 'disconnected', detail: 'stopped' };

export class Collector implements SocketOwner {
  connection: 'connecting' | 'connected' | 'failed' = 'connecting';
  reason: string | null = null;
  connectedSinceMs: number | null = null;
  lastMessageMs: number | null = null;
  reconnects = 0;
  /** Whether it is to be looked at again later, when failed. */
  isFailedForever = false;
  readonly #options: CollectorOptions;
  readonly #reader: RoomReader;
  readonly #access: RoomAccess;
  #run: AbortController | null = null;
  #socket: DanmuSocket | null = null;
  #onLost: ((loss: Loss) => void) | null = null;
  #connects = 0;
  /** By the clock that nobody sets. */
  #connectedAt = 0;
  #lastReceivedMs = 0;
  #told: 'up' | GapReason | null = null;
  /** Nothing is told of before what was told last: a clock that is set back must not hide a gap or keep one open. */
  #toldMs = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
    const { room, api, isPlain, guardHoldMs, counts, log, now, publish } = options;
    this.#access = new RoomAccess({ room, api, isPlain, onInit: (init) => this.#tellInit(init) });
    this.#reader = new RoomReader({ room, guardHoldMs, counts, log, now, publish });
  }

  get isRunning(): boolean {
    return this.#run !== null;
  }

  /** Connects and stays connected until `stop`, or until the room turns out to be closed. */
  start(): void {
    if (this.#run !== null) return;
    const run = new AbortController();
    this.#run = run;
    this.connection = 'connecting';
    this.reason = null;
    this.#live(run.signal).catch((error: unknown) => {
      // Only a bug of ours gets here.
      this.#options.log.error({ err: error, room: this.#options.room }, 'the collector of a room broke');
      if (this.#run === run) this.#fail(new RoomClosed(`a fault: ${describeError(error)}`, false));
    });
  }

  /** Disconnects; the gap that begins has this reason. */
  stop(reason: Extract<GapReason, 'waiting' | 'not-watched' | 'process-down'>): void {
    this.#run?.abort();
    this.#run = null;
    this.#socket?.close();
    this.#socket = null;
    this.#onLost?.(STOPPED);
    this.connectedSinceMs = null;
    this.#tellDown(reason, this.#options.now());
  }

  /** What made it fail may be over: `start` tries again. */
  forgive(): void {
    if (this.connection === 'failed') this.connection = 'connecting';
  }

  /** After the last `stop`: books what is held. */
  close(): void {
    this.#reader.close();
  }

  authenticated(): void {
    const nowMs = this.#options.now();
    this.connection = 'connected';
    this.reason = null;
    this.connectedSinceMs = nowMs;
    this.#connectedAt = performance.now();
    this.#access.succeed();
    if (this.#connects++ > 0) this.reconnects++;
    if (this.#told === 'up') return;
    this.#told = 'up';
    this.#tell(nowMs, null);
  }

  received(): void {
    this.#lastReceivedMs = this.#options.now();
  }

  message(body: Buffer): void {
    this.lastMessageMs = this.#lastReceivedMs;
    this.#reader.read(body);
  }

  frameFault(reason: string): void {
    const { counts, log, room } = this.#options;
    if (counts.add('frame!') <= 3) log.warn({ room }, `part of a frame was dropped: ${reason}`);
  }

  lost(loss: Loss): void {
    this.#socket = null;
    this.#onLost?.(loss);
  }

  async #live(signal: AbortSignal): Promise<void> {
    const { timings, api } = this.#options;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const loss = await this.#connect(signal);
        if (signal.aborted) return;
        if (this.#isStable()) failures = 0;
        this.#settleLoss(loss);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RoomClosed) return this.#fail(error);
        this.#settleFault(error);
      }
      const restMs = this.#access.hasToken ? 0 : api.restMs();
      const delayMs = Math.max(backoffMs(failures, timings.reconnect), restMs);
      await sleep(delayMs, signal);
    }
  }

  /** Resolves when the connection that it made is lost. */
  async #connect(signal: AbortSignal): Promise<Loss> {
    const { pace, rank, wheel, timings } = this.#options;
    const target = await pace.run(rank, signal, () => this.#access.next());
    if (signal.aborted) return STOPPED;
    return new Promise<Loss>((resolve, reject) => {
      this.#onLost = resolve;
      try {
        this.#socket = new DanmuSocket({ ...target, owner: this, wheel, timings });
      } catch (error) {
        reject(error);
      }
    });
  }

  #isStable(): boolean {
    const { stableMs } = this.#options.timings;
    return this.connectedSinceMs !== null && performance.now() - this.#connectedAt >= stableMs;
  }

  #tellInit(init: RoomInit): void {
    const { room, now, publish, onLiveStatus } = this.#options;
    this.#reader.streamerUid = init.uid > 0 ? init.uid : null;
    onLiveStatus(init.liveStatus);
    const atMs = now();
    const { shortId, uid, liveStatus, startSecond } = init;
    const facts = { shortId, uid, liveStatus, startSecond, liveKey: null };
    const unknown = { name: null, title: null, area: null, coverUrl: null };
    publish({ kind: 'room-polled', id: `init:${atMs}`, room, atMs, ...facts, ...unknown });
  }

  #settleLoss(loss: Loss): void {
    const { log, room, now } = this.#options;
    const kind =
      loss.reason === 'auth-refused' ? 'refused' : this.connectedSinceMs === null ? 'unreached' : 'lost';
    this.connection = 'connecting';
    this.connectedSinceMs = null;
    this.reason = loss.detail;
    if (this.#told === 'up') log.info({ room, reason: loss.reason }, `connection lost: ${loss.detail}`);
    this.#tellDown(loss.reason, this.#told === 'up' ? this.#lastReceivedMs : now());
    this.#access.fail(kind);
  }

  #settleFault(error: unknown): void {
    const { log, room, now } = this.#options;
    this.connection = 'connecting';
    this.reason = describeError(error);
    const code = error instanceof ApiError ? error.code : 0;
    const isThrottled = code === CODE.riskControl || code === CODE.blocked;
    log.info({ room }, `cannot connect yet: ${this.reason}`);
    this.#tellDown(isThrottled ? 'throttled' : 'disconnected', now());
  }

  #fail(closed: RoomClosed): void {
    const { log, room, now, onStopped } = this.#options;
    this.#run = null;
    this.connection = 'failed';
    this.connectedSinceMs = null;
    this.reason = closed.message;
    this.isFailedForever = closed.isForever;
    this.#access.drop();
    log.warn({ room }, `not connected: ${closed.message}`);
    // A room that does not exist has no history, so no gap either.
    if (!closed.isForever) this.#tellDown('disconnected', now());
    onStopped();
  }

  #tellDown(reason: GapReason, atMs: number): void {
    // While a gap goes on, its reason changes only when somebody decides, not with every failed try.
    const isDecided = reason === 'waiting' || reason === 'not-watched' || this.#told === 'waiting';
    const isFirst = this.#told === null && reason !== 'process-down';
    const isNews = this.#told === 'up' || isFirst || isDecided;
    if (!isNews || this.#told === reason) return;
    this.#told = reason;
    this.#tell(atMs, reason);
  }

  #tell(sinceMs: number, reason: GapReason | null): void {
    const { room, publish } = this.#options;
    const atMs = Math.max(sinceMs, this.#toldMs);
    this.#toldMs = atMs;
    const id = reason === null ? `up:${atMs}` : `down:${atMs}:${reason}`;
    publish({ kind: 'observed', id, room, atMs, up: reason === null, reason });
  }
}
